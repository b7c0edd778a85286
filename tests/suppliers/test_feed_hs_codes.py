"""HS codes of feeds: read as people write them, and said to be unknown or out of place."""

from __future__ import annotations

from typing import Any

import pytest

from suppliers.normalise.measures import read_hs_code
from suppliers.normalise.types import Note
from tests.suppliers.conftest import codes, push, row, supplier  # noqa: F401


@pytest.mark.parametrize(
    ("raw", "code", "said"),
    [
        ("3304.99.00", "33049900", []),
        ("３３０４．９９", "330499", []),
        ("0902 10", "090210", []),
        (" ", "", []),
        ("851712", "851712", ["HS_UNKNOWN"]),
        ("8517120000", "8517120000", ["HS_UNKNOWN"]),
        ("98010000", "98010000", []),
        ("401100000", "", ["HS_FORMAT"]),
        ("3304", "", ["HS_FORMAT"]),
        ("33049900123456", "", ["HS_FORMAT"]),
        ("33049x", "", ["HS_FORMAT"]),
    ],
)
def test_a_code_is_kept_when_unknown_and_dropped_when_it_is_none(
    raw: str, code: str, said: list[str]
) -> None:
    notes: list[Note] = []
    assert read_hs_code(raw, notes) == code
    assert [note.code for note in notes] == said


def test_a_feed_says_which_codes_are_unknown_or_of_another_chapter(push: Any) -> None:  # noqa: F811
    feed = push(
        [
            row("A1", title="Face cream", hs_code="330499"),
            row("A2", title="Face cream", hs_code="330498"),
            row("A3", title="Face cream", hs_code="851713"),
        ]
    )
    found = codes(feed)
    assert found["HS_UNKNOWN"] == 1
    assert found["HS_CHAPTER_MISMATCH"] == 1
    mismatch = feed.issues.get(code="HS_CHAPTER_MISMATCH")
    assert (mismatch.sku, mismatch.severity, mismatch.value) == ("A3", "info", "851713")
    assert mismatch.expected.startswith("33")
