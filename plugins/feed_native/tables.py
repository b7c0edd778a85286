"""CSV and TSV with a header of native column names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from core.pluginapi import Context, FeedHead, FeedHeader, InvalidInput, RawRow, Text
from core.shared.delimited import Record, UnclosedQuote, addresses, fitted, header_cells, records
from plugins.feed_native.columns import canonical, missing

MAX_COLUMNS = 512


class NativeTable:
    """One record a line; ``tabs`` tells TSV from CSV (comma, semicolon or bar)."""

    def __init__(self, key: str, title: Text, *, tabs: bool) -> None:
        self.key = key
        self.title = title
        self.version = 1
        self.tabs = tabs

    def sniff(self, head: FeedHead) -> int:
        """Return how surely the first line is a header of ours."""
        if head.text is None or head.text.lstrip()[:1] in ("<", "{", "["):
            return 0
        delimiter, cells = header_cells(head.text.lstrip("\r\n "))
        if (delimiter == "\t") != self.tabs:
            return 0
        known = {name for name in map(canonical, cells) if name}
        if "sku" not in known or len(cells) < 2:
            return 0
        score = 55 + 20 * (len(missing(known)) < 2) + 15 * (not missing(known))
        return score if len(known) * 5 >= len(cells) * 2 else 45

    def header(self, head: FeedHead) -> FeedHeader:
        """Return the columns. Raises InvalidInput when one is missing or appears twice."""
        delimiter, cells = header_cells((head.text or "").lstrip("\r\n "))
        if len(cells) > MAX_COLUMNS:
            raise InvalidInput(str(len(cells)), code="COLUMN_TOO_MANY", path="line 1")
        names = [canonical(cell) or cell.strip() for cell in cells]
        twice = sorted({name for name in names if name and names.count(name) > 1})
        if twice:
            raise InvalidInput(", ".join(twice)[:100], code="COLUMN_DUPLICATE", path="line 1")
        absent = missing(set(names))
        if absent:
            raise InvalidInput(", ".join(absent), code="COLUMN_REQUIRED_MISSING", path="line 1")
        unknown = tuple(cell.strip() for cell in cells if cell.strip() and not canonical(cell))
        return FeedHeader(columns=tuple(cells), unknown_columns=unknown, delimiter=delimiter)

    def rows(self, ctx: Context, stream: BinaryIO, head: FeedHead) -> Iterator[RawRow]:
        """Yield a row for every record after the header. Raises InvalidInput."""
        header = self.header(head)
        names = [canonical(cell) or cell.strip() for cell in header.columns]
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
    values = {name: cell for name, cell in zip(names, cells, strict=False) if cell and name}
    listed = values.pop("images", "")
    return RawRow(
        number=number,
        line=record.line,
        locator=f"line {record.line}",
        cells=values,
        raw=record.raw.encode("utf-8", "surrogatepass"),
        images=addresses(listed),
        problem=problem,
        deleted=values.pop("deleted", "").strip().lower() in ("1", "true", "yes", "delete"),
    )
