"""Delimited text (CSV, TSV and kin) read record by record within fixed bounds.

The line ends may be LF, CRLF or CR, even mixed; cells may hold line ends inside quotes. What
cannot be read is a record with a problem, never an exception that ends the file, save for a
quote that is never closed: everything after it is one cell, so nothing after it can be trusted.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

LINE_LIMIT = 1 << 20
CELL_LIMIT = 64 * 1024
DELIMITERS = (",", "\t", ";", "|")


class UnclosedQuote(ValueError):
    """A quoted cell that begins on ``line`` has no end within the bounds."""

    def __init__(self, line: int) -> None:
        super().__init__(f"quote opened at line {line} is never closed")
        self.line = line


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its first physical line, its cells, its text, and a code when it is faulty."""

    line: int
    cells: list[str]
    raw: str
    problem: str | None = None


class _Lines:
    """Feeds physical lines to ``csv.reader`` and remembers those of the current record."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.text = text
        self.number = 0
        self.parts: list[str] = []
        self.size = 0
        self.cut = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self.text.readline(LINE_LIMIT)
        if not line:
            raise StopIteration
        self.number += 1
        self.size += len(line)
        if self.size > LINE_LIMIT or (len(line) == LINE_LIMIT and line[-1] not in "\r\n"):
            self.cut = True
            self._drain(line)
            raise csv.Error("record too long")
        self.parts.append(line)
        return line

    def _drain(self, line: str) -> None:
        while line and line[-1] not in "\r\n":
            line = self.text.readline(LINE_LIMIT)

    def take(self) -> str:
        """Return the text of the record that was just read, and begin the next one."""
        raw = "".join(self.parts)
        self.parts.clear()
        self.size = 0
        self.cut = False
        return raw


def records(stream: BinaryIO, *, delimiter: str) -> Iterator[Record]:
    """Yield the records of a UTF-8 ``stream``, blank lines left out.

    Raises UnclosedQuote when the file, or a megabyte, ends inside a quoted cell.
    """
    lines = _Lines(io.TextIOWrapper(stream, encoding="utf-8", newline=""))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        first = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _faulty(lines, first, str(error))
            continue
        raw = lines.take()
        if not cells or not raw.strip():
            continue
        too_long = len(raw) > CELL_LIMIT and any(len(cell) > CELL_LIMIT for cell in cells)
        yield Record(first, cells, raw, "ROW_TOO_LONG" if too_long else None)


def _faulty(lines: _Lines, first: int, reason: str) -> Record:
    several = lines.number > first
    if "unexpected end of data" in reason or (lines.cut and several):
        raise UnclosedQuote(first)
    too_long = lines.cut or "field limit" in reason
    return Record(first, [], lines.take(), "ROW_TOO_LONG" if too_long else "ROW_UNCLOSED_QUOTE")


def header_cells(text: str) -> tuple[str, list[str]]:
    """Return the delimiter that splits the first line of ``text`` best, and its cells.

    A text whose first line has no delimiter is one column, told as a comma's.
    """
    best: tuple[str, list[str]] = (",", [])
    for delimiter in DELIMITERS:
        try:
            cells = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        except csv.Error:
            continue
        if len(cells) > len(best[1]):
            best = (delimiter, cells)
    return best


def unguarded(cell: str) -> str:
    """Undo :func:`guarded`, so that a table which we exported can be sent back unchanged."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in _FORMULA else cell


def guarded(cell: str) -> str:
    """Return ``cell`` so that no spreadsheet takes it for a formula (ASVS 1.2.10)."""
    return "'" + cell if cell and cell[0] in _FORMULA else cell


_FORMULA = "=+-@\t\r\x00"


def fitted(record: Record, width: int) -> tuple[list[str], str | None]:
    """Return a record's cells without spreadsheet guards, and its problem code or None.

    A record that is shorter than the header, or has filled cells beyond it, is ROW_RAGGED.
    """
    cells, problem = record.cells, record.problem
    if problem is None and len(cells) != width:
        problem = "ROW_RAGGED" if len(cells) < width or any(cells[width:]) else None
    return [unguarded(cell) for cell in cells] if "'" in record.raw else cells, problem


def addresses(listed: str) -> tuple[str, ...]:
    """Return the addresses of one cell: divided by bars, or by a comma before the next ``http``.

    What is no address is kept as it was written, so that a finding can name it.
    """
    parts = listed.split("|") if "|" in listed else re.split(r",(?=\s*https?:)", listed)
    return tuple(part.strip() for part in parts if part.strip())
