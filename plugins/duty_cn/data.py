"""The dated data files: rules with their sources, and the lines of China's tariff.

In ``tariff.csv`` an empty cell is unknown, never zero. ``interim`` replaces ``duty``; ``a|b`` means
that a value test decides. The duty holds for the edition's year; tax rates and the postal class
have no end stated and hold until a newer line replaces them.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from core.pluginapi import Rule, TariffRate, Text

HERE = Path(__file__).parent
NOMINAL = date(2019, 4, 9)
"""Start of the rates and classes in force, used where a source states no date of its own."""

SPIRITS_PER_LITRE = {
    code: Decimal("0.912") for code in ("22082000", "22083000", "22084000", "22089090")
}
VALUE_TESTED = ("33", "91")


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules of all regimes."""
    stored = json.loads((HERE / "rules.json").read_text(encoding="utf-8"))
    return tuple(
        Rule(
            id=entry["id"],
            key=entry["key"],
            jurisdiction="CN",
            title=Text.from_dict(entry["title"]),
            valid_from=date.fromisoformat(entry["valid_from"]),
            valid_to=date.fromisoformat(entry["valid_to"]) if entry["valid_to"] else None,
            values=entry["values"],
            source="; ".join(entry["sources"]),
            confidence=entry["confidence"],
            unverified=tuple(entry["unverified"]),
        )
        for entry in stored["rules"]
    )


@cache
def tariff() -> tuple[TariffRate, ...]:
    """Return the tariff lines."""
    sources = json.loads((HERE / "tariff_sources.json").read_text(encoding="utf-8"))
    with (HERE / "tariff.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(line for row in csv.DictReader(stream) for line in _lines(row, sources))


def _lines(row: dict[str, str], sources: dict[str, str]) -> Iterator[TariffRate]:
    start = date.fromisoformat(row["valid_from"]) if row["valid_from"] else NOMINAL
    end = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
    for rates, until in ((_duty(row), end), (_taxes(row), None)):
        if rates:
            yield TariffRate(
                "CN", row["code"], rates, start, until, sources[row["source"]], row["confidence"]
            )


def _duty(row: dict[str, str]) -> dict[str, Decimal]:
    stated = row["interim"] or row["duty"]
    return {"duty": Decimal(stated)} if stated else {}


def _taxes(row: dict[str, str]) -> dict[str, Decimal]:
    rates: dict[str, Decimal] = {}
    if row["vat"]:
        rates["vat"] = Decimal(row["vat"])
    tested = row["code"].startswith(VALUE_TESTED)
    for column, kind in (("consumption_tax", "consumption_tax"), ("postal_class", "postal_class")):
        low, mark, high = row[column].partition("|")
        if low and not mark:
            rates[kind] = Decimal(low)
        elif mark and tested:
            rates[f"{kind}_low"], rates[f"{kind}_high"] = Decimal(low), Decimal(high)
    if row["code"] in SPIRITS_PER_LITRE and "consumption_tax" in rates:
        rates["consumption_tax_per_litre"] = SPIRITS_PER_LITRE[row["code"]]
    if row["positive_list"]:
        rates["positive_list"] = Decimal(1)
    return rates
