"""Reads the duties of Japan's schedule, so that the kit can compute them. Pure.

A cell is ``applied | WTO bound``: the applied rate (temporary, else general), and the WTO rate,
which holds where it is lower. Either is free (``無税``), a percentage, an amount by quantity, a sum
(``＋``), or the higher or lower of two (``又は``). Marks of end use, quota or note (``◎ ※ *``) and
other words leave a rate unknown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from core.pluginapi import TariffRate
from core.pluginapi.duty import ZERO, DutyData

WTO = "WTO"
UNITS = {"kg": "kg", "l": "l", "足": "pair"}
_AMOUNT = r"(?P<amount>[\d,]+(?:\.\d+)?)円/(?P<unit>kg|l|足)"
_PERCENT = r"(?P<percent>\d+(?:\.\d+)?)%"
_FORMS = (
    re.compile(_PERCENT),
    re.compile(_AMOUNT),
    re.compile(rf"{_PERCENT}(?P<plus>\+){_AMOUNT}"),
    re.compile(rf"{_PERCENT}又は{_AMOUNT}のうちいずれか(?P<side>[高低])い税率"),
)


class Rate(NamedTuple):
    """One rate: percent, yen for each unit, and how they go together (``+``, ``MIN``, ``MAX``).

    As in the kit's expressions ``MIN`` is the larger of both, ``MAX`` the smaller.
    """

    percent: Decimal
    amount: Decimal
    unit: str
    joined: str

    def is_below(self, other: Rate) -> bool:
        """Say whether this is never more than ``other``, whatever the goods are."""
        alike = self.joined == other.joined and self.unit == other.unit
        return self.is_free or (
            alike and self.percent <= other.percent and self.amount <= other.amount
        )

    @property
    def is_free(self) -> bool:
        """Say whether nothing is due."""
        return not self.percent and not self.amount

    def __str__(self) -> str:
        """Write the rate as an expression of the kit."""
        parts = [f"{self.percent:f}%"] if self.percent else []
        if self.amount:
            parts.append(f"{self.amount:f} JPY/{self.unit}")
        return f" {self.joined} ".join(parts)


def rate_of(cell: str) -> Rate | None:
    """Return the one rate that a cell of the schedule states, None where it states none."""
    text = unicodedata.normalize("NFKC", cell).replace(" ", "").replace("～", "〜")
    printed, _, bound = text.partition(f"|{WTO}")
    applied, wto = _rate(printed), _lowest(bound)
    if applied is None:
        return wto if wto is not None and wto.is_free else None
    if not bound or applied.is_free:
        return applied
    if wto is None:
        return None
    return next((a for a, b in ((applied, wto), (wto, applied)) if a.is_below(b)), None)


@cache
def tariff(data: DutyData) -> Sequence[TariffRate]:
    """Return the lines of the plug-in with the duties that can be read.

    A percentage is a rate, anything else an expression of the kit; the note ``printed`` keeps what
    the schedule says.
    """
    return tuple(_read(line) for line in data.tariff)


def _read(line: TariffRate) -> TariffRate:
    rate = rate_of(line.expression) if line.expression else None
    if rate is None:
        return line
    notes = {**line.notes, "printed": line.expression}
    if rate.amount:
        return replace(line, expression=str(rate), notes=notes)
    return replace(line, rates={**line.rates, "duty": rate.percent}, expression="", notes=notes)


def _lowest(bound: str) -> Rate | None:
    """Return the WTO rate; of a range its lower end, if the rate is in parentheses.

    Parentheses say that it is not below the applied rate.
    """
    first, dash, _ = bound.partition("〜")
    inner = first[1:-1] if first.startswith("(") and first.endswith(")") else first
    return None if dash and inner == first else _rate(inner)


def _rate(text: str) -> Rate | None:
    if text == "無税":
        return Rate(ZERO, ZERO, "", "")
    found = next((match for form in _FORMS if (match := form.fullmatch(text))), None)
    if found is None:
        return None
    parts = found.groupdict()
    percent, amount = parts.get("percent"), parts.get("amount")
    side = {"高": "MIN", "低": "MAX"}.get(parts.get("side") or "", "")
    return Rate(
        Decimal(percent or 0),
        Decimal((amount or "0").replace(",", "")),
        UNITS[parts["unit"]] if amount else "",
        side or ("+" if percent and amount else ""),
    )
