"""Values of exchange rates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum

from core.shared.money import MoneyError, checked_decimal
from core.shared.text import Text


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
    """A dated rate with its provenance. Raises MoneyError when it is not above zero.

    ``as_of`` is the day that the rate is for, ``published`` when the source made it known,
    ``max_age`` how long the source says that it may be used; ``id`` is the stored row's, or "".
    """

    pair: Pair
    value: Decimal
    source: str
    as_of: date
    published: datetime | None = None
    max_age: timedelta = timedelta(days=4)
    purpose: Purpose = Purpose.QUOTE
    id: str = ""

    def __post_init__(self) -> None:
        if checked_decimal(self.value) <= 0:
            raise MoneyError("a rate is above zero")


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
