"""Measures of the European and the British tariff: which rate each is, and its duty as text.

Kinds: ``duty`` is the ordinary rate; ``suspension`` takes its place while it is valid;
``end_use``, ``preference:AREA``, ``quota:ORDER:AREA`` and ``suspension_end_use:TYPE`` need a proof
or a balance; ``defence:TYPE:AREA`` adds; ``vat`` and ``excise`` are taxes. An additional code is
part of the kind (``vat:VATZ``), since the goods decide which one holds. Types 103, 105, 112, 142,
145 and 305 are as described by the publishers; the others are from memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

EVERYBODY = frozenset({"1011", "1400"})
"""All third countries, and the British area of the same meaning for VAT."""

ORDINARY = {"103": "duty", "105": "end_use", "112": "suspension", "305": "vat", "306": "excise"}
SUSPENSION = "112"
NEEDS_USE = frozenset({"115", "117", "119"})
PREFERENCES = {"141": "preference", "142": "preference", "145": "preference_end_use"}
QUOTAS = frozenset({"122", "123", "143", "146", "147"})
DEFENCE = frozenset(
    [*(str(number) for number in range(551, 571)), "695", "696", "697", "698"]
)  # fmt: skip

JOINS = {"01": "", "02": "- ", "04": "+ ", "15": "MIN ", "17": "MAX ", "19": "+ ", "20": "+ ",
         "35": "MAX ", "36": "- "}  # fmt: skip
WORDS = {"12": "+ EA", "14": "+ EA R", "21": "+ AD S/Z", "25": "+ AD S/Z R", "27": "+ AD F/M",
         "29": "+ AD F/M R", "37": "NIHIL"}  # fmt: skip
SUPPLEMENTARY_UNIT = "99"


class Component(NamedTuple):
    """One part of a duty, as the authorities number it (``expression`` 01 to 99)."""

    expression: str
    amount: str
    money: str = ""
    unit: str = ""
    qualifier: str = ""


def kind_of(
    measure_type: str,
    area: str,
    *,
    additional: str = "",
    order: str = "",
    conditional: bool = False,
) -> str:
    """Return the kind of a measure, or "" for one that is no rate (licences, statistics …).

    A ``conditional`` suspension, one with certificates, is for a use and replaces nothing.
    """
    if measure_type in NEEDS_USE or (measure_type == SUSPENSION and conditional):
        kind, where = f"suspension_end_use:{measure_type}", "" if area in EVERYBODY else area
    elif measure_type in ORDINARY:
        kind = ORDINARY[measure_type]
        where = "" if area in EVERYBODY else area
    elif measure_type in PREFERENCES:
        kind, where = PREFERENCES[measure_type], area
    elif measure_type in QUOTAS:
        kind, where = f"quota:{order or measure_type}", area
    elif measure_type in DEFENCE:
        kind, where = f"defence:{measure_type}", area
    else:
        return ""
    return ":".join(part for part in (kind, where, additional) if part)


def duty_text(components: Iterable[Component]) -> str:
    """Return components as a duty expression, in the order of their numbers; "" for none.

    What is not known of them is written out, so that it can be read by a person and is not taken
    for a rate.
    """
    parts = (
        _part(one)
        for one in sorted(components, key=lambda one: one.expression)
        if one.expression != SUPPLEMENTARY_UNIT
    )
    return " ".join(parts)


def _part(one: Component) -> str:
    if one.expression in WORDS:
        return WORDS[one.expression]
    if one.expression not in JOINS:
        return f"[duty expression {one.expression}: {one.amount} {one.money} {one.unit}]"
    units = "".join(f" / {unit}" for unit in _units(one))
    return f"{JOINS[one.expression]}{_number(one.amount)} {one.money or '%'}{units}"


def _units(one: Component) -> Iterable[str]:
    if one.unit == "ASV" and one.qualifier == "X":
        return ("ASVX",)
    return tuple(part for part in (one.unit, one.qualifier) if part)


def _number(text: str) -> str:
    try:
        return f"{Decimal(text).normalize():f}"
    except InvalidOperation:
        return f"[{text}]"
