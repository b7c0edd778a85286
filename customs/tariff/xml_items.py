"""The records of an XML file one at a time; no entities, no document type, no network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from customs.tariff.facts import TariffRefused

SILENCE_LIMIT = 64 << 20


def items(stream: BinaryIO, tag: str, *, inside: str = "") -> Iterator[etree._Element]:
    """Yield every element ``tag`` (without namespace) once it is complete, then forget it.

    ``inside`` is an element that holds several and is forgotten as a whole. Raises TariffRefused
    for what is no XML, is cut off, or brings a document type.
    """
    wanted = tuple(f"{{*}}{name}" for name in (tag, inside) if name)
    watched = _Watched(stream)
    seen = False
    try:
        for _, element in etree.iterparse(
            watched,
            events=("end",),
            tag=wanted,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            recover=False,
        ):
            _refuse_doctype(element)
            watched.since = 0
            if local(element) == tag:
                seen = True
                yield element
            _forget(element)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        reason = (error.msg or "").split(", line ")[0][:120]
        raise TariffRefused(
            f"line {line}, column {column}: {reason}; the file is cut off or damaged, download it "
            "again",
            row=line,
        ) from None
    if not seen:
        raise TariffRefused(f"the file holds no {tag}; check that FORMAT is that of the file")


class _Watched:
    """Refuses a file in which no record ends for too long, before it fills the memory."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.since = 0

    def read(self, size: int = -1) -> bytes:
        """Read on. Raises TariffRefused."""
        block = self.stream.read(size)
        self.since += len(block)
        if self.since > SILENCE_LIMIT:
            raise TariffRefused("no record ends within 64 MiB: the file is of another format")
        return block


def _refuse_doctype(element: etree._Element) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise TariffRefused("the file declares a document type or entities, which no tariff does")


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and (before := element.getprevious()) is not None:
        parent.remove(before)


def child(element: etree._Element, *names: str) -> etree._Element | None:
    """Return the first child of that path of names, whatever their namespace."""
    found: etree._Element | None = element
    for name in names:
        if found is None:
            return None
        found = next((one for one in found if local(one) == name), None)
    return found


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """Return all children of a name, whatever their namespace."""
    return [one for one in element if local(one) == name]


def text(element: etree._Element, *names: str) -> str:
    """Return the text of :func:`child`, or ""."""
    found = child(element, *names)
    return "" if found is None else (found.text or "").strip()


def local(element: etree._Element) -> str:
    """Return the name of an element without its namespace, "" for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
