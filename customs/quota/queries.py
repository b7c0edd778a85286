"""What others read of the quota ledger."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum, Value

from core.pluginapi import Json, QuotaUse
from core.shared.localtime import local_day
from customs.quota.limits import limit_on
from customs.quota.models import QuotaBalance, QuotaEntry
from customs.quota.types import Difference, Room, plain

SHOWN_BYTES = 6
INDEX_BYTES = 32
Key = tuple[bytes, str, int, str]


def used_facts(person: bytes, *, jurisdiction: str, at: datetime) -> dict[str, Json]:
    """Return what the person used of the year as facts of a shipment, amounts as text.

    ``{"annual_used": "424.80", "person_year_used_kg": {"rice": "5.00"}}``; what was never used is
    absent.
    """
    facts: dict[str, Any] = {}
    for row in _year(person, jurisdiction, at):
        name, _, part = row.subject.partition(".")
        amount = f"{plain(row.used):f}"
        if part:
            facts.setdefault(name, {})[part] = amount
        else:
            facts[name] = amount
    return facts


def room_of(person: bytes, use: QuotaUse, *, jurisdiction: str, at: datetime) -> Room:
    """Return what is left of the year of ``at``. Raises QuotaRefused when no rule says."""
    day = local_day(jurisdiction, at)
    limit, _ = limit_on(use, jurisdiction, day)
    rows = _year(person, jurisdiction, at)
    used = next((row.used for row in rows if row.subject == use.subject), 0)
    return Room(use.subject, use.unit, day.year, plain(used), limit)


def by_person(shown: str) -> tuple[list[QuotaBalance], QuerySet[QuotaEntry]]:
    """Return the balances and entries of the person that operators see as ``shown``."""
    try:
        start = bytes.fromhex(shown)
    except ValueError:
        start = b""
    if len(start) < SHOWN_BYTES:
        return [], QuotaEntry.objects.none()
    end = start.ljust(INDEX_BYTES, b"\xff")
    found = QuotaBalance.objects.filter(person__gte=start, person__lte=end)
    balances = list(found.order_by("jurisdiction", "year", "subject"))
    if not balances:
        return [], QuotaEntry.objects.none()
    return balances, QuotaEntry.objects.filter(person=bytes(balances[0].person))


def differences() -> list[Difference]:
    """Return every balance that is not the sum of its entries; none when the ledger is sound.

    Balances and entries are read by one statement, which sees one moment of the database.
    """
    names = ("person", "jurisdiction", "year", "subject")
    balances = QuotaBalance.objects.order_by().values_list(*names, "used", Value(0))
    entries = QuotaEntry.objects.order_by().values_list(*names, Value(0)).annotate(Sum("amount"))
    sums: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
    for person, jurisdiction, year, subject, used, total in balances.union(entries, all=True):
        pair = sums[bytes(person), jurisdiction, year, subject]
        pair[0] += used
        pair[1] += total
    return [
        Difference(*key, balance=pair[0], entries=pair[1])
        for key, pair in sorted(sums.items())
        if pair[0] != pair[1]
    ]


def _year(person: bytes, jurisdiction: str, at: datetime) -> list[QuotaBalance]:
    year = local_day(jurisdiction, at).year
    found = QuotaBalance.objects.filter(person=person, jurisdiction=jurisdiction, year=year)
    return list(found.order_by("subject"))
