"""The elements of a JSON list, one at a time, without holding the whole text."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from customs.tariff.facts import TariffRefused

BLOCK = 1 << 18
ITEM_LIMIT = 16 << 20
BLANK = " \t\r\n"


def items(stream: BinaryIO) -> Iterator[Any]:
    """Yield the elements of the list that the text is, or the one object that it is.

    Numbers with a fraction come as text, so that none passes through floating point. Raises
    TariffRefused for what is no JSON, for a text that is cut off, and for an element of more than
    16 MiB.
    """
    text = _Text(stream)
    if text.peek() != "[":
        yield text.value(1)
        text.end()
        return
    text.skip("[")
    number = 0
    while text.peek() != "]":
        number += 1
        yield text.value(number)
        if text.peek() == ",":
            text.skip(",")
        elif text.peek() != "]":
            raise _damaged(number)
    text.skip("]")
    text.end()


class _Text:
    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self.decoder = json.JSONDecoder(parse_float=str, parse_constant=_constant)
        self.held = ""
        self.at = 0
        self.ended = False
        self.read = 0

    def more(self) -> bool:
        """Read on; False at the end."""
        block = self.stream.read(BLOCK)
        try:
            self.held = self.held[self.at :] + self.decode(block, not block)
        except UnicodeDecodeError:
            raise TariffRefused("the file is not UTF-8, or is cut off; download it again") from None
        self.at = 0
        self.ended = not block
        return not self.ended

    def peek(self) -> str:
        """Return the next character that is not blank, "" at the end."""
        while True:
            while self.at < len(self.held) and self.held[self.at] in BLANK:
                self.at += 1
            if self.at < len(self.held):
                return self.held[self.at]
            if self.ended or not self.more():
                return ""

    def skip(self, character: str) -> None:
        self.at += len(character)

    def value(self, number: int) -> Any:
        """Return the next value; after a failure twice as much is read before the next try."""
        self.peek()
        wanted = BLOCK
        while True:
            try:
                value, end = self.decoder.raw_decode(self.held, self.at)
            except RecursionError:
                raise _damaged(number) from None
            except ValueError:
                end = 0
            # A number at the end of what is held may go on in the next block.
            if end and (end < len(self.held) or self.ended):
                self.at = end
                return value
            if self.ended:
                raise _damaged(number) from None
            if wanted > ITEM_LIMIT:
                raise TariffRefused(f"element {number} is no JSON, or larger than 16 MiB")
            while len(self.held) - self.at < wanted and self.more():
                pass
            wanted *= 2

    def end(self) -> None:
        if self.peek():
            raise TariffRefused("after the end of the JSON more follows; download it again")


def _constant(name: str) -> str:
    raise ValueError(name)


def _damaged(number: int) -> TariffRefused:
    return TariffRefused(
        f"element {number} is no JSON, or the file is cut off there; download it again", row=number
    )
