"""On which day's exchange rate customs converts. Pure; one rule a jurisdiction."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, timedelta

WEDNESDAY = 2


def china(declared_on: date, holidays: Collection[date]) -> date:
    """Return the third Wednesday of the month before, or the fourth if that is a holiday."""
    before = declared_on.replace(day=1) - timedelta(days=1)
    first = before.replace(day=1)
    third = first + timedelta(days=(WEDNESDAY - first.weekday()) % 7 + 14)
    return third + timedelta(days=7) if third in holidays else third


REFERENCE_DATES: dict[str, Callable[[date, Collection[date]], date]] = {"CN": china}
"""Rule R-CN-FX; other jurisdictions are not known here and are refused."""
