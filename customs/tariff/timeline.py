"""Days of one rate: spans that do not overlap, cut and joined. Pure; ends are exclusive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

FOREVER = date.max.toordinal() + 1


class Content(NamedTuple):
    """What holds during a span: two spans of equal content are one."""

    value: str
    expression: str
    notes: tuple[tuple[str, str], ...] = ()
    source: str = ""
    confidence: str = ""
    measure: str = ""


class Span(NamedTuple):
    """A content from day ``start`` until before day ``end``, as ordinals of dates."""

    start: int
    end: int
    content: Content

    @property
    def first(self) -> date:
        """Return the first day."""
        return date.fromordinal(self.start)

    @property
    def last(self) -> date | None:
        """Return the last day, None for no end."""
        return None if self.end == FOREVER else date.fromordinal(self.end - 1)


def span(first: date, last: date | None, content: Content) -> Span:
    """Return the span of inclusive days."""
    return Span(first.toordinal(), FOREVER if last is None else last.toordinal() + 1, content)


def cut(spans: Iterable[Span], start: int, end: int = FOREVER) -> list[Span]:
    """Return what of the spans lies from ``start`` until before ``end``."""
    return [
        Span(max(one.start, start), min(one.end, end), one.content)
        for one in spans
        if max(one.start, start) < min(one.end, end)
    ]


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, those that follow each other with equal content as one."""
    made: list[Span] = []
    for one in sorted(spans):
        if made and made[-1].end == one.start and made[-1].content == one.content:
            made[-1] = Span(made[-1].start, one.end, one.content)
        else:
            made.append(one)
    return made


def laid(spans: Sequence[Span], clash: Callable[[list[Content]], Content]) -> list[Span]:
    """Return spans that do not overlap; where contents differ on one day ``clash`` decides."""
    if len(spans) < 2:
        return list(spans)
    edges = sorted({edge for one in spans for edge in (one.start, one.end)})
    made = []
    for start, end in pairwise(edges):
        held = list(dict.fromkeys(s.content for s in spans if s.start <= start < s.end))
        if held:
            made.append(Span(start, end, held[0] if len(held) == 1 else clash(held)))
    return joined(made)


def spliced(stored: Sequence[Span], fresh: Sequence[Span], start: int) -> list[Span]:
    """Return what holds once ``fresh`` is known to hold from day ``start`` on.

    Before that day what is stored stays; where nothing is, the fresh spans tell of it too.
    """
    before = cut(stored, 0, start) or cut(fresh, 0, start)
    return joined([*before, *cut(fresh, start)])
