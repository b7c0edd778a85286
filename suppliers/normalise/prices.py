"""Prices: ASCII only, exact, in a currency that is never guessed."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from core.pluginapi import Money, MoneyError
from core.shared.money import exponent
from suppliers.normalise.types import IntakeFacts, Note

DEFAULT_CAP = Decimal(2_000_000)
CAPS = {
    "CNY": 10_000_000, "JPY": 250_000_000, "KRW": 2_000_000_000, "TWD": 45_000_000,
    "RUB": 130_000_000, "CZK": 32_000_000, "HUF": 500_000_000, "THB": 47_000_000,
    "INR": 120_000_000, "IDR": 23_000_000_000, "VND": 36_000_000_000, "PHP": 80_000_000,
    "HKD": 11_000_000, "MXN": 26_000_000, "CLP": 1_300_000_000, "COP": 5_500_000_000,
    "TRY": 60_000_000, "UAH": 58_000_000, "KZT": 750_000_000, "ISK": 180_000_000,
    "SEK": 14_000_000, "NOK": 14_000_000, "DKK": 9_500_000, "MOP": 11_500_000,
    "LAK": 30_000_000_000, "IRR": 60_000_000_000, "KHR": 5_800_000_000, "ZAR": 25_000_000,
}  # fmt: skip
"""About ten million yuan each: a price above is a slip of the decimal point."""

_SHAPE = re.compile(
    r"^(?:(?P<before>[A-Za-z]{3})\s*)?(?P<number>[+-]?[0-9][0-9.,' ]*)"
    r"(?:\s*(?P<after>[A-Za-z]{3}))?$"
)
_PLAIN = re.compile(r"^\d{1,12}(?:\.\d{1,4})?$")
_GROUPED = re.compile(r"^\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*$")
_NOT_FINITE = re.compile(r"^[+-]?(?:nan|snan|inf|infinity|\d[\d.]*e[+-]?\d+)$", re.I)
_SYMBOLS = re.compile(r"^[^\w\s.,+-]{1,3}\s*[+-]?[\d.,]+$|^[+-]?[\d.,]+\s*[^\w\s.,+-]{1,3}$")


@lru_cache(maxsize=512)
def decimals(currency: str) -> int | None:
    """Return a currency's decimals, or None for a code that nothing is sold in."""
    if currency in ("XXX", "XTS") or currency.startswith(("XA", "XB", "XD", "XP")):
        if currency not in ("XAF", "XPF"):
            return None
    try:
        return exponent(currency)
    except MoneyError:
        return None


def read_price(text: str, currency: str, facts: IntakeFacts) -> tuple[Money | None, Note | None]:
    """Return the price of a row, or why there is none.

    ``text`` may carry the currency ("12.90 EUR"); ``currency`` is that of the row's own cell.
    """
    text = text.replace("\xa0", " ").strip()
    if not text:
        return None, Note("PRICE_MISSING")
    shape = _SHAPE.match(text) if text.isascii() else None
    if shape is None:
        return None, _why_no_number(text)
    number, note = _number(shape["number"].strip(), facts.decimal)
    if number is None:
        return None, note
    code, note = _currency(shape["before"], shape["after"], currency, facts)
    if note is not None:
        return None, note
    return _checked(number, code, text)


def _why_no_number(text: str) -> Note:
    if _NOT_FINITE.match(text):
        return Note("PRICE_NOT_FINITE", text)
    if _SYMBOLS.match(text):
        return Note("CURRENCY_SYMBOL_ONLY", text)
    return Note("PRICE_FORMAT", text)


def _number(text: str, decimal: str) -> tuple[str | None, Note | None]:
    """Return ``text`` in the plain grammar, or why it is none."""
    if text[0] == "-":
        return None, Note("PRICE_NEGATIVE", text)
    text = text.removeprefix("+")
    if _PLAIN.match(text) and decimal != ",":
        return text, None
    whole, mark, fraction = _split(text, decimal)
    if whole is None:
        return None, Note("PRICE_AMBIGUOUS", text)
    plain = f"{whole}.{fraction}" if mark else whole
    if _PLAIN.match(plain):
        return plain, None
    digits = re.sub(r"\D", "", whole)
    return None, Note("PRICE_TOO_LARGE" if len(digits) > 12 else "PRICE_FORMAT", text, "12 digits")


def _split(text: str, decimal: str) -> tuple[str | None, str, str]:
    """Split at the decimal sign; a whole of None says that it cannot be told."""
    signs = {sign for sign in text if sign in ".,"}
    if decimal and decimal in text and text.count(decimal) == 1:
        whole, _, fraction = text.partition(decimal)
        return _ungrouped(whole), decimal, fraction
    if not decimal and len(signs) == 2:
        mark = max(signs, key=text.rfind)
        whole, _, fraction = text.rpartition(mark)
        return _ungrouped(whole), mark, fraction
    if not decimal and text.count(",") == 1 and "." not in text:
        whole, _, fraction = text.partition(",")
        if len(fraction) == 3 and whole != "0":
            return None, "", ""
        return _ungrouped(whole), ",", fraction
    if not decimal and text.count(".") == 1:
        whole, _, fraction = text.partition(".")
        return _ungrouped(whole), ".", fraction
    return _ungrouped(text), "", ""


def _ungrouped(whole: str) -> str:
    return re.sub(r"[., ']", "", whole) if _GROUPED.match(whole) else whole


def _currency(
    before: str | None, after: str | None, cell: str, facts: IntakeFacts
) -> tuple[str, Note | None]:
    named = [code.strip().upper() for code in (before, after, cell) if code and code.strip()]
    if len(set(named)) > 1:
        return "", Note("CURRENCY_CONFLICT", " ".join(named))
    code = named[0] if named else facts.currency
    if not code:
        return "", Note("CURRENCY_MISSING")
    if not (len(code) == 3 and code.isascii() and code.isalpha()):
        symbol = not any(sign.isalnum() for sign in code)
        return "", Note("CURRENCY_SYMBOL_ONLY" if symbol else "CURRENCY_UNKNOWN", code)
    if decimals(code) is None:
        return "", Note("CURRENCY_UNKNOWN", code)
    if facts.currencies and code not in facts.currencies:
        return "", Note("CURRENCY_NOT_ALLOWED", code, ", ".join(sorted(facts.currencies)))
    return code, None


def _checked(number: str, currency: str, text: str) -> tuple[Money | None, Note | None]:
    places = decimals(currency) or 0
    whole, _, fraction = number.partition(".")
    kept = fraction.rstrip("0")
    if len(kept) > places:
        return None, Note("PRICE_EXPONENT", text, str(places))
    amount = Decimal(f"{whole}.{kept.ljust(places, '0')}" if places else whole)
    if not amount:
        return None, Note("PRICE_ZERO", text)
    cap = Decimal(CAPS.get(currency, DEFAULT_CAP))
    if amount > cap:
        return None, Note("PRICE_TOO_LARGE", text, f"{cap} {currency}")
    return Money(amount, currency), None
