"""JSON Lines (one object a line), or one array of objects."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from core.pluginapi import Context, FeedHead, FeedHeader, InvalidInput, RawRow, Text
from plugins.feed_native.columns import canonical

LINE_LIMIT = 1 << 20
CELL_LIMIT = 64 * 1024
BLOCK = 64 * 1024
MAX_KEYS = 512


class _Faulty(ValueError):
    """The object cannot be used; the argument is a code."""


class NativeJson:
    """Objects with native names; numbers are taken as they are written, never as floats."""

    key = "native.jsonl"
    title = Text("Native JSON Lines", "原生 JSON Lines", "原生 JSON Lines")
    version = 1

    def sniff(self, head: FeedHead) -> int:
        """Return how surely objects with a SKU follow."""
        text = (head.text or "").lstrip()
        if text[:1] not in ("{", "["):
            return 0
        if text.strip() == "[]":
            return 60
        return 85 if '"sku"' in text or '"supplier_sku"' in text else 0

    def header(self, head: FeedHead) -> FeedHeader:
        """Return an empty header: every object names its own attributes."""
        return FeedHeader()

    def rows(self, ctx: Context, stream: BinaryIO, head: FeedHead) -> Iterator[RawRow]:
        """Yield a row for every object. Raises InvalidInput with DATA_TRUNCATED."""
        if (head.text or "").lstrip().startswith("["):
            return _array(stream)
        return _lines(stream)


def _lines(stream: BinaryIO) -> Iterator[RawRow]:
    number = line = 0
    while block := stream.readline(LINE_LIMIT):
        line += 1
        whole = block.endswith(b"\n")
        if not whole and len(block) == LINE_LIMIT:
            while block and not block.endswith(b"\n"):
                block = stream.readline(LINE_LIMIT)
            number += 1
            yield _problem(number, line, b"", "ROW_TOO_LONG")
            continue
        text = block.strip()
        if not text:
            continue
        number += 1
        row = _row(number, line, text)
        if row.problem == "ROW_JSON_SYNTAX" and not whole:
            raise InvalidInput(f"line {line}", code="DATA_TRUNCATED", path=f"line {line}")
        yield row


def _array(stream: BinaryIO) -> Iterator[RawRow]:
    reader = _ArrayReader(stream)
    number = 0
    for line, text in reader.items():
        number += 1
        yield _row(number, line, text.encode("utf-8", "surrogatepass"))


class _ArrayReader:
    """Cuts an array into its members without holding more than one of them."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.decode = codecs.getincrementaldecoder("utf-8")().decode
        self.scan = json.JSONDecoder(parse_float=str, parse_int=str).raw_decode
        self.buffer = ""
        self.line = 1

    def items(self) -> Iterator[tuple[int, str]]:
        """Yield the line and text of each member. Raises InvalidInput when the end is missing."""
        self._skip("[")
        while True:
            self._skip(",")
            if self.buffer.startswith("]"):
                return
            end = self._member()
            text, self.buffer = self.buffer[:end], self.buffer[end:]
            yield self.line, text
            self.line += text.count("\n")

    def _skip(self, sign: str) -> None:
        while True:
            rest = self.buffer.lstrip()
            self.line += self.buffer[: len(self.buffer) - len(rest)].count("\n")
            self.buffer = rest
            if rest.startswith(sign):
                self.buffer = rest[1:]
                sign = "\0"
            elif rest:
                return
            elif not self._more():
                raise self._cut()

    def _member(self) -> int:
        while True:
            try:
                _, end = self.scan(self.buffer)
            except RecursionError:
                raise InvalidInput("nested too deeply", code="DATA_NOT_A_FEED") from None
            except ValueError:
                end = 0
            if end and end < len(self.buffer):
                return end
            if len(self.buffer) > LINE_LIMIT or not self._more():
                raise self._cut()

    def _more(self) -> bool:
        block = self.stream.read(BLOCK)
        self.buffer += self.decode(block, final=not block)
        return bool(block)

    def _cut(self) -> InvalidInput:
        return InvalidInput(f"line {self.line}", code="DATA_TRUNCATED", path=f"line {self.line}")


def _row(number: int, line: int, text: bytes) -> RawRow:
    try:
        value = json.loads(
            text,
            parse_float=str,
            parse_int=str,
            parse_constant=str,
            object_pairs_hook=_unique,
        )
        if not isinstance(value, dict):
            raise _Faulty("ROW_JSON_SYNTAX")
        cells, images = _cells(value)
    except _Faulty as error:
        return _problem(number, line, text, str(error))
    except (ValueError, RecursionError):
        return _problem(number, line, text, "ROW_JSON_SYNTAX")
    return RawRow(
        number=number,
        line=line,
        locator=f"line {line}",
        cells=cells,
        raw=text,
        images=images,
        deleted=cells.pop("deleted", "") in ("true", "1"),
    )


def _problem(number: int, line: int, text: bytes, code: str) -> RawRow:
    return RawRow(number, line, f"line {line}", {}, text, problem=code)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Faulty("ROW_DUPLICATE_KEY")
    if len(found) > MAX_KEYS:
        raise _Faulty("ROW_TOO_LONG")
    return found


def _cells(value: Mapping[str, Any]) -> tuple[dict[str, str], tuple[str, ...]]:
    cells: dict[str, str] = {}
    images: list[str] = []
    for key, part in value.items():
        name = canonical(key) or key
        if name == "images":
            images += [_text(item) for item in (part if isinstance(part, list) else [part])]
        elif name in ("title", "description", "facts", "price") and isinstance(part, dict):
            cells |= _nested(name, part)
        elif text := _text(part):
            if name in cells and cells[name] != text:
                raise _Faulty("ROW_DUPLICATE_KEY")
            cells[name] = text
    return cells, tuple(image for image in images if image)


def _nested(name: str, part: Mapping[str, Any]) -> dict[str, str]:
    if name == "price":
        return {
            target: _text(part[key])
            for key, target in (("amount", "price"), ("currency", "currency"))
            if _text(part.get(key))
        }
    return {f"{name}:{key}": _text(item) for key, item in part.items() if _text(item)}


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if len(text) > CELL_LIMIT:
        raise _Faulty("ROW_TOO_LONG")
    return text
