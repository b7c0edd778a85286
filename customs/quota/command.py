"""``manage.py customs quota``: is the ledger sound, and what did an order or a person use."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.management.base import CommandError, OutputWrapper
from django.db.models import QuerySet

from customs.quota.models import QuotaBalance, QuotaEntry, shown_person
from customs.quota.queries import by_person, differences
from customs.quota.services import repair
from customs.quota.types import plain


def add_arguments(parser: ArgumentParser) -> None:
    """Define ``check`` and ``show``."""
    verbs = parser.add_subparsers(dest="quota_verb", required=True)
    check = verbs.add_parser("check", help="compare the balances with their entries")
    check.add_argument("--repair", action="store_true", help="set balances to their entries' sum")
    show = verbs.add_parser("show", help="what an order or a person used, masked")
    show.add_argument("order", nargs="?", default="", help="an order's number")
    show.add_argument("--person", default="", help="a person as this command shows them")


def run(options: dict[str, Any], out: OutputWrapper) -> None:
    """Run the verb. Raises CommandError when the ledger is not sound or nothing is found."""
    if options["quota_verb"] == "check":
        _check(out, with_repair=options["repair"])
        return
    lines = list(_shown(options["order"], options["person"]))
    if not lines:
        raise CommandError("Nothing was reserved: give an order's number, or --person")
    for line in lines:
        out.write(line)


def _check(out: OutputWrapper, *, with_repair: bool) -> None:
    wrong = differences()
    for one in wrong:
        out.write(
            f"{shown_person(one.person)} {one.jurisdiction} {one.year} {one.subject}: balance "
            f"{plain(one.balance):f}, entries {plain(one.entries):f}"
        )
    if with_repair and wrong:
        out.write(f"{repair(actor='command')} repaired")
        return
    count = QuotaBalance.objects.count()
    if wrong:
        raise CommandError(f"{len(wrong)} of {count} balances differ from their entries")
    out.write(f"{count} balances, 0 differ")


def _shown(order: str, person: str) -> Iterator[str]:
    if order:
        yield from _entries(QuotaEntry.objects.filter(reference=order))
        return
    balances, entries = by_person(person)
    yield from _balances(balances)
    yield from _entries(entries)


def _balances(balances: Sequence[QuotaBalance]) -> Iterator[str]:
    for row in balances:
        left = plain(max(row.limit - row.used, 0))
        yield (
            f"{row.shown_person} {row.jurisdiction} {row.year} {row.subject}: "
            f"{plain(row.used):f} {row.unit} used, {left:f} left when it was last used"
        )


def _entries(entries: QuerySet[QuotaEntry]) -> Iterator[str]:
    for entry in entries.order_by("at", "id"):
        yield (
            f"{entry.at:%Y-%m-%d %H:%M:%S}Z {entry.shown_person} {entry.reference} {entry.kind} "
            f"{plain(entry.amount):f} {entry.unit} {entry.subject} by {entry.rule_id}"
        )
