"""The records that were not applied, in the supplier's own format, each with its reason."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from core.shared.delimited import guarded
from suppliers.models import Feed, FeedIssue, RejectedRow
from suppliers.report import message_of

ERROR = "_error"


class Download(NamedTuple):
    """A file to hand out."""

    name: str
    content_type: str
    parts: Iterable[str]


def rejected_file(feed: Feed, *, language: str) -> Download:
    """Return the rejected records; cells that a spreadsheet would run are neutralised.

    JSON objects get an ``_error`` key, tables a column, XML items an element.
    """
    rows = feed.rejected_rows.order_by("row", "id").iterator(chunk_size=500)
    name = f"{feed.public_id}-rejected"
    if "json" in feed.dialect:
        return Download(f"{name}.jsonl", "application/x-ndjson", _json(rows))
    if feed.header.get("delimiter"):
        tabs = feed.header["delimiter"] == "\t"
        kind = "text/tab-separated-values" if tabs else "text/csv"
        return Download(f"{name}.{'tsv' if tabs else 'csv'}", kind, _table(feed, rows))
    return Download(f"{name}.xml", "application/xml", _xml(feed, rows))


def issues_csv(issues: Iterable[FeedIssue], *, language: str) -> Iterator[str]:
    """Yield the issues as CSV for a spreadsheet."""
    columns = ("row", "line", "sku", "code", "severity", "attribute", "value", "expected", "action")
    yield _line([*columns, "message"], ",")
    for issue in issues:
        sentence = message_of(issue.code, issue.value, issue.expected, issue.message)
        cells = [str(getattr(issue, column) or "") for column in columns]
        yield _line([*cells, sentence.get(language) or sentence["en"]], ",")


def _line(cells: Iterable[str], delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerow(map(guarded, cells))
    return out.getvalue()


def _table(feed: Feed, rows: Iterable[RejectedRow]) -> Iterator[str]:
    delimiter = feed.header["delimiter"]
    yield _line([*feed.header.get("columns", ()), ERROR], delimiter)
    for row in rows:
        try:
            cells = next(csv.reader(io.StringIO(row.raw, newline=""), delimiter=delimiter), [])
        except csv.Error:
            cells = [row.raw]
        yield _line([*cells, row.codes], delimiter)


def _json(rows: Iterable[RejectedRow]) -> Iterator[str]:
    for row in rows:
        try:
            value = json.loads(row.raw)
        except (ValueError, RecursionError):
            value = None
        found = value if isinstance(value, dict) else {"_raw": row.raw}
        yield json.dumps({**found, ERROR: row.codes}, ensure_ascii=True) + "\n"


def _xml(feed: Feed, rows: Iterable[RejectedRow]) -> Iterator[str]:
    atom = "atom" in feed.dialect
    begin, end = (
        ("<feed>", "</feed>") if atom else ('<rss version="2.0"><channel>', "</channel></rss>")
    )
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n{begin}\n'
    for row in rows:
        closing = row.raw.rfind("</")
        body = row.raw[:closing] if closing > 0 else row.raw
        yield f"{body}<{ERROR}>{row.codes}</{ERROR}>{row.raw[closing:] if closing > 0 else ''}\n"
    yield f"{end}\n"
