"""What the values of a rule are: numbers, roundings, lists of codes. Pure.

A rule's values are text. What kind a value is follows from what the same value is elsewhere: in the
rule's other years, and in other rules that have a value of that name. An operator's value must be
of the same kind, so that no regime is handed what it cannot compute with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.pluginapi import Rule, Text
from core.pluginapi.duty.reference_dates import REFERENCES
from core.pluginapi.duty.rounding import places_of
from customs.checks import currencies

LONGEST = 4000
NUMBER = re.compile(r"\d{1,12}(\.\d{1,6})?", re.ASCII)
WHOLE = re.compile(r"\d{1,6}", re.ASCII)
STEP = re.compile(r"(half_up|half_even|down|up) \d{1,5}(\.\d{1,4})?|none", re.ASCII)
CODE = re.compile(r"\d{2,13}|\*", re.ASCII)
PLACE = re.compile(r"[A-Z]{2,6}|\*", re.ASCII)
WORD = re.compile(r"[a-z][a-z0-9_.]*", re.ASCII)
PATTERN = re.compile(r"(\S{1,120}) (\d{1,3}(?:\.\d{1,4})?)", re.ASCII)
PARTS = frozenset({"goods", "freight", "insurance", "inland_transport", "duty"})
PLURAL = ("s", "_beside", "_from")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value: its name, what it looks like in words, and whether a text is one."""

    name: str
    text: Text
    fits: Callable[[str], bool]
    is_list: bool = False


def _is_rounding(value: str) -> bool:
    if not STEP.fullmatch(value):
        return False
    try:
        return places_of(value) <= 4
    except (ValueError, ArithmeticError):
        return False


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_pattern(value: str) -> bool:
    found = PATTERN.fullmatch(value)
    if found is None:
        return False
    try:
        re.compile(found[1])
    except (re.error, RecursionError, OverflowError):
        return False
    return True


def _is_listed(word: str) -> bool:
    return any(pattern.fullmatch(word) for pattern in (CODE, PLACE, WORD))


