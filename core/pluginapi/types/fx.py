"""Values of exchange rates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from enum import Enum

from core.shared.money import MoneyError, checked_decimal
from core.shared.text import Text

PRECISE = Context(prec=40)


class Purpose(Enum):
    """What a rate is for; an authority's customs rate is never used to display a price."""

    DISPLAY = "display"
    QUOTE = "quote"
    CUSTOMS = "customs"
    SETTLEMENT = "settlement"


@dataclass(frozen=True, slots=True)
class Pair:
    """``quote`` units for one ``base`` unit: EUR/CNY 7.98 is 7.98 yuan for one euro."""

    base: str
    quote: str


@dataclass(frozen=True, slots=True)
class Rate:
    """A dated rate as it was published, never inverted. Raises MoneyError when not above zero.

    ``value`` is in units of ``pair.quote`` for ``quantity`` units of ``pair.base`` (JPY/CNY
    4.7236 for 100). ``as_of`` is the day that the rate was observed on or is for, ``published``
    when the source made it known. A rate may be used from ``valid_from`` (``as_of`` when None) to
    ``valid_to`` where its source states a period, else until it is older than ``max_age``.
    ``id`` is the stored row's, or "".
    """

    pair: Pair
    value: Decimal
    source: str
    as_of: date
    published: datetime | None = None
    max_age: timedelta = timedelta(days=4)
    purpose: Purpose = Purpose.QUOTE
    id: str = ""
    quantity: int = 1
    valid_from: date | None = None
    valid_to: date | None = None

    def __post_init__(self) -> None:
        if checked_decimal(self.value) <= 0:
            raise MoneyError("a rate is above zero")

    @property
    def per_unit(self) -> Decimal:
        """Return units of ``pair.quote`` for one unit of ``pair.base``."""
        return self.value if self.quantity == 1 else PRECISE.divide(self.value, self.quantity)

    def holds(self, day: date) -> bool:
        """Say whether the rate may be used on ``day``."""
        if day < (self.valid_from or self.as_of):
            return False
        if self.valid_to is not None:
            return day <= self.valid_to
        return day - self.as_of <= self.max_age


@dataclass(frozen=True, slots=True)
class RateTable:
    """What a source published: rates of one ``base`` for one or more days."""

    source: str
    rates: tuple[Rate, ...]


@dataclass(frozen=True, slots=True)
class Margin:
    """What is added to a rate, in percent, shown to the buyer."""

    percent: Decimal
    label: Text
    source: str
