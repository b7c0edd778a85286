"""Frozen values of the quota ledger, and its unit: whole thousandths."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class Room:
    """What is used of a person's year and what its limit is, in ``unit``."""

    subject: str
    unit: str
    year: int
    used: Decimal
    limit: Decimal

    @property
    def left(self) -> Decimal:
        """What may still be bought; never below zero, also where a limit was lowered."""
        return max(self.limit - self.used, Decimal(0))


@dataclass(frozen=True, slots=True)
class Passage:
    """How far an order came, by the calendar of the country: None for what did not happen.

    ``returned`` is the day on which the return was applied for, ``arrived`` the day on which the
    goods were back where customs had released them.
    """

    cleared: date | None = None
    returned: date | None = None
    arrived: date | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A balance that is not the sum of its entries, in thousandths."""

    person: bytes
    jurisdiction: str
    year: int
    subject: str
    balance: int
    entries: int


def thousandths(amount: Decimal) -> int:
    """Return an amount in whole thousandths; what is finer counts against the person."""
    return int((amount * THOUSAND).to_integral_value(ROUND_CEILING))


def plain(number: int) -> Decimal:
    """Return thousandths as an amount: at least two decimals, a third where it says something."""
    amount = Decimal(number) / THOUSAND
    return amount.quantize(Decimal("0.01" if number % 10 == 0 else "0.001"))