def _each(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda value: all(pattern.fullmatch(word) for word in value.split(" "))


NUMBERS = Kind("number", Text("a number, such as 12.5", "数字，如 12.5", "數字，如 12.5"),
               lambda value: bool(NUMBER.fullmatch(value)))  # fmt: skip
DAYS = Kind("whole", Text("a whole number", "整数", "整數"),
            lambda value: bool(WHOLE.fullmatch(value)))  # fmt: skip
TEXTS = Kind("text", Text("text", "文本", "文字"), lambda value: value.isprintable())
LISTS = Kind(
    "list",
    Text("HS codes, countries or words, separated by blanks, or *",
         "以空格分隔的商品编码、国家或词，或 *", "以空格分隔的稅號、國家或詞，或 *"),
    lambda value: all(map(_is_listed, value.split(" "))),
    is_list=True,
)  # fmt: skip
WORDS = Kind("words", Text("a word that rules know", "规则已知的词", "規則已知的詞"), _each(WORD))
KINDS: tuple[Kind, ...] = (
    Kind("yes_no", Text("yes or no", "yes 或 no", "yes 或 no"),
         lambda value: value in ("yes", "no")),
    NUMBERS,
    Kind("rounding", Text("a rounding, such as half_up 0.01, down 100 or none",
                          "舍入方式，如 half_up 0.01、down 100 或 none",
                          "捨入方式，如 half_up 0.01、down 100 或 none"), _is_rounding),
    Kind("day", Text("a day, such as 2027-01-01", "日期，如 2027-01-01", "日期，如 2027-01-01"),
         _is_day),
    Kind("sum", Text("what is added up, such as goods + freight + insurance + duty",
                     "相加的项目，如 goods + freight + insurance + duty",
                     "相加的項目，如 goods + freight + insurance + duty"),
         lambda value: bool(value) and _once(value.split(" + "), PARTS)),
    Kind("codes", Text("HS codes or their beginnings, separated by blanks, or *",
                       "以空格分隔的商品编码或其开头，或 *", "以空格分隔的稅號或其開頭，或 *"),
         _each(CODE), is_list=True),
    Kind("pattern", Text("a pattern of postcodes and a rate, such as 971\\d{2} 8.5",
                         "邮政编码样式与税率，如 971\\d{2} 8.5",
                         "郵遞區號樣式與稅率，如 971\\d{2} 8.5"), _is_pattern),
    Kind("currency", Text("a currency, such as EUR", "币种，如 EUR", "幣別，如 EUR"),
         lambda value: value in currencies()),
    Kind("places", Text("countries or regions, separated by blanks, such as US CA",
                        "以空格分隔的国家或地区，如 US CA", "以空格分隔的國家或地區，如 US CA"),
         _each(PLACE), is_list=True),
    WORDS,
    TEXTS,
)  # fmt: skip
"""From the narrowest to the widest."""


def kind_of(name: str, own: Collection[str], alike: Collection[str]) -> Kind:
    """Return the kind of a value that is ``own`` in its rule and ``alike`` in others of its name.

    The first kind that all of them are; where others differ, the first that its own are.
    """
    stated = [value for value in own if value]
    others = [value for value in alike if value]
    if set(stated + others) <= {"*"}:
        return LISTS
    fitting = [kind for kind in KINDS if all(map(kind.fits, stated or others))]
    if name.endswith("_days") and NUMBERS in fitting:
        return DAYS
    every = [kind for kind in fitting if kind is not TEXTS and all(map(kind.fits, others))]
    return (every or fitting or [TEXTS])[0]


class Vocabulary:
    """The values of all rules by name, and the words in them."""

    def __init__(self, rules: Iterable[Rule], words: Iterable[str] = ()) -> None:
        self._values: dict[str, set[str]] = {}
        self._words: set[str] = {*words, *REFERENCES}
        for rule in rules:
            for name, value in rule.values.items():
                self._values.setdefault(stem(name), set()).add(value)
                self._words.update(word for word in value.split() if WORD.fullmatch(word))

    def kind(self, rules: Collection[Rule], name: str) -> Kind:
        """Return the kind that value ``name`` is in ``rules``, which are those of one key."""
        own = [rule.values[name] for rule in rules if name in rule.values]
        return kind_of(name, own, self._values.get(stem(name), set()))

    def fault(self, rules: Collection[Rule], name: str, value: str) -> Text | None:
        """Return what is wrong with ``value`` for value ``name`` of ``rules``, None if nothing."""
        kind = self.kind(rules, name)
        if not value:
            given = [rule.values.get(name) for rule in rules]
            return None if kind.is_list or "" in given else _expected(kind, value)
        if len(value) > LONGEST or not kind.fits(value):
            return _expected(kind, value)
        return self._unknown(name, value) if kind is WORDS else None

    def _unknown(self, name: str, value: str) -> Text | None:
        here = {word for one in self._values.get(stem(name), ()) for word in one.split()}
        if name in ("reference", "if_holiday"):
            here = set(REFERENCES)
        several = name.endswith(PLURAL)
        known = self._words if several else here
        if _once(value.split(" "), known) and (several or " " not in value):
            return None
        words = ", ".join(sorted(here))
        return Text(
            f"“{value[:60]}” is not known here. Known: {words}",
            f"“{value[:60]}”不是已知的词。可用：{words}",
            f"「{value[:60]}」不是已知的詞。可用：{words}",
        )


def stem(name: str) -> str:
    """Return what names of one kind share: ``class1`` and ``class2`` are both ``class``."""
    cut = re.sub(r"[0-9.]+$", "", name)
    head, dot, _ = cut.partition(".")
    return head + dot


def values_of(pairs: Iterable[str]) -> Mapping[str, str]:
    """Read ``NAME=VALUE`` pairs. Raises ValueError with the pair that is none, or comes twice."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip() or name.strip() in found:
            raise ValueError(pair)
        found[name.strip()] = value.strip()
    return found


def same(one: str, other: str) -> bool:
    """Say whether two values are the same, as numbers where both are."""
    if NUMBER.fullmatch(one) and NUMBER.fullmatch(other):
        return Decimal(one) == Decimal(other)
    return one == other


def _once(words: list[str], known: Collection[str]) -> bool:
    return len(set(words)) == len(words) and set(words) <= set(known)


def _expected(kind: Kind, value: str) -> Text:
    shown = value[:60]
    return Text(
        f"“{shown}” cannot be used: expected is {kind.text.en}",
        f"“{shown}”不可用，应为：{kind.text.zh_hans}",
        f"「{shown}」不可用，應為：{kind.text.zh_hant}",
    )
