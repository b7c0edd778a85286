"""What a quote takes of its buyer's year of imports, in the words of the quote and the checkout."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.utils.translation import get_language

from core.orders.models import StoredQuote
from core.orders.quota import rooms, uses_of
from core.pluginapi import Money, Text
from core.shared.money import MoneyError
from core.web.money_text import money_text
from customs.quota.errors import QuotaRefused


@dataclass(frozen=True, slots=True)
class Allowance:
    """One limit of a year. What is left is "" while nobody knows whose year it is."""

    label: Text
    amount: str
    limit: str = ""
    left: str = ""
    after: str = ""
    is_short: bool = False
    year: int | None = None


def allowances(quote: StoredQuote, buyer: UUID | None) -> list[Allowance]:
    """Return every limit that the quote counts to; nothing where its regime counts nothing."""
    uses = uses_of(quote.document)
    if not uses:
        return []
    try:
        found = rooms(quote, buyer) if buyer else []
    except QuotaRefused:
        found = []
    if not found:
        return [Allowance(use.label, _written(use.amount, use.unit)) for use in uses]
    return [
        Allowance(
            label=use.label,
            amount=_written(use.amount, use.unit),
            limit=_written(room.limit, room.unit),
            left=_written(room.left, room.unit),
            after=_written(max(room.left - use.amount, Decimal(0)), room.unit),
            is_short=use.amount > room.left,
            year=room.year,
        )
        for use, room in found
    ]


def _written(amount: Decimal, unit: str) -> str:
    """Write an amount of money, or of another unit such as kg."""
    try:
        return money_text(Money(amount, unit), get_language() or "en")
    except MoneyError:
        return f"{amount.normalize():f}\N{NO-BREAK SPACE}{unit}"
