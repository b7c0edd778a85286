"""The verbs of ``manage.py customs tariff``."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, OutputWrapper

from core.pluginapi import InvalidInput
from core.shared.clock import today
from customs.models import TariffEdition, TariffOverride
from customs.tariff import editions, lookup, overriding, planning
from customs.tariff.facts import digits
from customs.tariff.formats import FORMATS
from customs.tariff.reading import Progress, silent

ACTOR = "command line"
SHOWN = 40
STATUS = {
    "imported": "in force now",
    "unchanged": "this file is in force already; nothing was written",
    "dry_run": "dry run; nothing was written",
    "refused": "waits for a confirmation; the edition in force stays",
}
EDITION = (
    "jurisdiction", "edition", "state", "format", "partial", "publisher", "product",
    "nomenclature", "licence", "checked", "parser_version", "fetched_at", "sha256", "row_count",
    "valid_from", "author", "reason", "activated_at", "superseded_at",
)  # fmt: skip
WIDTH = 30


def add_arguments(parser: ArgumentParser) -> None:
    """Define the verbs."""
    verbs = parser.add_subparsers(dest="tariff_verb", required=True)
    put = verbs.add_parser("import", help="read an official file and put it in force")
    _file_arguments(put, required=True)
    put.add_argument("--dry-run", action="store_true", help="only say what would change")
    told = "accept lost rows, or a number of codes far from what stands"
    put.add_argument("--confirm", action="store_true", help=told)
    put.add_argument("--author", default=ACTOR, help="who answers for it, for the audit log")
    diff = verbs.add_parser("diff", help="a file against what stands, or what an edition changed")
    _file_arguments(diff, required=False)
    show = verbs.add_parser("show", help="what holds for a code, with its source and age")
    show.add_argument("code")
    show.add_argument("--jurisdiction", required=True)
    show.add_argument("--on", type=_day, help="YYYY-MM-DD, today when left out")
    show.add_argument("--json", action="store_true")
    for listed in (
        verbs.add_parser("editions", help="what was imported, newest first"),
        verbs.add_parser("formats", help="what can be imported, and how far it was checked"),
    ):
        listed.add_argument("--json", action="store_true")
    own = verbs.add_parser("override", help="put your own rate over the tariff")
    own.add_argument("code")
    own.add_argument("rate", help="5%%, Free, 'USD 1.5 / kg + 3%%'")
    own.add_argument("--jurisdiction", required=True)
    own.add_argument("--kind", default="duty")
    own.add_argument("--valid-from", type=_day, required=True)
    own.add_argument("--valid-to", type=_day)
    own.add_argument("--reason", required=True)
    own.add_argument("--author", default=ACTOR)
    end = verbs.add_parser("withdraw", help="end an override")
    end.add_argument("id")
    end.add_argument("--author", default=ACTOR)


def _file_arguments(parser: ArgumentParser, *, required: bool) -> None:
    given = {} if required else {"nargs": "?"}
    parser.add_argument("format", choices=sorted(FORMATS), **given)  # type: ignore[arg-type]
    parser.add_argument("file", type=Path, **given)  # type: ignore[arg-type]
    parser.add_argument("--jurisdiction", required=True)
    parser.add_argument(
        "--edition", required=required, default="", help="the publisher's name of it"
    )
    parser.add_argument("--valid-from", type=_day, help="YYYY-MM-DD, today when left out")
    parser.add_argument("--fetched", type=_day, help="day of the download; else the file's date")
    told = "the file holds some headings only; leave the others alone"
    parser.add_argument("--partial", action="store_true", help=told)
    parser.add_argument("--json", action="store_true")


def run(options: dict[str, Any], out: OutputWrapper) -> None:
    """Run one verb. Raises CommandError, which ends with exit status 1, for a refusal."""
    try:
        VERBS[options["tariff_verb"]](options, out)
    except InvalidInput as error:
        raise CommandError(str(error)) from None


def _import(options: dict[str, Any], out: OutputWrapper) -> None:
    outcome = editions.import_edition(
        _wish(options), dry_run=options["dry_run"], progress=_progress()
    )
    _report(outcome, options, out)
    if outcome.status == "refused":
        reasons = "; ".join(outcome.reasons)
        raise CommandError(f"Not imported: {reasons}. Add --confirm to import it all the same.")


def _diff(options: dict[str, Any], out: OutputWrapper) -> None:
    if options["file"]:
        options["edition"] = options["edition"] or options["file"].name
        outcome = editions.import_edition(_wish(options), dry_run=True, progress=_progress())
        _report(outcome, options, out)
        return
    edition = _stored_edition(options)
    found = editions.differences(edition)
    if options["json"]:
        told = {"edition": edition.edition, "differences": [one._asdict() for one in found]}
        out.write(json.dumps(told, ensure_ascii=False))
        return
    out.write(f"{edition} ({edition.get_state_display()}): {len(found)} rates differ")
    for one in found:
        out.write(_difference(one))


def _stored_edition(options: dict[str, Any]) -> TariffEdition:
    found = TariffEdition.objects.filter(jurisdiction=options["jurisdiction"].upper()).exclude(
        state=TariffEdition.State.DRAFT
    )
    if options["edition"]:
        found = found.filter(edition=options["edition"])
    edition = found.order_by("-activated_at").first()
    if edition is None:
        raise CommandError("No such edition was imported; see `customs tariff editions`")
    return edition


def _wish(options: dict[str, Any]) -> planning.Wish:
    path: Path = options["file"]
    return planning.Wish(
        form=FORMATS[options["format"]],
        path=path,
        jurisdiction=options["jurisdiction"].upper(),
        edition=options["edition"],
        valid_from=options["valid_from"] or today(),
        author=options.get("author") or ACTOR,
        fetched_at=_fetched(path, options["fetched"]),
        partial=options["partial"],
        confirm=options.get("confirm", False),
    )


def _fetched(path: Path, stated: date | None) -> datetime:
    if stated:
        return datetime(stated.year, stated.month, stated.day, tzinfo=UTC)
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None


def _report(outcome: editions.Outcome, options: dict[str, Any], out: OutputWrapper) -> None:
    form = FORMATS[options["format"]]
    if options["json"]:
        out.write(json.dumps(_outcome_json(outcome, form.checked), ensure_ascii=False))
        return
    out.write(f"{outcome.jurisdiction} {outcome.edition}: {STATUS[outcome.status]}")
    out.write(f"format {form.key}: {form.checked}")
    out.write(f"SHA-256 {outcome.sha256}")
    out.write(f"{outcome.rates} rates read; {len(outcome.added)} added, {len(outcome.removed)} "
              f"removed, {len(outcome.changed)} changed")  # fmt: skip
    out.write(f"{outcome.written} lines written, {outcome.superseded} superseded")
    for why, count in sorted(outcome.passed.items()):
        out.write(f"not rates: {count} × {why}")
    for finding in outcome.findings[:SHOWN]:
        out.write(f"row {finding.row} {finding.code}: {finding.problem} – {finding.action}")
    for one in outcome.differences[:SHOWN]:
        out.write(_difference(one))
    left = max(0, len(outcome.findings) - SHOWN) + max(0, len(outcome.differences) - SHOWN)
    if left:
        out.write(f"… {left} more with --json")


def _outcome_json(outcome: editions.Outcome, checked: str) -> dict[str, Any]:
    return {
        "status": outcome.status,
        "jurisdiction": outcome.jurisdiction,
        "edition": outcome.edition,
        "sha256": outcome.sha256,
        "checked": checked,
        "rates": outcome.rates,
        "written": outcome.written,
        "superseded": outcome.superseded,
        "reasons": outcome.reasons,
        "passed": outcome.passed,
        "findings": [one.as_json() for one in outcome.findings],
        "added": [one._asdict() for one in outcome.added],
        "removed": [one._asdict() for one in outcome.removed],
        "changed": [one._asdict() for one in outcome.changed],
    }


def _difference(one: planning.Difference) -> str:
    return f"{one.code} {one.kind}: {one.old or 'none'} → {one.new or 'none'}"


def _show(options: dict[str, Any], out: OutputWrapper) -> None:
    code = digits(options["code"])
    if not code:
        raise CommandError(f"{options['code'][:20]!r} is no code of 2 to 13 digits")
    found = lookup.look_up(options["jurisdiction"].upper(), code, options["on"] or today())
    if options["json"]:
        out.write(json.dumps({
            "jurisdiction": found.jurisdiction, "code": found.code, "on": found.on.isoformat(),
            "answers": [one.as_json() for one in found.answers],
            "ambiguous": {kind: [one.as_json() for one in listed]
                          for kind, listed in found.ambiguous.items()},
        }, ensure_ascii=False))  # fmt: skip
        return
    if not found.answers and not found.ambiguous:
        out.write(f"{found.jurisdiction} {code}: nothing is known on {found.on}")
    for answer in found.answers:
        _write_answer(answer, out)
    for kind, listed in found.ambiguous.items():
        out.write(f"{kind}: no single rate; {len(listed)} deeper lines differ")
        for answer in listed:
            _write_answer(answer, out)


def _write_answer(answer: lookup.Answer, out: OutputWrapper) -> None:
    unread = "" if answer.understood or "%" in answer.rate[-1:] else " (not understood)"
    out.write(f"{answer.code} {answer.kind}: {answer.rate or 'unknown'}{unread}")
    until = answer.valid_to or "…"
    out.write(f"  {answer.valid_from} – {until}; confidence {answer.confidence}; "
              f"edition {answer.edition or 'none'}, {answer.age_days} days old")  # fmt: skip
    out.write(f"  {answer.source}")
    if answer.warning:
        out.write(f"  warning: {answer.warning}")


def _editions(options: dict[str, Any], out: OutputWrapper) -> None:
    rows = list(TariffEdition.objects.values(*EDITION))
    if options["json"]:
        out.write(json.dumps(rows, ensure_ascii=False, default=lambda value: value.isoformat()))
        return
    for row in rows:
        out.write(f"{row['jurisdiction']} {row['edition']}: {row['state']}, from "
                  f"{row['valid_from']}, {row['row_count']} rates, {row['format']}, fetched "
                  f"{row['fetched_at']:%Y-%m-%d}, {row['sha256'][:12]}")  # fmt: skip
        if row["reason"] and row["state"] == TariffEdition.State.DRAFT:
            out.write(f"  waits: {row['reason']}")


def _formats(options: dict[str, Any], out: OutputWrapper) -> None:
    if options["json"]:
        out.write(json.dumps([one.as_json() for one in FORMATS.values()], ensure_ascii=False))
        return
    for one in FORMATS.values():
        places = ", ".join(one.jurisdictions) or "any"
        out.write(f"{one.key} ({places}, {one.extent.value}): {one.title}; {one.checked}")


def _override(options: dict[str, Any], out: OutputWrapper) -> None:
    named = ("code", "kind", "rate", "valid_from", "valid_to", "reason", "author")
    own = overriding.OwnRate(
        jurisdiction=options["jurisdiction"].upper(), **{name: options[name] for name in named}
    )
    row = overriding.override_rate(own)
    out.write(f"{row.pk}: {row} {own.rate} from {row.valid_from}")


def _withdraw(options: dict[str, Any], out: OutputWrapper) -> None:
    try:
        row = TariffOverride.objects.filter(pk=options["id"]).first()
    except ValidationError:
        row = None
    if row is None or not overriding.withdraw_rate(row, actor=options["author"]):
        raise CommandError(f"There is no override {options['id'][:40]} that stands")
    out.write(f"{row} is withdrawn")


VERBS = {
    "import": _import,
    "diff": _diff,
    "show": _show,
    "editions": _editions,
    "formats": _formats,
    "override": _override,
    "withdraw": _withdraw,
}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text[:20]!r} is not a date like 2026-11-22") from None


def _progress() -> Progress:
    return _bar if sys.stderr.isatty() else silent


def _bar(stage: str, done: int, total: int) -> None:
    if not total:
        sys.stderr.write(f"\r{stage} {done or ''}\x1b[K")
        return
    filled = WIDTH * done // total
    sys.stderr.write(f"\r{stage} [{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{total}\x1b[K")
    if done >= total:
        sys.stderr.write("\n")
