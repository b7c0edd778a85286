"""Additional duties of Chapter 99 by origin and code, where no layers are given.

A rule of key ``us.additional.…`` names its ``layer``, the ``origins`` that it concerns (``*`` for
all), whether its rates go ``by`` origin or by the beginning of the HS code, and at each rate
(``at_12.5``) those concerned, ``*`` for all others. For ``capped_origins`` the rate is the most
that ordinary duty and layer make together. A rate that is not settled is never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from core.pluginapi import Rule, ShipmentLine
from core.pluginapi.duty import (
    HUNDRED,
    ZERO,
    Found,
    Layer,
    Refusal,
    Sheet,
    Valued,
    decimal_of,
    layers_of,
)
from plugins.duty_us import words

KEYS = "us.additional."
AT = "at_"
ALL = "*"


class Due(NamedTuple):
    """One duty on one line, unrounded, with the rule by which it is due."""

    rule: Rule
    layer: Layer


def dues_of(sheet: Sheet, item: Valued, entry: Rule) -> Iterator[Due]:
    """Yield the duties of a line: as given, or those of the tariff and of Chapter 99.

    Raises Refusal (additional_duty_unknown, origin_missing and those of ``layers_of``).
    """
    ordinary = layers_of(sheet, item, item.goods)
    yield from (Due(entry, layer) for layer in ordinary)
    if item.line.rates is not None or item.line.layers:
        return
    # Sorted, so that an old quote is recomputed in the same order.
    rules = [sheet.rule(key) for key in sorted(sheet.rules.rules) if key.startswith(KEYS)]
    if not rules:
        raise Refusal("additional_duty_unknown", line=item.place)
    for rule in rules:
        if _concerned(rule, item):
            yield Due(rule, _layer(rule, item, ordinary[0]))


def _concerned(rule: Rule, item: Valued) -> bool:
    origins = rule.values["origins"].split()
    if not item.line.origin and origins != [ALL]:
        raise Refusal("origin_missing", line=item.place)
    return ALL in origins or item.line.origin in origins


def _layer(rule: Rule, item: Valued, ordinary: Layer) -> Layer:
    code = rule.values["layer"]
    possible = _rates(rule, item)
    cap = item.line.origin in rule.values["capped_origins"].split()
    due = {max(ZERO, rate - _percent(ordinary, item)) if cap else rate for rate in possible}
    if len(due) != 1:
        rates = " / ".join(f"{rate:f}" for rate in possible)
        text = words.unsettled(code, rates)
        raise Refusal("additional_duty_unknown", line=item.place, text=text)
    source = f"{rule.id}: {rule.source}"
    found = Found(due.pop(), source)
    inputs: dict[str, Decimal | str] = {"value": item.goods}
    if cap:
        inputs |= {"cap": " / ".join(f"{rate:f}" for rate in possible)}
    return Layer(code, item.goods * found.rate / HUNDRED, found, "value × rate", inputs)


def _percent(ordinary: Layer, item: Valued) -> Decimal:
    """Return the ordinary duty in percent; what a duty by quantity comes to is not settled."""
    if ordinary.found is None:
        raise Refusal("additional_duty_unknown", line=item.place)
    return ordinary.found.rate


def _rates(rule: Rule, item: Valued) -> list[Decimal]:
    """Return the rate of the closest match, or all rates where none or several match alike."""
    rates = {
        decimal_of(name.removeprefix(AT)): value.split()
        for name, value in rule.values.items()
        if name.startswith(AT)
    }
    by_origin = rule.values["by"] == "origin"
    if by_origin and not item.line.origin and not any(named == [ALL] for named in rates.values()):
        raise Refusal("origin_missing", line=item.place)
    closeness = {rate: _closeness(named, item.line, by_origin) for rate, named in rates.items()}
    closest = max(closeness.values())
    found = [rate for rate, close in closeness.items() if close == closest]
    return found if closest and len(found) == 1 else list(rates)


def _closeness(named: list[str], line: ShipmentLine, by_origin: bool) -> int:
    """Return how closely a line is named: not at all (0), as one of all others (1), more."""
    met = [1 for name in named if name == ALL]
    if by_origin:
        met += [2 for name in named if name == line.origin]
    else:
        met += [1 + len(name) for name in named if name != ALL and line.hs_code.startswith(name)]
    return max(met, default=0)
