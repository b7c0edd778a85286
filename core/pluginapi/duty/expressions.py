"""Reads duty expressions as tariffs print them: ``3.5%``, ``37.2¢/kg + 4.3%``, ``9 % + EA``. Pure.

Grammar, after full-width characters, HTML tags and invisible characters are folded away::

    expression = sum (("MIN" | "MAX") sum)*          from left to right; see expression_terms
    sum        = term (("+" | "-" | ", and") term)*
    term       = "Free" | percent | "VAT" percent | money per (("/" | "per" | "x") per)*
               | agricultural component | another duty in words
    per        = [count] unit ["of" substance]       100 kg, % vol/hl, kg of lactic matter

Numbers may have thousands separators (``2,445.26``) or a decimal comma (``6,5``); a comma before
exactly three digits separates thousands. What is not understood raises :class:`Unparsed`: it is
never taken to be zero, and a part that cannot be read spoils the whole.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from core.pluginapi.duty.expression_terms import (
    ABOVE,
    ALCOHOL,
    HUNDRED,
    UNITS,
    AdValorem,
    Agricultural,
    Expression,
    Free,
    Measured,
    Per,
    Reference,
    Specific,
    Sum,
    Term,
    Uncomputable,
    Vat,
)
from core.pluginapi.duty.expression_words import (
    MEASURES,
    SUBSTANCE,
    SUBSTANCES,
    SYMBOLS,
    word,
)
from core.shared.errors import InvalidInput
from core.shared.money import MoneyError, exponent

__all__ = [
    "AdValorem",
    "Agricultural",
    "Expression",
    "Free",
    "Measured",
    "Per",
    "Reference",
    "Specific",
    "Sum",
    "Uncomputable",
    "Unparsed",
    "Vat",
    "parse",
]

MAX_TEXT = 500
MAX_PERCENT = Decimal(10_000)
MAX_DIGITS = 12
NUMBER = re.compile(
    r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?(?![\d,])"
    r"|[1-9]\d{0,2}(?:\.\d{3})+,\d+(?!\d)"
    r"|0,\d+(?!\d)|\d+,\d{1,2}(?!\d)|\d+(?:\.\d+)?(?![\d.,]*\d)"
)


class Unparsed(InvalidInput):
    """The text is no duty expression that is understood: ``position`` is where reading stopped.

    ``text`` is the text as it was read, folded.
    """

    def __init__(self, why: str, text: str, position: int) -> None:
        super().__init__(f"{why} at {position + 1} of {text!r}", code="tariff_unreadable")
        self.text = text
        self.position = position


def parse(text: str, *, currency: str = "") -> Expression:
    """Return what ``text`` says. ``currency`` is that of bare signs (``$``, ``¢``, ``¥``).

    Raises Unparsed.
    """
    return _parse(text, currency)


@lru_cache(maxsize=8192)
def _parse(text: str, currency: str) -> Expression:
    scan = _Scan(_folded(text), currency)
    found = scan.expression()
    scan.end()
    return found


def _folded(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise Unparsed(f"longer than {MAX_TEXT} characters", text[:40], MAX_TEXT)
    plain = unicodedata.normalize("NFKC", re.sub(r"<[^<>]*>", " ", text))
    seen = "".join(one for one in plain if unicodedata.category(one) != "Cf")
    return seen.replace("−", "-").replace("–", "-").strip()


BLANK = re.compile(r"\s*")
FREE = word("free|nil|nihil|無税|免税|免稅")
BOUND = word("MIN|MAX")
PLUS = re.compile(r"\+|plus\b|,\s*and\b|and\b", re.IGNORECASE)
MINUS = re.compile(r"-|minus\b", re.IGNORECASE)
VAT = word(r"VAT\s*:?(?:\s*at)?")
SPQ = word("SPQ")
AGRICULTURAL = re.compile(r"(EA|AD ?S/?Z|AD ?F/?M)( ?R)?(?![A-Za-z/])")
REFERENCE = re.compile(
    r"(?:the\s+)?(?:duty\s+provided\s+in|(?:rate|duty)\s+applicable\s+to)\b[^+]*?"
    r"(?=\s*(?:\+|plus\b|$))|entry price",
    re.IGNORECASE,
)
PERCENT = re.compile(r"%(?:\s*ad\s+val(?:orem)?\.?)?", re.IGNORECASE)
OF_RETAIL = re.compile(r"(?:of\s+)?(?:the\s+)?retail(?:\s+selling)?\s+price|RET\b", re.IGNORECASE)
OF_PART = re.compile(r"on\s+([a-z][a-z ,]*[a-z])(?=\s*(?:[+-]|MIN|MAX|$))")
CODE = re.compile(r"[A-Za-z]{3}(?![A-Za-z])")
SYMBOL = re.compile("|".join(map(re.escape, sorted(SYMBOLS, key=len, reverse=True))))
EACH = re.compile(r"(?:/\s*)?each\b", re.IGNORECASE)
NEXT = re.compile(
    r"(?:/\s*)?(?:for\s+(?:each|every)|per)\b|/"
    r"|(?:,\s*)?(?:and\s+)?multiplied\s+by\b(?:\s+the\b)?|[x×*](?=\s)",
    re.IGNORECASE,
)
NET = re.compile(r"(?:/\s*)?net(?!\s*[A-Za-z])", re.IGNORECASE)
EXCESS = re.compile(
    r"(?:,\s*calculated on that alcohol content by which the percentage by volume of alcohol of "
    r"the goods exceeds|above)\s*(?P<number>\d+(?:\.\d+)?)(?:\s*%\s*vol\.?)?",
    re.IGNORECASE,
)
OR = re.compile("又は")
CHOICE = re.compile("のうちいずれか(高|低)い税率")
PROVISO = re.compile("ただし,?その税率が")
BEYOND = re.compile("を(下|上)回る場合は,?")


class _Scan:
    """A text and how far it was read. Every method raises Unparsed."""

    def __init__(self, text: str, currency: str) -> None:
        self.text = text
        self.currency = currency
        self.at = 0

    def expression(self) -> Expression:
        base = self.sum()
        bounds: list[tuple[str, Sum]] = []
        while True:
            if kind := self.take(BOUND):
                bounds.append((kind.group().upper(), self.sum()))
            elif self.take(OR):
                other = self.sum()
                bounds.append((_bound(self.need(CHOICE, "which of both applies").group(1)), other))
            elif self.take(PROVISO):
                self.sum()
                which = self.need(BEYOND, "when the proviso applies").group(1)
                bounds.append(("MIN" if which == "下" else "MAX", self.sum()))
            else:
                break
        found = Expression(base, tuple(bounds))
        if any(isinstance(term, Vat) for term in found.terms) and (bounds or base.rest):
            raise self.fault("a tax and a duty in one expression")
        return found

    def sum(self) -> Sum:
        first = self.term()
        rest: list[tuple[str, Term]] = []
        while True:
            if self.take(PLUS):
                rest.append(("+", self.term()))
            elif self.take(MINUS):
                rest.append(("-", self.term()))
            else:
                return Sum(first, tuple(rest))

    def term(self) -> Term:
        if self.take(FREE):
            return Free()
        if self.take(VAT):
            return self.vat()
        if words := self.take(REFERENCE):
            return Reference(" ".join(words.group().split()))
        if component := self.take(AGRICULTURAL):
            return Agricultural(re.sub("[ /]", "", component.group()))
        if self.take(SPQ):
            return self.discounted()
        return self.figure()

    def vat(self) -> Vat:
        rate = self.number()
        self.need(PERCENT, "% of the tax")
        return Vat(self.checked(rate))

    def discounted(self) -> Specific:
        """Read an amount on pure alcohol that the small producer's discount multiplies."""
        found = self.figure(per_alcohol=True)
        if not isinstance(found, Specific) or not found.is_alcohol:
            raise self.fault("SPQ is an amount on pure alcohol")
        if any(one.unit == "SPR" for one in found.per):
            return found
        return Specific(found.each, found.currency, (*found.per, Per("SPR")))

    def figure(self, *, per_alcohol: bool = False) -> Term:
        ahead = self.money()
        number = self.number()
        if not ahead and self.take(PERCENT):
            return Vat(self.checked(number)) if self.take(VAT) else self.percentage(number)
        share, currency = ahead or self.money() or (Decimal(0), "")
        if not currency:
            raise self.fault("neither % nor a currency")
        return Specific(number * share, currency, self.counted(per_alcohol=per_alcohol))

    def percentage(self, rate: Decimal) -> AdValorem:
        self.checked(rate)
        if self.take(OF_RETAIL):
            return AdValorem(rate, "retail_price")
        part = self.take(OF_PART)
        return AdValorem(rate, f"value of {part.group(1)}") if part else AdValorem(rate)

    def money(self) -> tuple[Decimal, str] | None:
        """Read a currency: the share of it that the sign stands for, and its code."""
        if sign := self.take(SYMBOL):
            currency = SYMBOLS[sign.group()] or self.currency
            if not currency:
                raise self.fault(f"{sign.group()} of which currency")
            return (1 / HUNDRED if sign.group() == "¢" else Decimal(1)), currency
        start = self.at
        code = self.take(CODE)
        if code and _is_currency(code.group().upper()):
            return Decimal(1), code.group().upper()
        self.at = start
        return None

    def counted(self, *, per_alcohol: bool) -> tuple[Per, ...]:
        """Read the units that an amount is for; none are needed after SPQ."""
        if self.take(EACH):
            return (Per("item"),)
        found: list[Per] = []
        while self.take(NEXT):
            found.extend(self.per())
            self.take(NET)
        if found:
            return tuple(found)
        if per_alcohol:
            return (Per("l alc. 100%"),)
        raise self.fault("no unit: an amount for each of what")

    def per(self) -> tuple[Per, ...]:
        if self.take(SPQ):
            return (Per("l alc. 100%"), Per("SPR"))
        start, count = self.at, Decimal(1)
        if self.peek(NUMBER):
            count = self.number()
        for pattern, unit, size in MEASURES:
            if self.take(pattern):
                return (Per(unit, count * size, self.substance(unit)),)
        self.at = start
        raise self.fault("an unknown unit")

    def substance(self, unit: str) -> str:
        if unit == "l alc. 100%":
            above = self.take(EXCESS)
            return f"{ABOVE.removeprefix(ALCOHOL).strip()} {above['number']}" if above else ""
        if UNITS[unit].quantity not in {"kg", "litres", "jewels"}:
            return ""
        for pattern, name in SUBSTANCES:
            if self.take(pattern):
                return name
        other = self.take(SUBSTANCE)
        return (other.group(1) or other.group(2)) if other else ""

    # Characters

    def number(self) -> Decimal:
        text = self.need(NUMBER, "a number").group()
        if len(text) > MAX_DIGITS:
            raise self.fault(f"a number of more than {MAX_DIGITS} characters")
        if re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d+", text):
            return Decimal(text.replace(".", "").replace(",", "."))
        if re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?", text):
            return Decimal(text.replace(",", ""))
        return Decimal(text.replace(",", "."))

    def checked(self, rate: Decimal) -> Decimal:
        if rate > MAX_PERCENT:
            raise self.fault(f"more than {MAX_PERCENT} %")
        return rate

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Read ``pattern`` if it is next, after blanks."""
        found = self.peek(pattern)
        if found:
            self.at = found.end()
        return found

    def peek(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        blank = BLANK.match(self.text, self.at)
        return pattern.match(self.text, blank.end() if blank else self.at)

    def need(self, pattern: re.Pattern[str], what: str) -> re.Match[str]:
        found = self.take(pattern)
        if found is None:
            raise self.fault(f"expected {what}")
        return found

    def end(self) -> None:
        if self.text[self.at :].strip():
            raise self.fault("not understood")

    def fault(self, why: str) -> Unparsed:
        return Unparsed(why, self.text, self.at)


def _bound(which: str) -> str:
    """Return MIN for the higher of two rates and MAX for the lower."""
    return "MIN" if which == "高" else "MAX"


@lru_cache(maxsize=256)
def _is_currency(code: str) -> bool:
    try:
        exponent(code)
    except MoneyError:
        return False
    return True
