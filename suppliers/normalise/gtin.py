"""GTINs, judged on their ASCII digits."""

from __future__ import annotations

import re

from suppliers.normalise.types import Note

LENGTHS = (8, 12, 13, 14)
_DAMAGED = re.compile(r"^\d[\d.,]*[eE]\+?\d+$|^\d+[.,]0+$")
_SEPARATORS = str.maketrans("", "", " -\xa0")


def check_digit(body: str) -> str:
    """Return the mod-10 digit that follows ``body``."""
    odd = sum(int(digit) for digit in body[::-1][::2])
    even = sum(int(digit) for digit in body[::-1][1::2])
    return str(-(3 * odd + even) % 10)


def read_gtin(raw: str, notes: list[Note]) -> str:
    """Return the GTIN with 14 digits, or nothing; what is wrong with it goes to ``notes``."""
    text = raw.strip().lstrip("'’").strip()
    digits = text.translate(_SEPARATORS)
    if not digits:
        return ""
    if code := _no_digits(text, digits):
        notes.append(Note(code, raw))
        return ""
    if len(digits) not in LENGTHS:
        return _restored(digits, raw, notes)
    expected = check_digit(digits[:-1])
    if digits.endswith("00000"):
        notes.append(Note("GTIN_SPREADSHEET_DAMAGE", raw, f"mod-10 check digit {expected}"))
        return ""
    if digits[-1] != expected:
        notes.append(Note("GTIN_CHECK_DIGIT", raw, expected))
        return ""
    return _ranged(digits, raw, notes)


def _no_digits(text: str, digits: str) -> str:
    if _DAMAGED.match(text):
        return "GTIN_SPREADSHEET_DAMAGE"
    if not (digits.isascii() and digits.isdigit()):
        return "GTIN_FORMAT"
    return "" if digits.strip("0") else "GTIN_ALL_ZERO"


def _restored(digits: str, raw: str, notes: list[Note]) -> str:
    for length in (12, 13):
        padded = digits.zfill(length)
        fits = 8 < len(digits) < length and not digits.endswith("00000")
        if fits and padded[-1] == check_digit(padded[:-1]):
            notes.append(Note("GTIN_LOST_LEADING_ZERO", raw, padded))
            return _ranged(padded, raw, notes)
    notes.append(Note("GTIN_LENGTH", raw, "8, 12, 13, 14"))
    return ""


def _ranged(digits: str, raw: str, notes: list[Note]) -> str:
    if len(digits) != 8:
        thirteen = digits.zfill(14)[1:]
        if thirteen.startswith(("2", "02", "04")):
            notes.append(Note("GTIN_RESTRICTED", raw))
        elif thirteen.startswith(("05", "98", "99")):
            notes.append(Note("GTIN_COUPON", raw))
    return digits.zfill(14)
