"""Frozen values of conversion."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.pluginapi import Margin, Money, Rate, RoundingRule


@dataclass(frozen=True, slots=True)
class Conversion:
    """A converted amount and all that it follows from.

    ``result`` is ``unrounded`` rounded by ``rounding`` to the currency's decimals; ``unrounded``
    is the amount times ``rate`` times (1 + ``margin_percent`` / 100). ``path`` holds the stored
    rates that ``rate`` was derived from: none for one currency, one direct or inverse, two over a
    common base.
    """

    amount: Money
    result: Money
    unrounded: Decimal
    rate: Rate
    margin_percent: Decimal
    margins: tuple[Margin, ...]
    rounding: RoundingRule
    path: tuple[Rate, ...]


@dataclass(frozen=True, slots=True)
class StoreReport:
    """What storing a table of rates did; the three counts sum to the rates of the table."""

    source: str
    added: int
    unchanged: int
    held: int
