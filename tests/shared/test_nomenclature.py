"""The Harmonized System: codes as people write them, and what is known of them."""

from __future__ import annotations

import pytest

from core.shared import nomenclature
from core.shared.nomenclature import digits_of, is_unknown, place_of, search


def test_the_list_is_whole() -> None:
    codes = list(nomenclature.names())
    assert [sum(len(code) == size for code in codes) for size in (2, 4, 6)] == [97, 1229, 5613]
    assert all(code[:size] in nomenclature.names() for code in codes for size in (2, 4, 6))


def test_every_chapter_has_a_section_and_a_short_name_in_three_languages() -> None:
    for chapter in (code for code in nomenclature.names() if len(code) == 2 and code != "99"):
        assert place_of(chapter).section is not None
        name = nomenclature.chapter_name(chapter)
        assert name.en != chapter
        assert name.zh_hans
        assert name.zh_hant


@pytest.mark.parametrize(
    ("raw", "digits"),
    [
        ("6109.10", "610910"),
        (" 0902.10 00 ", "09021000"),
        ("６１０９．１０．００", "61091000"),
        ("6109.10-000", "610910000"),
        ("09", "09"),
        ("0902", "0902"),
        ("61091", None),
        ("610", None),
        ("61091000123456", None),
        ("6109,10", None),
        ("HS610910", None),
        ("٦١٠٩١٠", None),
        ("²⁰⁰⁰⁰⁰", None),
        ("", None),
    ],
)
def test_codes_are_read_as_people_write_them(raw: str, digits: str | None) -> None:
    assert digits_of(raw) == digits


@pytest.mark.parametrize(
    ("code", "unknown"),
    [
        ("610910", False),
        ("6109100099", False),
        ("610919", True),
        ("851712", True),
        ("851713", False),
        ("770100", False),
        ("980100", False),
        ("99010100", False),
    ],
)
def test_only_a_known_chapter_can_lack_a_code(code: str, unknown: bool) -> None:
    assert is_unknown(code) is unknown


def test_a_place_names_every_level_that_is_known() -> None:
    place = place_of("6403990000")
    assert [part[0] for part in place if part] == ["XII", "64", "6403", "640399"]
    assert place_of("640398").subheading is None
    assert place_of("77").chapter is None
    assert nomenclature.name_of("6403980000") == place_of("6403").heading[1]  # type: ignore[index]


def test_a_search_goes_by_words_or_by_digits() -> None:
    assert [code for code, _ in search("T-SHIRTS cotton")] == ["610910", "610990"]
    assert [code for code, _ in search("0902.10")] == ["090210"]
    assert search("090210001234") == search("090210")
    assert search("no such thing") == search("") == []
    assert len(search("of", most=7)) == 7
