"""The documented table (``core.pluginapi.duty.tariff_file``) in which any tariff can be written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import BinaryIO

from core.pluginapi import InvalidInput
from core.pluginapi.duty.tariff_file import COLUMNS, Shared, lines_of
from customs.tariff import tables
from customs.tariff.facts import Fact, Finding, Reading

NAMED: tables.Columns = {name: (name,) for name in COLUMNS}
UNSTATED = date.min
SHARED = Shared("", "", UNSTATED)


def read(stream: BinaryIO) -> Reading:
    """Read the table; a row that states nothing of duty or tax is kept for its notes."""
    for found in tables.rows(stream, NAMED, frozenset({"code", "source"})):
        if isinstance(found, Finding):
            yield found
            continue
        line, row = found
        try:
            facts = list(_facts(line, row))
        except InvalidInput as error:
            problem = f"{error.path}: {error}"
            yield Finding(line, row["code"][:20], problem, "left out", harm=True)
            continue
        yield from facts


def _facts(line: int, row: Mapping[str, str]) -> Reading:
    for made in lines_of(row, SHARED):
        first = None if made.valid_from == UNSTATED else made.valid_from
        stated = {
            kind: f"{rate:f}{'%' if kind.startswith('duty') else ''}"
            for kind, rate in made.rates.items()
        }
        if made.expression:
            stated["duty"] = made.expression
        for kind, text in stated.items() or [("note", "")]:
            yield Fact(
                line, made.code, kind, text, first, made.valid_to, made.notes, "", made.source,
                made.confidence,
            )  # fmt: skip
