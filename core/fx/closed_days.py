"""On which days publishers of rates rest: a library's calendars, with an operator's own days.

Calendars are ISO 3166 codes (``CN``: statutory holidays and the days off around them) or ISO 10383
codes of markets (``XSWX``: SIX Swiss Exchange, ``XECB``: TARGET). What a government announces late
is added by an operator, with a source; an operator's day comes before the library's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from importlib.metadata import version

import holidays
from django.db import IntegrityError, transaction
from django.db.models import Q

from core.accounts.services import record
from core.fx.models import ClosedDay
from core.shared.clock import now
from core.shared.errors import InvalidInput

FIRST, LAST = date(1970, 1, 1), date(2100, 12, 31)
LIBRARY = f"holidays {version('holidays')} (PyPI)"


def closed_days(
    calendar: str, first: int, last: int | None = None, *, known_at: datetime | None = None
) -> Mapping[date, str]:
    """Return the days of rest of a year, or of ``first`` to ``last``, with their names.

    One query. ``known_at`` leaves out what an operator added later. Raises InvalidInput.
    """
    years = range(first, (last or first) + 1)
    found = {day: name for year in years for day, name in _library(calendar, year).items()}
    rows = ClosedDay.objects.filter(
        _standing(known_at),
        calendar=calendar,
        day__range=(date(years[0], 1, 1), date(years[-1], 12, 31)),
    )
    for row in rows.order_by("created_at"):
        if row.open:
            found.pop(row.day, None)
        else:
            found[row.day] = row.name
    return dict(sorted(found.items()))


def closed_before(calendar: str, day: date, *, known_at: datetime | None = None) -> frozenset[date]:
    """Return the days of rest of ``day``'s year and of the year before."""
    return frozenset(closed_days(calendar, day.year - 1, day.year, known_at=known_at))


def add_day(
    calendar: str, day: date, name: str, *, origin: str, actor: str, is_open: bool = False
) -> ClosedDay:
    """Add a day of rest, or with ``is_open`` take one out. Raises InvalidInput."""
    _library(calendar, day.year)
    if not FIRST <= day <= LAST:
        raise InvalidInput(f"{day} is not a day of our time", path="day")
    if not name.strip() or not origin.strip():
        raise InvalidInput("a day needs a name and the source that states it", path="name")
    try:
        with transaction.atomic():
            row = ClosedDay.objects.create(
                calendar=calendar,
                day=day,
                name=name.strip()[:120],
                origin=origin.strip()[:400],
                author=actor,
                open=is_open,
            )
            record(actor, "fx.holiday", f"{calendar} {day}", open=is_open, source=row.origin)
    except IntegrityError:
        raise InvalidInput(f"{calendar} already has its own entry for {day}", path="day") from None
    return row


def withdraw_day(calendar: str, day: date, *, actor: str) -> bool:
    """Take an operator's entry back; the library's word counts again. False when there is none."""
    with transaction.atomic():
        rows = ClosedDay.objects.filter(calendar=calendar, day=day, withdrawn_at=None)
        if not rows.update(withdrawn_at=now()):
            return False
        record(actor, "fx.holiday.withdraw", f"{calendar} {day}")
    return True


def _standing(known_at: datetime | None) -> Q:
    if known_at is None:
        return Q(withdrawn_at=None)
    return Q(created_at__lte=known_at) & (Q(withdrawn_at=None) | Q(withdrawn_at__gt=known_at))


@lru_cache(maxsize=256)
def _library(calendar: str, year: int) -> Mapping[date, str]:
    if not FIRST.year <= year <= LAST.year:
        return {}
    if calendar in holidays.list_supported_countries():
        return dict(holidays.country_holidays(calendar, years=year, language="en_US"))
    if calendar in holidays.list_supported_financial():
        return dict(holidays.financial_holidays(calendar, years=year))
    raise InvalidInput(f"{calendar[:12]!r} is no calendar that is known", path="calendar")
