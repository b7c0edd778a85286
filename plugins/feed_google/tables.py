"""Google's TSV, and the CSV with the same columns that Meta and many shops write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from core.pluginapi import Context, FeedHead, FeedHeader, InvalidInput, RawRow, Text
from core.shared.delimited import Record, UnclosedQuote, addresses, fitted, header_cells, records
from plugins.feed_google.attributes import CANONICAL, FOREIGN, KNOWN, SHAPE, cell_name, folded

REQUIRED = ("id", "title", "price")
MAX_COLUMNS = 512


class GoogleTable:
    """One product a line under Google's attribute names."""

    def __init__(self, key: str, title: Text, *, tabs: bool) -> None:
        self.key = key
        self.title = title
        self.version = 1
        self.tabs = tabs

    def sniff(self, head: FeedHead) -> int:
        """Return how surely the first line is a header of Google's attributes."""
        if head.text is None or head.text.lstrip()[:1] in ("<", "{", "["):
            return 0
        delimiter, columns = header_cells(head.text.lstrip("\r\n "))
        names = {folded(column) for column in columns}
        if (delimiter == "\t") != self.tabs or "id" not in names or names & FOREIGN:
            return 0
        if not names & SHAPE or not names & {"title", "price"}:
            return 0
        known = sum(1 for name in names if name in CANONICAL or name in KNOWN or name in SHAPE)
        return 90 if known * 2 >= len(names) else 50

    def header(self, head: FeedHead) -> FeedHeader:
        """Return the columns. Raises InvalidInput when one is missing or appears twice."""
        delimiter, columns = header_cells((head.text or "").lstrip("\r\n "))
        if len(columns) > MAX_COLUMNS:
            raise InvalidInput(str(len(columns)), code="COLUMN_TOO_MANY", path="line 1")
        names = [folded(column) for column in columns]
        repeatable = {"additional_image_link", "shipping", "tax", "", "product_highlight"}
        twice = sorted({name for name in names if names.count(name) > 1} - repeatable)
        if twice:
            raise InvalidInput(", ".join(twice)[:100], code="COLUMN_DUPLICATE", path="line 1")
        absent = [name for name in REQUIRED if name not in names]
        if absent:
            raise InvalidInput(", ".join(absent), code="COLUMN_REQUIRED_MISSING", path="line 1")
        unknown = tuple(
            column.strip()
            for column, name in zip(columns, names, strict=True)
            if name and cell_name(name) == name and name not in CANONICAL
        )
        return FeedHeader(columns=tuple(columns), unknown_columns=unknown, delimiter=delimiter)

    def rows(self, ctx: Context, stream: BinaryIO, head: FeedHead) -> Iterator[RawRow]:
        """Yield a row for every record after the header. Raises InvalidInput."""
        header = self.header(head)
        names = [cell_name(folded(column)) for column in header.columns]
        found = records(stream, delimiter=header.delimiter)
        try:
            next(found, None)
            for number, record in enumerate(found, start=1):
                yield _row(number, record, names)
        except UnclosedQuote as error:
            raise InvalidInput(
                str(error), code="ROW_UNCLOSED_QUOTE", path=f"line {error.line}"
            ) from None


def _row(number: int, record: Record, names: list[str]) -> RawRow:
    cells, problem = fitted(record, len(names))
    values: dict[str, str] = {}
    images: list[str] = []
    for name, cell in zip(names, cells, strict=False):
        if not cell or not name:
            continue
        if name == "images":
            images += addresses(cell)
        elif name in values:
            values[name] = f"{values[name]} | {cell}"
        else:
            values[name] = cell
    return RawRow(
        number=number,
        line=record.line,
        locator=f"line {record.line}",
        cells=values,
        raw=record.raw.encode("utf-8", "surrogatepass"),
        images=tuple(images),
        problem=problem,
    )
