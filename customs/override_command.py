"""The verbs of ``manage.py customs`` for operators' values over rules."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, OutputWrapper

from core.pluginapi import InvalidInput
from core.shared.clock import today
from customs import snapshot
from customs.models import RuleOverride
from customs.overriding import override_rule, withdraw_override
from customs.rule_values import values_of

if TYPE_CHECKING:
    from argparse import _SubParsersAction

ACTOR = "command line"


def add_arguments(verbs: _SubParsersAction[ArgumentParser]) -> None:
    """Define ``override``, ``overrides`` and ``withdraw``."""
    given = verbs.add_parser("override", help="put your own values over a rule for some days")
    given.add_argument("key", help="the rule's key or id, such as cn.postal")
    given.add_argument("values", nargs="+", metavar="NAME=VALUE")
    given.add_argument("--plugin", help="whose rule it is, where two have one of that key")
    given.add_argument("--from", dest="start", type=_day, required=True, metavar="YYYY-MM-DD")
    given.add_argument("--to", dest="end", type=_day, metavar="YYYY-MM-DD", help="else open")
    given.add_argument("--reason", required=True)
    given.add_argument("--author", default=ACTOR, help="who answers for it, for the audit log")
    listed = verbs.add_parser("overrides", help="your own values over rules, newest first")
    listed.add_argument("--all", action="store_true", help="those that ended too")
    listed.add_argument("--json", action="store_true")
    end = verbs.add_parser("withdraw", help="end an override of a rule")
    end.add_argument("id")
    end.add_argument("--author", default=ACTOR)


def put(options: dict[str, Any], out: OutputWrapper) -> None:
    """Store an override. Raises CommandError for one that cannot be."""
    try:
        values = values_of(options["values"])
    except ValueError as pair:
        raise CommandError(f"{str(pair)[:80]!r} is not NAME=VALUE, or comes twice") from None
    plugin, key = _named(options["key"], options["plugin"])
    try:
        row = override_rule(
            plugin,
            key,
            values,
            valid_from=options["start"],
            valid_to=options["end"],
            reason=options["reason"],
            author=options["author"],
        )
    except InvalidInput as error:
        raise CommandError(f"{error} ({error.path})") from None
    out.write(_line(row))


def show(options: dict[str, Any], out: OutputWrapper) -> None:
    """Print overrides, one a line, or as JSON."""
    rows = RuleOverride.objects.order_by("-created_at")
    if not options["all"]:
        rows = rows.filter(superseded_at=None)
    if options["json"]:
        out.write(json.dumps([_shown(row) for row in rows], ensure_ascii=False))
        return
    for row in rows:
        out.write(_line(row))
        out.write(f"  {row.author}: {row.reason}")


def withdraw(options: dict[str, Any], out: OutputWrapper) -> None:
    """End an override. Raises CommandError where none of that id stands."""
    try:
        row = RuleOverride.objects.filter(pk=options["id"]).first()
    except ValidationError:
        row = None
    if row is None or not withdraw_override(row, actor=options["author"]):
        raise CommandError(f"There is no override {options['id'][:40]} that stands")
    out.write(f"{row} is withdrawn")


def _named(name: str, plugin: str | None) -> tuple[str, str]:
    """Return whose rule a key or id names. Raises CommandError for none, or several."""
    rules = snapshot.current().rules
    found = {
        (whose, rule.key or rule.id)
        for whose, listed in rules.items()
        for rule in listed
        if name in (rule.key, rule.id) and plugin in (None, whose)
    }
    if len(found) == 1:
        return next(iter(found))
    if found:
        plugins = ", ".join(sorted(whose for whose, _ in found))
        raise CommandError(f"{name[:60]} is a rule of {plugins}: add --plugin")
    raise CommandError(f"There is no rule {name[:60]!r}; see `customs rules`")


def _line(row: RuleOverride) -> str:
    values = " ".join(f"{name}={value}" for name, value in row.values.items())
    ended = f" withdrawn {row.superseded_at:%Y-%m-%d}" if row.superseded_at else ""
    return f"{row.pk}: {row.plugin} {row} {values}{ended}"


def _shown(row: RuleOverride) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "plugin": row.plugin,
        "key": row.key,
        "values": row.values,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "reason": row.reason,
        "author": row.author,
        "created_at": row.created_at.isoformat(),
        "superseded_at": row.superseded_at.isoformat() if row.superseded_at else None,
        "holds_today": row.superseded_at is None and row.holds(today()),
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text[:20]!r} is not a date like 2026-11-22") from None
