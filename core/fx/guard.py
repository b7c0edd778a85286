"""What a rate must satisfy before it is stored. Pure; magnitude is checked before arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from moneyed import CURRENCIES

from core.fx.errors import RateRefused
from core.fx.routes import PRECISE, derived
from core.pluginapi import Level, Pair, Rate, RateTable, Text, Verdict

PLACES = Decimal("1E-12")
SMALLEST = Decimal("1E-8")
LARGEST = Decimal("1E8")
JUMP = Decimal("0.25")
"""How much a rate may move against the last one before a person has to look."""

SPREAD = Decimal("0.01")
"""How much three rates of one source and day may disagree."""

MAX_AGE = timedelta(days=36_500)
EARLIEST = date(1970, 1, 1)
AHEAD = timedelta(days=1)
"""A source east of us may already be a day ahead."""

PERIOD_AHEAD = timedelta(days=45)
"""Monthly customs rates are published in the month before."""


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
    if not isinstance(rate.quantity, int) or not 1 <= rate.quantity <= 100_000:
        raise _refused(f"the units of {_name(rate)} are out of range", path, "rate_quantity")
    _check_days(rate, today, path)


def _check_days(rate: Rate, today: date, path: str) -> None:
    ahead = PERIOD_AHEAD if rate.valid_to else AHEAD
    start = rate.valid_from or rate.as_of
    if max(rate.as_of, start) > today + ahead:
        raise _refused(f"the rate of {_name(rate)} is for {rate.as_of}", path, "rate_in_future")
    if min(rate.as_of, start) < EARLIEST:
        raise _refused(
            f"the rate of {_name(rate)} is for {rate.as_of}, before {EARLIEST}", path, "rate_date"
        )
    if rate.valid_to and rate.valid_to < start:
        raise _refused(f"the period of {_name(rate)} ends before it begins", path, "rate_date")
    if not timedelta(0) <= rate.max_age <= MAX_AGE:
        raise _refused(f"the age allowed for {_name(rate)} is out of range", path, "rate_age")


def jump(new: Rate, last: Rate | None) -> Verdict | None:
    """Hold a rate that moved by more than a quarter since ``last``.

    A rate near one divided by ``last`` is named an inverted pair. ``last`` may be of either
    direction and of any quantity.
    """
    if last is None:
        return None
    before = derived(new.pair, [(last, last.pair != new.pair)])[0].per_unit
    if _near(new.per_unit, before):
        return None
    upside_down = _near(new.per_unit, PRECISE.divide(Decimal(1), before))
    old, value = _written(before), _written(new.per_unit)
    if upside_down:
        return Verdict(
            Level.HOLD,
            "rate_inverted",
            Text(
                f"{_name(new)} was {old} and would be {value}: the pair looks upside down",
                f"{_name(new)} 原为 {old}，现为 {value}：币种方向疑似颠倒",
                f"{_name(new)} 原為 {old}，現為 {value}：幣別方向疑似顛倒",
            ),
        )
    return Verdict(
        Level.HOLD,
        "rate_jump",
        Text(
            f"{_name(new)} went from {old} to {value}; release it if that is right",
            f"{_name(new)} 由 {old} 变为 {value}；确认无误后请放行",
            f"{_name(new)} 由 {old} 變為 {value}；確認無誤後請放行",
        ),
    )


def triangle(new: Rate, others: Mapping[Pair, Rate]) -> Verdict | None:
    """Hold a rate that two others of the same source, purpose and day contradict."""
    for pair, first in others.items():
        if new.pair.base not in (pair.base, pair.quote):
            continue
        over = pair.quote if pair.base == new.pair.base else pair.base
        second = others.get(Pair(over, new.pair.quote)) or others.get(Pair(new.pair.quote, over))
        if over == new.pair.quote or second is None:
            continue
        legs = [(first, pair.base == over), (second, second.pair.base != over)]
        implied = derived(new.pair, legs)[0].per_unit
        if abs(new.per_unit - implied) > SPREAD * implied:
            return _contradicted(new, over, implied)
    return None


def _contradicted(new: Rate, over: str, implied: Decimal) -> Verdict:
    value, other = _written(new.per_unit), _written(implied)
    return Verdict(
        Level.HOLD,
        "rate_triangle",
        Text(
            f"{_name(new)} is {value}, but over {over} it is {other} on the same day",
            f"{_name(new)} 为 {value}，但同日经 {over} 折算为 {other}",
            f"{_name(new)} 為 {value}，但同日經 {over} 折算為 {other}",
        ),
    )


def _near(value: Decimal, other: Decimal) -> bool:
    return abs(value - other) <= JUMP * other


def _written(value: Decimal) -> str:
    return f"{value.normalize():.6g}" if value < 1 else f"{round(value, 6).normalize():f}"


def _name(rate: Rate) -> str:
    return f"{rate.pair.base}/{rate.pair.quote}"


def _refused(message: str, path: str, code: str) -> RateRefused:
    return RateRefused(message, path=path, code=code)
