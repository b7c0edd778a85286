"""Spans of days: what is known of one day after another edition."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from customs.tariff.timeline import FOREVER, Content, Span, cut, joined, laid, span, spliced

DAY = date(2026, 1, 1).toordinal()


def content(value: str) -> Content:
    return Content(value, "")


def on(spans: list[Span], day: int) -> list[str]:
    return [one.content.value for one in spans if one.start <= day < one.end]


@st.composite
def timelines(draw: st.DrawFn) -> list[Span]:
    """Spans that do not overlap, with gaps and equal neighbours."""
    edges = sorted(draw(st.sets(st.integers(0, 30), max_size=8)))
    pairs = list(pairwise(edges))
    kept = [pair for pair in pairs if draw(st.booleans())]
    made = [Span(DAY + a, DAY + b, content(draw(st.sampled_from("123")))) for a, b in kept]
    if draw(st.booleans()):
        made.append(Span(DAY + 31, FOREVER, content("9")))
    return joined(made)


@given(timelines(), timelines(), st.integers(0, 35))
def test_an_edition_speaks_from_its_first_day_on_and_what_was_known_before_stays(
    stored: list[Span], fresh: list[Span], offset: int
) -> None:
    start = DAY + offset
    made = spliced(stored, fresh, start)
    knew_before = any(one.start < start for one in stored)
    for day in range(DAY - 2, DAY + 40):
        source = fresh if day >= start or not knew_before else stored
        assert on(made, day) == on(source, day)
    assert made == joined(made)


@given(timelines(), timelines(), st.integers(0, 35))
def test_the_same_edition_again_changes_nothing(
    stored: list[Span], fresh: list[Span], offset: int
) -> None:
    once = spliced(stored, fresh, DAY + offset)
    assert spliced(once, fresh, DAY + offset) == once


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 9), st.sampled_from("12"))))
def test_contents_that_contradict_each_other_never_hold_side_by_side(
    told: list[tuple[int, int, str]],
) -> None:
    spans = [Span(DAY + a, DAY + a + length, content(value)) for a, length, value in told]
    made = laid(spans, lambda held: content("x"))
    for day in range(DAY, DAY + 31):
        values = set(on(spans, day))
        expected = [] if not values else [values.pop()] if len(values) == 1 else ["x"]
        assert on(made, day) == expected


def test_days_are_inclusive_outside_and_exclusive_inside() -> None:
    made = span(date(2026, 1, 1), date(2026, 1, 31), content("5"))
    assert (made.first, made.last) == (date(2026, 1, 1), date(2026, 1, 31))
    assert span(date(2026, 1, 1), None, content("5")).last is None
    assert cut([made], made.end) == []
