"""Whether a well-formed code can be right: its chapter against what the goods are called. Pure.

The words of titles and categories say in which chapters such goods are found. A code is doubted
only when something is known about the goods and nothing of it fits: a doubt is worth a look.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from core.pluginapi import Text
from core.shared.nomenclature import chapter_name, is_unknown

Chapters = frozenset[str]

SHOWN = 4

_DATA = Path(__file__).with_name("data")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SEPARATOR = re.compile(r">|/|&gt;|›|»|\|")
_BELOW = re.compile(r"accessor|parts|care\b|supplies|配件|用品|护理")
_LONGEST_PHRASE = 3
_VOID = frozenset(("*",))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about the goods: a word, and the chapters in which such goods are found."""

    word: str
    chapters: Chapters


@dataclass(frozen=True, slots=True)
class Doubted:
    """Why a code looks wrong: ``kind`` is ``chapter`` or ``unknown``."""

    kind: str
    chapters: tuple[str, ...]
    words: tuple[str, ...]
    message: Text


class _Goods(NamedTuple):
    phrases: Mapping[str, Chapters]
    chinese: re.Pattern[str]


def doubt_of(
    code: str,
    titles: Iterable[str],
    category: str = "",
    sure: Iterable[str] = (),
) -> Doubted | None:
    """Return why ``code`` looks wrong for goods of these titles and category, or None.

    A subheading that a known chapter has not is doubted at once. A chapter is doubted when it is
    in none of those that the words, the category and the ``sure`` codes point to.
    """
    if is_unknown(code):
        return Doubted("unknown", (), (), _unknown_text(code))
    known = evidence(titles, category)
    known += [Evidence(one, frozenset((one[:2],))) for one in sure]
    if not known or any(code[:2] in one.chapters for one in known):
        return None
    # What says most is said first.
    known.sort(key=lambda one: len(one.chapters))
    chapters = tuple(dict.fromkeys(chapter for one in known for chapter in sorted(one.chapters)))
    words = tuple(dict.fromkeys(one.word for one in known))
    return Doubted("chapter", chapters, words, _chapter_text(code[:2], chapters, words))


def evidence(titles: Iterable[str], category: str = "") -> list[Evidence]:
    """Return what titles and category say about the chapter of the goods."""
    found = _of_category(category)
    for title in titles:
        said = list(_of_title(title))
        if not any(one.chapters == _VOID for one in said):
            found += said
    return found


def _of_title(title: str) -> Iterator[Evidence]:
    goods = _goods()
    text = unicodedata.normalize("NFKC", title).lower()
    words = [_singular(word) for word in _WORD.findall(text)]
    at = 0
    while at < len(words):
        for size in range(min(_LONGEST_PHRASE, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + size])
            if chapters := goods.phrases.get(phrase):
                yield Evidence(phrase, chapters)
                at += size - 1
                break
        at += 1
    for word in goods.chinese.findall(text):
        yield Evidence(word, goods.phrases[word])


def _of_category(category: str) -> list[Evidence]:
    """Return what the deepest known part of a category path says; an id is looked up as it is."""
    known = _categories()
    parts = [_folded(part) for part in _SEPARATOR.split(category)]
    for depth in range(len(parts) - 1, -1, -1):
        chapters = known.get(parts[depth])
        if chapters is None:
            continue
        if any(_BELOW.search(part) for part in parts[depth + 1 :]):
            return []
        return [Evidence(parts[depth], chapters)]
    return []


def _unknown_text(code: str) -> Text:
    return Text(
        f"{code[:6]} is no subheading of the Harmonized System of 2022.",
        f"2022 年版协调制度中没有子目 {code[:6]}。",
        f"2022 年版國際商品統一分類制度中沒有目 {code[:6]}。",
    )


def _chapter_text(chapter: str, others: Sequence[str], words: Sequence[str]) -> Text:
    said = ", ".join(words[:SHOWN])
    first = others[:SHOWN]
    and_more = "等" if len(others) > SHOWN else ""
    name = chapter_name(chapter)
    en = ", ".join(f"{one} ({chapter_name(one).en})" for one in first)
    cn = "、".join(f"第 {one} 章（{chapter_name(one).zh_hans}）" for one in first)
    tw = "、".join(f"第 {one} 章（{chapter_name(one).zh_hant}）" for one in first)
    return Text(
        f"The code is in chapter {chapter} ({name.en}); "
        f"“{said}” points to chapter {en}{', …' if and_more else '.'}",
        f"该编码属于第 {chapter} 章（{name.zh_hans}）；“{said}”应归入{cn}{and_more}。",
        f"該稅號屬於第 {chapter} 章（{name.zh_hant}）；「{said}」應歸入{tw}{and_more}。",
    )


@cache
def _goods() -> _Goods:
    phrases: dict[str, set[str]] = {}
    chinese: set[str] = set()
    for row in _rows("goods.csv"):
        chapters = row["chapters"].split()
        for phrase in row["en"].split("|"):
            folded = " ".join(_singular(word) for word in _WORD.findall(phrase.lower()))
            phrases.setdefault(folded, set()).update(chapters)
        for word in row["zh"].lower().split("|"):
            phrases.setdefault(word, set()).update(chapters)
            chinese.add(word)
    longest_first = sorted((word for word in chinese if word), key=lambda word: (-len(word), word))
    return _Goods(
        {phrase: frozenset(chapters) for phrase, chapters in phrases.items() if phrase},
        re.compile("|".join(map(re.escape, longest_first))),
    )


@cache
def _categories() -> Mapping[str, Chapters]:
    found: dict[str, Chapters] = {}
    for row in _rows("categories.csv"):
        for name in (*row["name"].split("|"), row["id"]):
            if name:
                found[_folded(name)] = frozenset(row["chapters"].split())
    return found


def _folded(part: str) -> str:
    text = unicodedata.normalize("NFKC", part).lower().replace("_", " ").replace(",", " ")
    return " ".join(text.split())


def _singular(word: str) -> str:
    """Fold a plural; both sides are folded alike, so that it need not be good English."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
