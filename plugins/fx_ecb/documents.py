"""Reads the ECB's XML (Envelope > Cube > Cube time > Cube currency, rate) and its CSV. Pure."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from datetime import date
from decimal import Decimal

from core.pluginapi import InvalidInput
from core.pluginapi.fx_kit import currency, iso_day, number, written_day, xml_root

SPACE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}"
ABSENT = frozenset({"", "N/A"})
LARGEST_CSV = 32 << 20
Days = dict[date, dict[str, Decimal]]


def read(content: bytes) -> Days:
    """Return units of each currency for one euro by day; ``N/A`` and empty cells are left out.

    Takes the XML, the CSV, or the CSV in a zip. Raises InvalidInput when the content is not the
    ECB's file or a rate is no number.
    """
    if content.startswith(b"PK\x03\x04"):
        days = _csv(_unzipped(content))
    elif content.lstrip(b"\xef\xbb\xbf").startswith(b"Date"):
        days = _csv(content)
    else:
        days = _xml(content)
    if not days or not all(days.values()):
        raise InvalidInput("the file holds no rates", code="no_rates")
    return days


def _xml(content: bytes) -> Days:
    days: Days = {}
    for cube in xml_root(content).iterfind(f"{SPACE}Cube/{SPACE}Cube[@time]"):
        cells = [(one.get("currency", ""), one.get("rate") or "") for one in cube]
        days[iso_day(cube.get("time", ""))] = _rates(cells)
    return days


def _csv(content: bytes) -> Days:
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig", errors="replace")))
    try:
        head = [cell.strip() for cell in next(rows, [])]
        found = [row for row in rows if row and row[0].strip()]
    except csv.Error as error:
        raise InvalidInput(f"not CSV: {error}"[:200], code="csv_syntax") from None
    if not head or head[0] != "Date":
        raise InvalidInput("the first column is not Date", code="csv_head")
    if any(len(row) != len(head) for row in found):
        raise InvalidInput("a row has not as many cells as the head", code="csv_cells")
    return {_day(row[0]): _rates(list(zip(head[1:], row[1:], strict=True))) for row in found}


def _day(text: str) -> date:
    """The history writes 2026-04-13, the file of the day 13 April 2026."""
    return iso_day(text) if text.strip()[:4].isdigit() else written_day(text)


def _rates(cells: list[tuple[str, str]]) -> dict[str, Decimal]:
    rates: dict[str, Decimal] = {}
    for code, text in cells:
        if text.strip() in ABSENT:
            continue
        name = currency(code)
        if rates.setdefault(name, number(text, name)) != number(text, name):
            raise InvalidInput(f"two rates of {name} for one day", code="rate_contradicts")
    return rates


def _unzipped(content: bytes) -> bytes:
    """Return the one file of a zip, at most 32 MiB of it, whatever the zip says of its size."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as whole:
            names = whole.namelist()
            if len(names) != 1:
                raise InvalidInput("the zip holds not one file", code="zip")
            with whole.open(names[0]) as file:
                found = file.read(LARGEST_CSV + 1)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError) as error:
        raise InvalidInput(f"not a zip: {error}"[:200], code="zip") from None
    if len(found) > LARGEST_CSV:
        raise InvalidInput("the zip unpacks to more than 32 MiB", code="answer_too_large")
    return found
