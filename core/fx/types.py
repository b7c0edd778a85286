"""Frozen values of conversion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.pluginapi import Margin, Money, Rate, RoundingRule


@dataclass(frozen=True, slots=True)
class Reference:
    """Which publication customs converts by, and of which day.

    ``sources`` are in order of preference; ``operator`` means what a person typed. A customs rate
    of a source is looked up on ``declared_on``, the day that its period has to cover; an ordinary
    rate of a publication on ``day``, the last one at or before it. ``rule_id`` and ``rule_source``
    say by what right.
    """

    day: date
    declared_on: date
    sources: tuple[str, ...]
    rule_id: str = ""
    rule_source: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A rate for one unit, the stored rates that it is derived from, and the day it was asked of.

    ``path`` holds one rate that is direct or inverse, or two of one source and day.
    """

    rate: Rate
    path: tuple[Rate, ...]
    on: date

    @property
    def age_days(self) -> int:
        """How many days before ``on`` the rate was observed."""
        return (self.on - self.rate.as_of).days


@dataclass(frozen=True, slots=True)
class Conversion:
    """A converted amount and all that it follows from.

    ``result`` is ``unrounded`` rounded by ``rounding`` to the currency's decimals; ``unrounded``
    is the amount times ``rate`` times (1 + ``margin_percent`` / 100). ``rate`` is for one unit.
    ``path`` holds the stored rates that ``rate`` was derived from: none for one currency, one
    direct or inverse, two over a common base. ``age_days`` is how old the rate was on the day that
    it was asked of.
    """

    amount: Money
    result: Money
    unrounded: Decimal
    rate: Rate
    margin_percent: Decimal
    margins: tuple[Margin, ...]
    rounding: RoundingRule
    path: tuple[Rate, ...]
    age_days: int = 0
    reference: Reference | None = None


@dataclass(frozen=True, slots=True)
class StoreReport:
    """What storing a table of rates did; the three counts sum to the rates of the table."""

    source: str
    added: int
    unchanged: int
    held: int

    def plus(self, other: StoreReport) -> StoreReport:
        """Return the sums of two reports of one source."""
        return StoreReport(
            self.source,
            self.added + other.added,
            self.unchanged + other.unchanged,
            self.held + other.held,
        )
