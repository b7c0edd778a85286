"""What a rate must satisfy before it is stored. Pure; magnitude is checked before arithmetic."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from moneyed import CURRENCIES

from core.fx.errors import RateRefused
from core.pluginapi import Level, Rate, RateTable, Text, Verdict

PLACES = Decimal("1E-12")
SMALLEST = Decimal("1E-8")
LARGEST = Decimal("1E8")
JUMP = Decimal("0.25")
MAX_AGE = timedelta(days=36_500)


def checked_table(table: RateTable, *, today: date) -> list[Rate]:
    """Return the rates of ``table``, refusing all of them when one cannot be used.

    Raises RateRefused with the JSON path of the first faulty rate.
    """
    seen: dict[tuple[object, ...], Decimal] = {}
    for index, rate in enumerate(table.rates):
        path = f"$.rates[{index}]"
        _check_rate(rate, table.source, today, path)
        key = (rate.pair, rate.purpose, rate.as_of)
        if seen.setdefault(key, rate.value) != rate.value:
            raise _refused(f"two rates for {_name(rate)} on {rate.as_of}", path, "rate_contradicts")
    return list(table.rates)


def _check_rate(rate: Rate, source: str, today: date, path: str) -> None:
    if rate.source != source:
        raise _refused(f"a rate of {rate.source!r} in a table of {source!r}", path, "rate_source")
    for code in (rate.pair.base, rate.pair.quote):
        if code not in CURRENCIES:
            raise _refused(f"{code[:10]!r} is not a currency", path, "rate_currency")
    if rate.pair.base == rate.pair.quote:
        raise _refused("a currency has no rate to itself", path, "rate_currency")
    value: object = rate.value
    if not isinstance(value, Decimal) or not value.is_finite():
        raise _refused(f"the rate of {_name(rate)} is not a number", path, "rate_value")
    if not SMALLEST <= value <= LARGEST:
        raise _refused(f"the rate of {_name(rate)} is out of range", path, "rate_value")
    # A source east of us may already be a day ahead.
    if rate.as_of > today + timedelta(days=1):
        raise _refused(f"the rate of {_name(rate)} is for {rate.as_of}", path, "rate_in_future")
    if not timedelta(0) <= rate.max_age <= MAX_AGE:
        raise _refused(f"the age allowed for {_name(rate)} is out of range", path, "rate_age")


def jump(new: Rate, last: Rate | None) -> Verdict | None:
    """Hold a rate that moved by more than a quarter since ``last``: swapped pair, shifted point."""
    if last is None:
        return None
    if abs(new.value - last.value) <= JUMP * last.value:
        return None
    return Verdict(
        Level.HOLD,
        "rate_jump",
        Text(
            f"{_name(new)} went from {last.value.normalize():f} to {new.value.normalize():f}; "
            "release it if that is right",
            f"{_name(new)} 由 {last.value.normalize():f} 变为 {new.value.normalize():f}；"
            "确认无误后请放行",
            f"{_name(new)} 由 {last.value.normalize():f} 變為 {new.value.normalize():f}；"
            "確認無誤後請放行",
        ),
    )


def _name(rate: Rate) -> str:
    return f"{rate.pair.base}/{rate.pair.quote}"


def _refused(message: str, path: str, code: str) -> RateRefused:
    return RateRefused(message, path=path, code=code)
