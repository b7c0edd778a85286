"""Rows of a table with a header, by the names that a format gives its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from core.shared.delimited import UnclosedQuote, fitted, header_cells, records
from customs.tariff.facts import Finding, TariffRefused

Columns = Mapping[str, tuple[str, ...]]
"""Our name of a column, and the names under which publishers print it."""

WHAT_IS_WRONG = {
    "ROW_RAGGED": "the row has another number of cells than the header",
    "ROW_UNCLOSED_QUOTE": "a quotation mark is missing or stands inside a cell",
    "ROW_TOO_LONG": "the row is too long",
}


def rows(
    stream: BinaryIO, columns: Columns, required: frozenset[str]
) -> Iterator[tuple[int, dict[str, str]] | Finding]:
    """Yield the line number and the cells of every row, by our names; a Finding for a damaged one.

    Raises TariffRefused when required columns are missing, when the text is not UTF-8, and when
    the file ends inside a row.
    """
    try:
        yield from _rows(stream, columns, required)
    except UnclosedQuote as error:
        raise TariffRefused(
            f"a quoted cell that begins in row {error.line + 1} never ends: the file is cut off or "
            "damaged; download it again",
            row=error.line + 1,
        ) from None
    except UnicodeDecodeError:
        raise TariffRefused("the file is not UTF-8; export it as CSV in UTF-8") from None


def _rows(
    stream: BinaryIO, columns: Columns, required: frozenset[str]
) -> Iterator[tuple[int, dict[str, str]] | Finding]:
    first = stream.readline(1 << 16).decode("utf-8-sig")
    delimiter, header = header_cells(first)
    places = _places(header, columns, required)
    for record in records(stream, delimiter=delimiter):
        line = record.line + 1
        cells, problem = fitted(record, len(header))
        if problem == "ROW_RAGGED" and len(cells) < len(header) and record.raw[-1] not in "\r\n":
            raise TariffRefused(
                f"the file ends inside row {line}: it is cut off; download it again", row=line
            )
        if problem:
            yield Finding(line, "", WHAT_IS_WRONG[problem], "left out", harm=True)
            continue
        yield line, {name: cells[place].strip() for name, place in places.items()}


def _places(header: list[str], columns: Columns, required: frozenset[str]) -> dict[str, int]:
    printed = {name.strip().casefold(): place for place, name in reversed([*enumerate(header)])}
    places = {
        ours: printed[name.casefold()]
        for ours, names in columns.items()
        for name in reversed(names)
        if name.casefold() in printed
    }
    missing = sorted(columns[name][0] for name in required - set(places))
    if missing:
        raise TariffRefused(
            f"the first row does not name the columns {', '.join(missing)}: choose another "
            "FORMAT, or export the table with its header",
            row=1,
        )
    return places
