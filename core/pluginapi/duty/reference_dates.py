"""On which day's exchange rate customs converts. Pure: rules are data, only their names are here.

A jurisdiction names its rule in dated data under the key ``<jurisdiction>.fx``, for example::

    {"reference": "third_wednesday_of_month_before",
     "if_holiday": "fourth_wednesday_of_month_before",
     "calendar": "CN",
     "sources": "fx_cn_parity operator"}

``reference`` and ``if_holiday`` are keys of :data:`REFERENCES`; ``calendar`` names the days on
which the publisher rests; ``sources`` are the publications that count, best first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from core.shared.errors import InvalidInput

WEDNESDAY, THURSDAY, SATURDAY = 2, 3, 5
DAY, WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a reference day follows from; ``closed`` are the holidays of the rule's calendar."""

    declared_on: date
    exported_on: date | None = None
    closed: Collection[date] = frozenset()


def reference_date(values: Mapping[str, str], occasion: Occasion) -> date:
    """Return the day whose rate applies, by a rule's ``values``.

    Raises InvalidInput: ``path`` names the part of the occasion that is missing or too early
    (``exported_on``, ``declared_on``), or ``reference`` when the rule names no known day.
    """
    try:
        found = _named(values, "reference")(occasion)
        if "if_holiday" in values and found in occasion.closed:
            found = _named(values, "if_holiday")(occasion)
    except OverflowError:
        raise InvalidInput("there is no month before that day", path="declared_on") from None
    return found


def _named(values: Mapping[str, str], key: str) -> Callable[[Occasion], date]:
    name = values.get(key, "")
    if name not in REFERENCES:
        raise InvalidInput(f"{name[:60]!r} is not a known reference day", path="reference")
    return REFERENCES[name]


def _from_start(weekday: int, number: int) -> Callable[[Occasion], date]:
    """The ``number``-th ``weekday`` of the month before the declaration, counted from 1."""

    def find(occasion: Occasion) -> date:
        first = _month_end_before(occasion.declared_on).replace(day=1)
        return first + timedelta(days=(weekday - first.weekday()) % 7) + WEEK * (number - 1)

    return find


def _from_end(weekday: int, number: int) -> Callable[[Occasion], date]:
    """The ``number``-th last ``weekday`` of the month before the declaration; 1 is the last."""

    def find(occasion: Occasion) -> date:
        last = _month_end_before(occasion.declared_on)
        return last - timedelta(days=(last.weekday() - weekday) % 7) - WEEK * (number - 1)

    return find


def _month_end_before(day: date) -> date:
    return day.replace(day=1) - DAY


def _day_of_export(occasion: Occasion) -> date:
    if occasion.exported_on is None:
        raise InvalidInput("the rate is that of the day of export: give it", path="exported_on")
    return occasion.exported_on


def _last_trading_day_before(occasion: Occasion) -> date:
    day = occasion.declared_on - DAY
    while day.weekday() >= SATURDAY or day in occasion.closed:
        day -= DAY
    return day


def _quarter_start(occasion: Occasion) -> date:
    day = occasion.declared_on
    return day.replace(month=day.month - (day.month - 1) % 3, day=1)


REFERENCES: Mapping[str, Callable[[Occasion], date]] = MappingProxyType(
    {
        "third_wednesday_of_month_before": _from_start(WEDNESDAY, 3),
        "fourth_wednesday_of_month_before": _from_start(WEDNESDAY, 4),
        "penultimate_wednesday_of_month_before": _from_end(WEDNESDAY, 2),
        "wednesday_before_penultimate_thursday_of_month_before": lambda occasion: (
            _from_end(THURSDAY, 2)(occasion) - DAY
        ),
        "day_of_export": _day_of_export,
        "day_of_declaration": lambda occasion: occasion.declared_on,
        "last_trading_day_before_import": _last_trading_day_before,
        "first_day_of_quarter": _quarter_start,
    }
)
"""R-CN-FX: third and fourth Wednesday. R-EU-FX: penultimate Wednesday. R-GB-FX: Wednesday before
the penultimate Thursday. R-AU: day of export. R-CH: last trading day before import, where weekends
and the calendar's days are none. The two others are for operators' rules of other countries."""
