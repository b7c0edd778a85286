"""``manage.py customs``: assess cases, load rules, show what is in force."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.pluginapi import InvalidInput
from core.shared.clock import today
from core.shared.text import LANGUAGES
from customs import cases, exchange, explain, override_command, services, snapshot
from customs.classification import command as hs
from customs.expression_cases import expression_result
from customs.quota import command as quota
from customs.tariff import command as tariff

MAX_BYTES = 64 << 20


class Command(BaseCommand):
    help = "Assess import duty and taxes, load rules, show those in force."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Define the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        assess = verbs.add_parser("assess", help="assess the cases of a JSON file")
        assess.add_argument("file", type=Path)
        verbs.add_parser("load", help="store the rules of the plug-ins that are on")
        quota.add_arguments(verbs.add_parser("quota", help="the ledger of personal quotas"))
        hs.add_arguments(verbs.add_parser("hs", help="the Harmonized System: codes and names"))
        tariff.add_arguments(verbs.add_parser("tariff", help="tariffs: import, diff, show"))
        explained = verbs.add_parser("explain", help="a stored quote, amount by amount")
        explained.add_argument("quote", help="the quote's id")
        explained.add_argument("--language", choices=LANGUAGES, default="en")
        explained.add_argument("--json", action="store_true")
        override_command.add_arguments(verbs)
        rules = verbs.add_parser("rules", help="the rules in force")
        rules.add_argument("--on", help="YYYY-MM-DD, today when left out")
        rules.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the verb."""
        getattr(self, f"do_{options['verb']}")(options)

    def do_assess(self, options: dict[str, Any]) -> None:
        """Print one result a case; refused cases are results, not errors."""
        try:
            found = cases.read_all(self._content(options["file"]))
        except InvalidInput as error:
            raise CommandError(f"{options['file']}: {error}") from None
        results = [{"id": case.get("id"), "result": self._result(case)} for case in found]
        text = json.dumps(results, ensure_ascii=False)
        # Half a surrogate pair in an id has no UTF-8; as an escape it is still the same JSON.
        self.stdout.write(text.encode("utf-8", "backslashreplace").decode())

    def do_quota(self, options: dict[str, Any]) -> None:
        """Check the ledger of personal quotas, or show an order or a person in it."""
        quota.run(options, self.stdout)

    def do_hs(self, options: dict[str, Any]) -> None:
        """Show a code of the Harmonized System with what is above and below it, or search."""
        hs.run(options, self.stdout)

    def do_tariff(self, options: dict[str, Any]) -> None:
        """Import an official tariff, compare editions, or show what holds for a code."""
        tariff.run(options, self.stdout)

    def do_override(self, options: dict[str, Any]) -> None:
        """Put an operator's values over a rule for some days."""
        override_command.put(options, self.stdout)

    def do_overrides(self, options: dict[str, Any]) -> None:
        """Print operators' values over rules."""
        override_command.show(options, self.stdout)

    def do_withdraw(self, options: dict[str, Any]) -> None:
        """End an override of a rule."""
        override_command.withdraw(options, self.stdout)

    def do_explain(self, options: dict[str, Any]) -> None:
        """Print the tree of a quote: amount, formula, inputs, rule, days, source."""
        document = explain.quote_document(options["quote"])
        if document is None:
            raise CommandError(f"There is no quote {options['quote'][:60]}")
        tree = explain.tree_of_quote(document)
        if tree is None:
            message = (document.get("message") or {}).get("en", "")
            raise CommandError(f"The quote was refused ({document['code']}): {message}")
        if options["json"]:
            self.stdout.write(json.dumps(explain.node_json(tree), ensure_ascii=False))
            return
        for line in explain.written(tree, options["language"]):
            self.stdout.write(line)

    def do_load(self, options: dict[str, Any]) -> None:
        """Load the rules, and fail when one plug-in's cannot be loaded."""
        reports = services.load_rules()
        for report in reports:
            said = f"{report.added} added, {report.superseded} superseded"
            self.stdout.write(f"{report.plugin}: {report.problem or said}")
        if any(report.problem for report in reports):
            raise CommandError("Not every plug-in's rules could be loaded")

    def do_rules(self, options: dict[str, Any]) -> None:
        """Print the rules in force with dates, source and what is not verified."""
        try:
            on = date.fromisoformat(options["on"]) if options["on"] else today()
        except ValueError:
            raise CommandError("--on is a date like 2026-11-22") from None
        state = snapshot.current()
        listed = [
            (plugin, rule)
            for plugin in sorted(state.rules)
            for rule in state.rule_set(plugin, on).rules.values()
        ]
        if options["json"]:
            self.stdout.write(json.dumps([shown(*one) for one in listed], ensure_ascii=False))
            return
        for plugin, rule in listed:
            until = rule.valid_to or "…"
            self.stdout.write(f"{rule.id} ({plugin}) {rule.valid_from} – {until}: {rule.title}")
            for doubt in rule.unverified:
                self.stdout.write(f"  not verified: {doubt}")

    def _content(self, path: Path) -> Any:
        try:
            if path.stat().st_size > MAX_BYTES:
                raise CommandError(f"{path} is larger than {MAX_BYTES} bytes")
            return json.loads(path.read_bytes())
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from None
        except (ValueError, RecursionError):
            raise CommandError(f"{path} is not JSON") from None

    def _result(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        kind = raw.get("kind", "assess")
        if kind == "expression":
            return expression_result(raw)
        if kind not in ("assess", "fx_date"):
            return {"outcome": "refused", "refusal_reason": "kind_unknown"}
        try:
            if kind == "fx_date":
                return cases.reference_result(raw, exchange.rule_of_jurisdiction)
            case = cases.read_case(raw)
        except cases.BadValue as fault:
            return cases.refused(self._first_fault(raw, fault.path))
        report = services.assess(case.shipment, channel=None, on=case.on)
        return cases.result_of(case, report)

    def _first_fault(self, raw: Mapping[str, Any], path: str) -> str:
        """Return the path of what a regime finds missing in the lines before ``path``, or that."""
        case = cases.up_to_lines(raw, path) if raw.get("kind", "assess") == "assess" else None
        report = case and services.assess(case.shipment, channel=None, on=case.on)
        invalid = report and report.refusal_code == "invalid_input"
        return report.path if report and invalid and ".lines[" in report.path else path


def shown(plugin: str, rule: Any) -> dict[str, Any]:
    """Return a rule as JSON."""
    return {
        "id": rule.id,
        "key": rule.key,
        "plugin": plugin,
        "title": rule.title.as_dict(),
        "valid_from": rule.valid_from.isoformat(),
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else None,
        "values": dict(rule.values),
        "source": rule.source,
        "confidence": rule.confidence,
        "unverified": list(rule.unverified),
    }
