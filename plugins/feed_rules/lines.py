"""Reads the rules that an operator types. Each reader raises ValueError that names the line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

MAX_LINES = 1000
MAX_WORD = 80
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}", re.ASCII)


def folded(text: str) -> str:
    """Return ``text`` as it is compared: NFKC, without case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@lru_cache(maxsize=64)
def read_aliases(text: str) -> Mapping[str, str]:
    """Return the right spelling by folded spelling."""
    found: dict[str, str] = {}
    for number, line in _lines(text):
        left, equals, right = line.partition("=")
        alias, name = folded(left), " ".join(right.split())
        if not (equals and alias and name) or len(name) > MAX_WORD:
            raise ValueError(f"line {number} does not read like: hanako = Hanako")
        if found.setdefault(alias, name) != name:
            raise ValueError(f"line {number}: {left.strip()!r} already means {found[alias]!r}")
    for alias, name in found.items():
        if found.get(folded(name), name) != name:
            raise ValueError(f"{alias!r} leads to {name!r}, which is an alias itself")
    return MappingProxyType(found)


@lru_cache(maxsize=64)
def read_words(text: str) -> re.Pattern[str] | None:
    """Return a pattern that finds the words in folded text, or None when there are none.

    A word that begins or ends with a Latin letter or a digit is found whole, so that "cbd" is not
    found in "cbdx"; others are found anywhere, as Chinese has no spaces.
    """
    words = {}
    for number, line in _lines(text):
        word = folded(line)
        if not word or len(word) > MAX_WORD:
            raise ValueError(f"line {number}: a word has 1 to {MAX_WORD} characters")
        words[word] = _whole(word)
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(words[word] for word in longest_first)) if words else None


@lru_cache(maxsize=64)
def read_required(text: str) -> Mapping[str, tuple[str, ...]]:
    """Return the places (channels or kinds) that want a fact, by the fact's name."""
    wanted: dict[str, set[str]] = {}
    for number, line in _lines(text):
        left, _, right = line.partition("=")
        place, facts = left.strip(), [part.strip() for part in right.split(",") if part.strip()]
        if not facts or not all(NAME.fullmatch(name) for name in (place, *facts)):
            raise ValueError(f"line {number} does not read like: b2c_bonded = filing_number")
        for fact in facts:
            wanted.setdefault(fact, set()).add(place)
    return MappingProxyType({fact: tuple(sorted(places)) for fact, places in wanted.items()})


def _lines(text: str) -> Iterator[tuple[int, str]]:
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        raise ValueError(f"at most {MAX_LINES} lines")
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line.strip()


def _whole(word: str) -> str:
    before = r"(?<![a-z0-9])" if _latin(word[0]) else ""
    after = r"(?![a-z0-9])" if _latin(word[-1]) else ""
    return f"{before}{re.escape(word)}{after}"


def _latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()
