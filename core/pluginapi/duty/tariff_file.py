"""Tariff lines in a table of UTF-8 text with commas: one format for plug-ins and for imports.

Columns, of which only ``code`` and ``source`` must be there; an empty cell is unknown, never zero:

- ``code``: 4 to 13 digits. Six digits stand for every national line below them.
- ``duty``: percent. ``expression``: the whole duty where it is specific or compound; ``duty`` then
  holds only its ad valorem part and is never used alone.
- ``interim``: percent that takes the place of a higher ``duty`` while the row is valid.
- ``duty_max``: the highest percentage of a category; it is never used as a rate.
- ``vat``, ``consumption_tax``: percent; ``consumption_tax_per_litre``: an amount of the
  jurisdiction's currency; ``postal_class``: the number of a class. ``a|b`` says that a test of the
  goods decides: both are kept, as ``…_low`` and ``…_high``.
- ``positive_list`` (``yes``; anything else is unknown), ``restricted``, ``label_en``, ``label_zh``:
  notes.
- ``valid_from``, ``valid_to``: inclusive days, ``valid_to`` that of the duty alone; taxes and
  classes hold until a newer row replaces them.
- ``source``: where the row is from; in a plug-in a name in ``tariff_sources.json``.
- ``confidence``: ``high``, ``medium`` or ``low``.

A plug-in's ``tariff_sources.json`` is ``{"edition", "nomenclature", "nominal_start", "sources":
{name: text}}``: ``nomenclature`` is that of the codes (``HS 2022``), ``nominal_start`` the first
day of rows whose source states none.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from core.pluginapi.types.customs import TariffRate
from core.shared.errors import InvalidInput

COLUMNS = (
    "code", "duty", "expression", "interim", "duty_max", "vat", "consumption_tax",
    "consumption_tax_per_litre", "postal_class", "positive_list", "restricted", "label_en",
    "label_zh", "valid_from", "valid_to", "source", "confidence",
)  # fmt: skip
TAXES = ("vat", "consumption_tax", "consumption_tax_per_litre", "postal_class")
NOTES = ("restricted", "label_en", "label_zh")
CONFIDENCE = ("high", "medium", "low")
LONGEST = 600
_CODE = re.compile(r"[0-9]{4,13}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,4}(\.[0-9]{1,8})?", re.ASCII)


class Shared(NamedTuple):
    """What all rows of one table have in common. Without ``sources`` a row states its own."""

    jurisdiction: str
    edition: str
    nominal_start: date
    sources: Mapping[str, str] | None = None
    nomenclature: str = ""


def read_tariff(path: Path, jurisdiction: str) -> Iterator[TariffRate]:
    """Yield the lines of a plug-in's ``tariff.csv``.

    Raises ValueError, KeyError or OSError for a file that is not as described.
    """
    stored = json.loads(path.with_name("tariff_sources.json").read_text(encoding="utf-8"))
    start = date.fromisoformat(stored["nominal_start"])
    shared = Shared(
        jurisdiction, stored["edition"], start, stored["sources"], stored["nomenclature"]
    )
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield from lines_of(row, shared)


def lines_of(row: Mapping[str, str], shared: Shared) -> Iterator[TariffRate]:
    """Yield the lines that one row states: its duty, and its taxes and classes.

    Raises InvalidInput with the column as ``path``.
    """
    code = row["code"]
    if not _CODE.fullmatch(code):
        raise InvalidInput("a code has 4 to 13 digits", path="code")
    start = _day(row, "valid_from") or shared.nominal_start
    end = _day(row, "valid_to")
    if end and end < start:
        raise InvalidInput("the last day is before the first", path="valid_to")
    expression = _text(row, "expression")
    duty = {} if expression else _duty(row)
    found = [(duty, expression, end)] if duty or expression else []
    taxes = dict(_taxes(row))
    if taxes or not found:
        found.append((taxes, "", None if taxes else end))
    notes = dict(_notes(row))
    if shared.nomenclature:
        notes["nomenclature"] = shared.nomenclature
    for rates, text, until in found:
        yield TariffRate(
            jurisdiction=shared.jurisdiction,
            code=code,
            rates=rates,
            valid_from=start,
            valid_to=until,
            source=_source(row, shared),
            confidence=_confidence(row),
            expression=text,
            edition=shared.edition,
            notes=notes,
        )


def _duty(row: Mapping[str, str]) -> dict[str, Decimal]:
    ordinary, interim = _number(row, "duty"), _number(row, "interim")
    stated = [rate for rate in (ordinary, interim) if rate is not None]
    if stated:
        return {"duty": min(stated)}
    most = _number(row, "duty_max")
    return {} if most is None else {"duty_max": most}


def _taxes(row: Mapping[str, str]) -> Iterator[tuple[str, Decimal]]:
    for kind in TAXES:
        low, mark, high = (row.get(kind) or "").partition("|")
        for name, text in (
            ((f"{kind}_low", low), (f"{kind}_high", high)) if mark else ((kind, low),)
        ):
            rate = _number({kind: text}, kind)
            if rate is not None:
                yield name, rate
            elif mark:
                raise InvalidInput("both sides of | are numbers", path=kind)


def _notes(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in NOTES:
        if text := _text(row, name):
            yield name, text
    if row.get("positive_list") == "yes":
        yield "positive_list", "yes"
    replaced = row.get("interim") and row.get("duty")
    if replaced:
        yield "mfn", replaced
    if row.get("expression") and row.get("duty"):
        yield "ad_valorem_part", row["duty"]


def _source(row: Mapping[str, str], shared: Shared) -> str:
    named = _text(row, "source")
    found = named if shared.sources is None else shared.sources.get(named, "")
    if not found:
        raise InvalidInput("the row names no source", path="source")
    return found


def _confidence(row: Mapping[str, str]) -> str:
    stated = row.get("confidence") or "low"
    if stated not in CONFIDENCE:
        raise InvalidInput(f"confidence is {', '.join(CONFIDENCE)}", path="confidence")
    return stated


def _number(row: Mapping[str, str], column: str) -> Decimal | None:
    text = row.get(column) or ""
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise InvalidInput("a number from 0 to 9999, with a point", path=column)
    return Decimal(text)


def _day(row: Mapping[str, str], column: str) -> date | None:
    text = row.get(column) or ""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput("a day is YYYY-MM-DD", path=column) from None


def _text(row: Mapping[str, str], column: str) -> str:
    text = (row.get(column) or "").strip()
    if len(text) > LONGEST:
        raise InvalidInput(f"a text has at most {LONGEST} characters", path=column)
    return text
