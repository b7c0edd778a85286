"""Finds subheadings whose names share words with a title. Pure.

The names of the Harmonized System are legal English: a word counts for more the fewer subheadings
use it, and twice in the first part of a name, which says what the goods are. What a name excludes
(“other than of cotton”) does not count for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from math import log
from typing import NamedTuple

from core.shared.nomenclature import NATIONAL_CHAPTERS, names

MOST = 3
SELECTIVE = 100
"""A match needs one word at least that no more subheadings than these use."""
CATEGORY_WEIGHT = 0.5
LONG = 0.1
"""How much a long name, which matches more by chance, counts for less."""

_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
_EXCLUDED = re.compile(
    r"\([^)]*\b(?:other than|excluding|except|not)\b[^)]*\)"
    r"|\b(?:other than|excluding|except|but not|whether or not|not)\b[^;,]*"
)
_EMPTY = frozenset(
    """
    a after an and are as at by for from in into is it its kind like n no of on or other part such
    than that the their thereof these they this to up used with without new set pack piece size
    heading subheading item chapter whether similar article
    """.split()
)


class Match(NamedTuple):
    """A subheading, the share (0 to 1) of the title's weight that it matches, and the words."""

    code: str
    share: float
    words: tuple[str, ...]


class _Index(NamedTuple):
    weights: Mapping[str, float]
    postings: Mapping[str, Mapping[str, float]]
    sizes: Mapping[str, int]


def matches(title: str, category: str = "") -> list[Match]:
    """Return the three subheadings whose names share most with the words, the surest first."""
    index = _index()
    wanted = dict.fromkeys(words_of(category), CATEGORY_WEIGHT)
    wanted |= dict.fromkeys(words_of(title), 1.0)
    known = {word: index.weights[word] * worth for word, worth in wanted.items()
             if word in index.weights}  # fmt: skip
    scores: dict[str, float] = {}
    for word in known:
        if len(index.postings[word]) <= SELECTIVE:
            scores |= dict.fromkeys(index.postings[word].keys() - scores.keys(), 0.0)
    for word, weight in known.items():
        for code, times in index.postings[word].items():
            if code in scores:
                scores[code] += weight * times
    best = sorted(scores, key=lambda code: (-scores[code] / index.sizes[code] ** LONG, code))
    found = [_match(code, known, index) for code in best[:MOST]]
    return sorted(found, key=lambda match: -match.share)


def words_of(text: str) -> list[str]:
    """Return the words of a text that can say what goods are, plurals folded, once each."""
    found = (_singular(word) for word in _WORD.findall(text.lower().replace("_", " ")))
    return list(dict.fromkeys(word for word in found if word not in _EMPTY and len(word) > 2))


def _match(code: str, known: Mapping[str, float], index: _Index) -> Match:
    words = tuple(word for word in known if code in index.postings[word])
    return Match(code, sum(known[word] for word in words) / sum(known.values()), words)


@cache
def _index() -> _Index:
    postings: dict[str, dict[str, float]] = {}
    sizes: dict[str, int] = {}
    known = names()
    codes = [c for c in known if len(c) == 6 and c[:2] not in NATIONAL_CHAPTERS]
    for code in codes:
        weighted = dict(_weighted(f"{known[code]}; {known.get(code[:4], '')}"))
        sizes[code] = max(1, len(weighted))
        for word, times in weighted.items():
            postings.setdefault(word, {})[code] = times
    weights = {word: log(len(codes) / len(found)) for word, found in postings.items()}
    return _Index(weights, postings, sizes)


def _weighted(name: str) -> Iterable[tuple[str, float]]:
    first, _, rest = _EXCLUDED.sub(" ", name.lower()).partition(";")
    yield from dict.fromkeys(words_of(rest), 1.0).items()
    yield from dict.fromkeys(words_of(first), 2.0).items()


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us")) else word
