"""Reserves and releases what persons may import in a year. Each is one conditional UPDATE.

Nothing is read first: of two orders of one person at the same moment the second waits for the
first, sees what it left, and is refused when that is not enough.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Sum

from core.accounts.services import record
from core.pluginapi import QuotaUse, Rule, Text
from core.shared.localtime import local_day
from customs.quota.errors import QuotaRefused
from customs.quota.limits import limit_on, release_rule
from customs.quota.models import QuotaBalance, QuotaEntry
from customs.quota.queries import differences, room_of
from customs.quota.types import Difference, Passage, Room, thousandths

log = logging.getLogger(__name__)


def reserve(
    person: bytes,
    uses: Sequence[QuotaUse],
    *,
    jurisdiction: str,
    reference: str,
    at: datetime,
) -> bool:
    """Take ``uses`` out of the person's year, all of them or none, in the caller's transaction.

    The year is that of ``at`` by the country's calendar, the limits are those of that day. Returns
    False when ``reference`` (an order's number) has them already. Raises QuotaRefused with what is
    left.
    """
    day = local_day(jurisdiction, at)
    reserved = False
    with transaction.atomic():
        # One order of subjects, so that two orders of one person never wait for each other.
        for use in sorted(uses, key=lambda one: one.subject):
            amount = thousandths(use.amount)
            if amount <= 0:
                continue
            limit, rule = limit_on(use, jurisdiction, day)
            whose = _whose(person, jurisdiction, day.year, use)
            entry = QuotaEntry(**whose, kind="reserved", amount=amount, reference=reference,
                               rule_id=rule.id, at=at)  # fmt: skip
            if not _write_once(entry):
                continue
            if not _take(whose, amount, thousandths(limit)):
                raise refusal(use, room_of(person, use, jurisdiction=jurisdiction, at=at))
            reserved = True
    return reserved


def release(reference: str, passage: Passage, *, at: datetime) -> bool:
    """Give back what ``reference`` reserved, once, where the rule in force allows it.

    It goes back to the year that it was taken from. Returns whether anything was given back.
    """
    released = False
    with transaction.atomic():
        reserved = QuotaEntry.objects.filter(reference=reference, kind="reserved")
        for entry in reserved.order_by("subject"):
            day = local_day(entry.jurisdiction, at)
            rule = release_rule(entry.jurisdiction, passage, day)
            released |= rule is not None and _give_back(entry, rule, at)
    return released


def repair(*, actor: str) -> int:
    """Set every balance that differs to the sum of its entries; return how many there were.

    Each is summed again under its lock, so that orders may be paid meanwhile.
    """
    return sum(_repair(found, actor) for found in differences())


def refusal(use: QuotaUse, room: Room) -> QuotaRefused:
    """Return the refusal of ``use`` in words: what is left of the year, and of how much."""
    left, limit, amount = f"{room.left:f}", f"{room.limit:f}", f"{use.amount:f}"
    label = use.label.as_dict()
    return QuotaRefused(
        use.refusal_code,
        Text(
            f"{label['en']}: {left} {room.unit} of {limit} {room.unit} are left for {room.year}, "
            f"and this order takes {amount}.",
            f"{label['zh-Hans']}：{room.year} 年度限额 {limit} {room.unit}，剩余 {left}，"
            f"本单需 {amount}。",
            f"{label['zh-Hant']}：{room.year} 年度限額 {limit} {room.unit}，剩餘 {left}，"
            f"本單需 {amount}。",
        ),
    )


@transaction.atomic
def _repair(found: Difference, actor: str) -> bool:
    whose = {
        "person": found.person,
        "jurisdiction": found.jurisdiction,
        "year": found.year,
        "subject": found.subject,
    }
    entries = QuotaEntry.objects.filter(**whose)
    unit = entries.values_list("unit", flat=True).first() or ""
    QuotaBalance.objects.bulk_create([QuotaBalance(**whose, unit=unit)], ignore_conflicts=True)
    row = QuotaBalance.objects.select_for_update().get(**whose)
    total = entries.aggregate(total=Sum("amount"))["total"] or 0
    if row.used == total:
        return False
    record(actor, "quota.repair", str(row), was=row.used, used=total)
    row.used, row.limit = total, max(row.limit, total)
    row.save(update_fields=["used", "limit"])
    return True


def _whose(person: bytes, jurisdiction: str, year: int, use: QuotaUse) -> dict[str, Any]:
    return {
        "person": person,
        "jurisdiction": jurisdiction,
        "year": year,
        "subject": use.subject,
        "unit": use.unit,
    }


def _write_once(entry: QuotaEntry) -> bool:
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _take(whose: dict[str, Any], amount: int, limit: int) -> bool:
    enough = QuotaBalance.objects.filter(**whose, used__lte=limit - amount)
    taken = {"used": F("used") + amount, "limit": limit}
    if enough.update(**taken):
        return True
    # Full, or not there yet: another order may write the person's first row at this moment, so
    # that looking whether it is there would call a year full that has room.
    QuotaBalance.objects.bulk_create([QuotaBalance(**whose)], ignore_conflicts=True)
    return enough.update(**taken) == 1


def _give_back(entry: QuotaEntry, rule: Rule, at: datetime) -> bool:
    whose = {
        name: getattr(entry, name) for name in ("person", "jurisdiction", "year", "subject", "unit")
    }
    back = QuotaEntry(**whose, kind="released", amount=-entry.amount, reference=entry.reference,
                      rule_id=rule.id, at=at)  # fmt: skip
    if not _write_once(back):
        return False
    balance = QuotaBalance.objects.filter(**whose)
    if not balance.filter(used__gte=entry.amount).update(used=F("used") - entry.amount):
        # Somebody changed the balance. The entries hold; a refund does not wait for the repair.
        log.error("the balance of %s is not the sum of its entries", entry.reference)
        balance.update(used=0)
    return True
