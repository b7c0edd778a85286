"""Small tariff files, and how they are imported in tests."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from customs.tariff.editions import Outcome, import_edition
from customs.tariff.formats import FORMATS
from customs.tariff.planning import Wish

FETCHED = datetime(2026, 1, 2, tzinfo=UTC)
HTS = (
    "HTS Number", "Indent", "Description", "Unit of Quantity", "General Rate of Duty",
    "Special Rate of Duty", "Column 2 Rate of Duty", "Quota Quantity", "Additional Duties",
)  # fmt: skip


def hts(*rows: tuple[str, int, str] | tuple[str, int, str, str]) -> bytes:
    """Return an HTS export of (number, indent, general rate, additional duties)."""
    told = [
        [row[0], str(row[1]), "goods", "", row[2], "", "", "", "".join(row[3:])] for row in rows
    ]
    return table(HTS, told)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return a CSV file."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue().encode()


def generic(*rows: Mapping[str, str]) -> bytes:
    """Return a table in the documented format; a source is put in where it is left out."""
    names = sorted({"code", "source", *(name for row in rows for name in row)})
    filled = [{"source": "the gazette", **row} for row in rows]
    return table(names, [[row.get(name, "") for name in names] for row in filled])


def load(path: Path, content: bytes, form: str = "generic-csv", **asked: Any) -> Outcome:
    """Import ``content``, by default as edition "1" of XX from 2026-01-01."""
    path.mkdir(exist_ok=True)
    file = path / "tariff"
    file.write_bytes(content)
    dry_run = asked.pop("dry_run", False)
    given = {"jurisdiction": "XX", "edition": "1", "valid_from": date(2026, 1, 1),
             "author": "mei", "fetched_at": FETCHED}  # fmt: skip
    return import_edition(Wish(FORMATS[form], file, **{**given, **asked}), dry_run=dry_run)
