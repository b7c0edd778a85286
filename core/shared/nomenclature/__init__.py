"""The Harmonized System of 2022: codes read, and their English names. Facts, without models.

An HS code is digits: 2 a chapter, 4 a heading, 6 a subheading; what follows is each tariff's own.
Where the names come from is in SOURCE.md beside the data.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from core.shared.text import Text

EDITION = "HS 2022"
SHORTEST, LONGEST = 6, 13
NATIONAL_CHAPTERS = frozenset(("98", "99"))
"""Chapters that a national tariff fills by itself."""

_FOLDER = Path(__file__).parent
_APART = re.compile(r"[\s.\-·・\u200b\ufeff]+")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．－", "0123456789.-")


class Place(NamedTuple):
    """Where a code stands: section, chapter, heading and subheading, each with its name or None."""

    section: tuple[str, str] | None
    chapter: tuple[str, str] | None
    heading: tuple[str, str] | None
    subheading: tuple[str, str] | None


def digits_of(raw: str) -> str | None:
    """Return the digits of a code as people write it, or None when it is none.

    ``6109.10 00`` and full-width digits are read; leading zeros are kept, and one that was lost is
    never restored. Two, four and six to thirteen digits can be a code.
    """
    text = _APART.sub("", raw.translate(_FULL_WIDTH))
    if not (text.isascii() and text.isdigit()):
        return None
    return text if len(text) in (2, 4) or SHORTEST <= len(text) <= LONGEST else None


def names() -> Mapping[str, str]:
    """Return the English names of all chapters, headings and subheadings by code."""
    return _names()


def name_of(code: str) -> str:
    """Return the name of the deepest known part of ``code``, or nothing."""
    known = _names()
    for length in (6, 4, 2):
        if len(code) >= length and (name := known.get(code[:length])):
            return name
    return ""


def place_of(code: str) -> Place:
    """Return where ``code`` stands; what is not known is None."""
    known = _names()

    def named(length: int) -> tuple[str, str] | None:
        part = code[:length]
        return (part, known[part]) if len(part) == length and part in known else None

    return Place(_sections().get(code[:2]), named(2), named(4), named(6))


def is_unknown(code: str) -> bool:
    """Say whether the subheading of ``code`` is missing from a chapter whose list is known.

    A chapter that is not known, and the national ones, are never said to lack a code.
    """
    chapter = code[:2]
    if chapter in NATIONAL_CHAPTERS or chapter not in _known_chapters():
        return False
    return code[:6] not in _names()


def chapter_name(chapter: str) -> Text:
    """Return the short name of a chapter in three languages; its number when there is none."""
    return _chapters().get(chapter) or Text(chapter)


def search(text: str, *, most: int = 50) -> list[tuple[str, str]]:
    """Return codes that begin with the digits of ``text``, or whose names hold all its words.

    A word may be the beginning of one: ``shoe`` finds shoes.
    """
    code = digits_of(text)
    known = _names()
    if code is not None:
        found = [(one, name) for one, name in known.items() if one.startswith(code[:6])]
    else:
        words = unicodedata.normalize("NFKC", text).casefold().split()
        begun = [re.compile(rf"\b{re.escape(word)}") for word in words]
        found = [
            (one, name)
            for one, name in known.items()
            if begun and all(word.search(name.casefold()) for word in begun)
        ]
    return found[:most]


@cache
def _names() -> Mapping[str, str]:
    return {row["code"]: row["name"] for row in _rows("hs2022.csv")}


@cache
def _known_chapters() -> frozenset[str]:
    return frozenset(code[:2] for code in _names() if len(code) == 6)


@cache
def _chapters() -> Mapping[str, Text]:
    return {
        row["chapter"]: Text(row["en"], row["zh_hans"], row["zh_hant"])
        for row in _rows("chapters.csv")
    }


@cache
def _sections() -> Mapping[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for row in _rows("sections.csv"):
        first, last = row["chapters"].split("-")
        for chapter in range(int(first), int(last) + 1):
            found[f"{chapter:02d}"] = (row["section"], row["name"])
    return found


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
