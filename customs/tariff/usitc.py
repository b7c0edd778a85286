"""The Harmonized Tariff Schedule of the United States, as the USITC exports it.

The tree is rebuilt from the indent alone. A rate holds for everything below its row and never for
what is above; a row needs no line of its own where its code begins with that of the row which it
inherits from, since the look-up goes from the longest code to the shortest. Chapters 98 and 99
hold no codes of goods: their rows are counted, and what a row says of 9903 stays as a note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from customs.tariff import json_items, tables
from customs.tariff.facts import Fact, Finding, Passed, Reading, TariffRefused, digits, shortest

COLUMNS: tables.Columns = {
    "number": ("HTS Number",),
    "indent": ("Indent",),
    "description": ("Description",),
    "unit": ("Unit of Quantity",),
    "general": ("General Rate of Duty",),
    "special": ("Special Rate of Duty",),
    "column2": ("Column 2 Rate of Duty",),
    "quota": ("Quota Quantity",),
    "additional": ("Additional Duties",),
}
REQUIRED = frozenset({"number", "indent", "description", "general", "special", "column2"})
RATES = (("duty", "general"), ("special", "special"), ("column2", "column2"))
REFERENCE = re.compile(r"99\d\d\.\d\d(?:\.\d\d)?", re.ASCII)
BRACKETS = re.compile(r"\s*(?:\[[^\]]*\]|\d+/)\s*$")
DEEPEST = 30


@dataclass(slots=True)
class _Row:
    line: int
    code: str
    indent: int
    cells: Mapping[str, str]
    leaf: bool = True

    @property
    def states(self) -> bool:
        return any(self.cells[column] for _, column in RATES)


def read_csv(stream: BinaryIO) -> Reading:
    """Read the CSV export of one or more chapters."""
    yield from _facts(_from_table(stream))


def read_json(stream: BinaryIO) -> Reading:
    """Read the JSON export: a list of rows with ``htsno``, ``indent``, ``general`` …"""
    yield from _facts(_from_json(stream))


def _from_table(stream: BinaryIO) -> Iterator[_Row | Finding]:
    for found in tables.rows(stream, COLUMNS, REQUIRED):
        yield found if isinstance(found, Finding) else _row(*found)


def _from_json(stream: BinaryIO) -> Iterator[_Row | Finding]:
    for line, item in enumerate(json_items.items(stream), 1):
        if not isinstance(item, dict) or "htsno" not in item or "general" not in item:
            raise TariffRefused(
                f"element {line} has no htsno and general: it is no row of the HTS; choose another "
                "FORMAT",
                row=line,
            )
        yield _row(line, _cells(item))


def _cells(item: Mapping[str, Any]) -> dict[str, str]:
    named = {"number": "htsno", "indent": "indent", "description": "description",
             "general": "general", "special": "special", "column2": "other"}  # fmt: skip
    cells = {ours: _plain(item.get(theirs)) for ours, theirs in named.items()}
    units = item.get("units") or []
    cells["unit"] = ", ".join(map(str, units)) if isinstance(units, list) else str(units)
    notes = item.get("footnotes")
    said = [
        _plain(one.get("value"))
        for one in (notes if isinstance(notes, list) else [])
        if isinstance(one, dict)
    ]
    cells["additional"] = " ".join([_plain(item.get("additionalDuties")), *said])
    return cells


def _plain(value: object) -> str:
    return "" if value is None else str(value).strip()


def _row(line: int, cells: Mapping[str, str]) -> _Row | Finding:
    number, indent = cells["number"], cells["indent"]
    code = digits(number)
    if number and not code:
        return Finding(line, number[:20], "the HTS number is no code", "left out", harm=True)
    if not (indent.isascii() and indent.isdigit() and int(indent) <= DEEPEST):
        return Finding(
            line, code, f"the indent {indent[:10]!r} is no number", "left out", harm=True
        )
    return _Row(line, code, int(indent), cells)


def _facts(rows: Iterator[_Row | Finding]) -> Reading:
    """Yield each row's facts once the next row has shown whether anything stands below it."""
    above: list[_Row] = []
    for row in rows:
        if isinstance(row, Finding):
            yield row
            continue
        if above:
            above[-1].leaf = row.indent <= above[-1].indent
            yield from _said(above)
        while above and above[-1].indent >= row.indent:
            above.pop()
        above.append(row)
    if above:
        yield from _said(above)


def _said(path: list[_Row]) -> Reading:
    """Yield what the last row of the path states, or inherits and has to repeat."""
    row = path[-1]
    if not row.code:
        yield Passed("a heading of the tree without a number")
        return
    if row.code.startswith(("98", "99")):
        yield Passed("chapters 98 and 99 hold no codes of goods")
        return
    giver = row if row.states else next((one for one in reversed(path[:-1]) if one.states), None)
    if giver is None:
        if row.leaf:
            yield Finding(row.line, row.code, "neither it nor a row above states a rate",
                          "left unknown")  # fmt: skip
        else:
            yield Passed("a row that only divides")
        return
    notes = _notes(row)
    inherits = giver is not row
    if inherits and giver.code and row.code.startswith(giver.code) and "additional" not in notes:
        yield Passed("a statistical row that inherits its rate")
        return
    if inherits:
        notes = {**_notes(giver), **notes, "inherited_from": f"row {giver.line}"}
    for kind, column in RATES:
        text = giver.cells[column]
        if text:
            yield Fact(row.line, shortest(row.code), kind, BRACKETS.sub("", text), notes=notes)


def _notes(row: _Row) -> dict[str, str]:
    cells = row.cells
    said = f"{cells.get('additional', '')} {cells['general']}"
    named = list(dict.fromkeys(REFERENCE.findall(said)))
    notes = {"additional": ", ".join(named)} if named else {}
    if unit := cells.get("unit", "").strip('[]"').replace('","', ", "):
        notes["unit"] = unit
    return notes
