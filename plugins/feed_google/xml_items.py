"""Google's RSS and Atom, read item by item."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from core.pluginapi import Context, FeedHead, FeedHeader, InvalidInput, RawRow, Text
from plugins.feed_google.attributes import FOREIGN, IMAGES, cell_name

GOOGLE = ("http://base.google.com/ns/1.0", "http://base.google.com/cns/1.0")
CELL_LIMIT = 64 * 1024
DEPTH_LIMIT = 64
ATTRIBUTE_LIMIT = 64
SILENCE_LIMIT = 8 << 20
ROOT_END = re.compile(rb"</\s*(?:[\w.-]+:)?(?:rss|RDF|feed)\s*>\s*(?:<!--[^>]*-->\s*)*$")
MARKUP = re.compile(r"<\s*(?:\w+:)?(\w+)[\s>]")


class GoogleXml:
    """One product an ``item`` (RSS) or ``entry`` (Atom), in Google's namespace or without one."""

    def __init__(self, key: str, title: Text, *, root: str, item: str) -> None:
        self.key = key
        self.title = title
        self.version = 1
        self.root = root
        self.item = item

    def sniff(self, head: FeedHead) -> int:
        """Return how surely items with Google's attributes follow."""
        text = (head.text or "").lstrip()
        if not text.startswith("<"):
            return 0
        tags = [match[1].lower() for match in MARKUP.finditer(text)]
        roots = (self.root, "rdf") if self.root == "rss" else (self.root,)
        if not tags or tags[0] not in roots or FOREIGN & set(tags):
            return 0
        names = set(tags)
        if any(namespace in text for namespace in GOOGLE):
            return 95
        return 80 if self.item in names and {"id", "price"} <= names else 0

    def header(self, head: FeedHead) -> FeedHeader:
        """Return the language where the channel names one."""
        text = (head.text or "").split(f"<{self.item}", 1)[0]
        named = re.search(r"<language>\s*([A-Za-z-]{2,12})\s*</language>", text)
        attribute = re.search(r"xml:lang=[\"']([A-Za-z-]{2,12})[\"']", text)
        language = named or attribute
        return FeedHeader(language=language[1] if language else "", row_tag=self.item)

    def rows(self, ctx: Context, stream: BinaryIO, head: FeedHead) -> Iterator[RawRow]:
        """Yield a row for every item. Raises InvalidInput with DATA_TRUNCATED or DATA_XML_…."""
        watched = _Watched(stream)
        number = 0
        parents = "/rss/channel" if self.root == "rss" else "/feed"
        try:
            for _, element in etree.iterparse(
                watched,
                events=("end",),
                tag=(f"{{*}}{self.item}", self.item),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
                recover=False,
            ):
                if number == 0:
                    _check_prologue(element)
                number += 1
                yield _row(number, element, f"{parents}/{self.item}[{number}]")
                watched.since = 0
                element.clear()
                while (before := element.getprevious()) is not None:
                    _check_element(before)
                    before.getparent().remove(before)  # type: ignore[union-attr]
        except etree.XMLSyntaxError as error:
            raise _refusal(error, watched) from None


class _Watched:
    """Remembers how the stream ended, and how much came by since the last item."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.tail = b""
        self.since = 0

    def read(self, size: int = -1) -> bytes:
        """Read on. Raises InvalidInput when no item ends for too long."""
        block = self.stream.read(size)
        self.since += len(block)
        if self.since > SILENCE_LIMIT:
            raise InvalidInput("no item ends within 8 MiB", code="DATA_XML_SYNTAX")
        if block:
            self.tail = (self.tail + block)[-512:]
        return block


def _refusal(error: etree.XMLSyntaxError, watched: _Watched) -> InvalidInput:
    line, column = error.position
    path = f"line {line}, column {column}"
    reason = (error.msg or "").split(", line ")[0][:120]
    if "depth" in reason.lower():
        return InvalidInput(reason, code="DATA_XML_DEPTH", path=path)
    if "entity" in reason.lower() and "amplification" in reason.lower():
        return InvalidInput(reason, code="DATA_XML_ENTITY", path=path)
    while watched.read(1 << 16):
        watched.since = 0
    closed = ROOT_END.search(watched.tail)
    code = "DATA_XML_SYNTAX" if closed else "DATA_TRUNCATED"
    return InvalidInput(f"{path}: {reason}", code=code, path=path)


def _check_prologue(element: etree._Element) -> None:
    tree = element.getroottree()
    declared = tree.docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        raise InvalidInput("entities", code="DATA_XML_ENTITY", path="line 1")
    for ancestor in element.iterancestors():
        _check_element(ancestor)


def _check_element(element: etree._Element) -> None:
    if len(element.attrib) > ATTRIBUTE_LIMIT:
        raise InvalidInput("attributes", code="DATA_XML_DEPTH", path=f"line {element.sourceline}")


def _row(number: int, element: etree._Element, locator: str) -> RawRow:
    line = element.sourceline or 0
    raw = etree.tostring(element, encoding="utf-8", with_tail=False)
    try:
        cells, images = _cells(element)
    except _Faulty as error:
        return RawRow(number, line, locator, {}, raw, problem=str(error))
    return RawRow(number, line, locator, cells, raw, images=tuple(images))


class _Faulty(ValueError):
    """The item cannot be used; the argument is a code."""


def _cells(element: etree._Element) -> tuple[dict[str, str], list[str]]:
    values: dict[str, str] = {}
    own: set[str] = set()
    images: list[str] = []
    for child in element:
        if not isinstance(child.tag, str):
            continue
        space, name, text = _read(child)
        if not text:
            continue
        if name in IMAGES:
            images.append(text)
            continue
        cell = cell_name(name)
        if space in GOOGLE:
            repeated = cell in own
            own.add(cell)
        elif cell in own:
            continue
        else:
            repeated = False
        values[cell] = f"{values[cell]} | {text}" if repeated else text
    return values, images


def _read(child: etree._Element) -> tuple[str, str, str]:
    tag = str(child.tag)
    _check_element(child)
    space, _, local = tag[1:].partition("}") if tag[0] == "{" else ("", "", tag)
    if len(child):
        text = _nested(child)
    else:
        text = child.text or child.get("href") or ""
    if len(text) > CELL_LIMIT:
        raise _Faulty("ROW_TOO_LONG")
    return space, local.lower().replace("-", "_"), text.strip()


def _nested(child: etree._Element) -> str:
    parts = []
    for depth, part in _walk(child, 1):
        if depth > DEPTH_LIMIT:
            raise InvalidInput("depth", code="DATA_XML_DEPTH", path=f"line {child.sourceline}")
        if isinstance(part, etree._Entity):
            raise InvalidInput("entities", code="DATA_XML_ENTITY")
        _check_element(part)
        if isinstance(part.tag, str) and (part.text or "").strip():
            parts.append(f"{etree.QName(part).localname}={(part.text or '').strip()}")
    return ";".join(parts)


def _walk(element: etree._Element, depth: int) -> Iterator[tuple[int, etree._Element]]:
    stack = [(depth, child) for child in reversed(element)]
    while stack:
        level, node = stack.pop()
        yield level, node
        if level <= DEPTH_LIMIT:
            stack += [(level + 1, child) for child in reversed(node)]
