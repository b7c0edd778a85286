"""Numbers that people paste: folding, and telling tracking numbers from personal ones. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

MAX_INPUT = 200
S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)

_DASHES = dict.fromkeys(map(ord, "-‐‑‒–—―−_.()/"), None)
_MOBILE = re.compile(r"(?:(?:00)?86)?1[3-9][0-9]{9}", re.ASCII)
_IDENTITY_18 = re.compile(r"[1-9][0-9]{16}[0-9X]", re.ASCII)
_IDENTITY_15 = re.compile(r"[1-9][0-9]{14}", re.ASCII)
_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 "
    "71 81 82 83".split()
)


def fold(text: str) -> str:
    """Return ``text`` in capitals without blanks, dashes, brackets and invisible characters.

    Full-width letters and digits become ASCII; nothing else is translated, so that look-alike
    letters of other scripts stay visible. Longer input than 200 characters is cut there.
    """
    plain = unicodedata.normalize("NFKC", text[:MAX_INPUT]).upper().translate(_DASHES)
    return "".join(
        character
        for character in plain
        if not character.isspace() and unicodedata.category(character) not in {"Cf", "Cc"}
    )


def is_mobile(folded: str) -> bool:
    """Say whether a folded text is a Chinese mobile number, with or without 86 before it."""
    return _MOBILE.fullmatch(folded.removeprefix("+")) is not None


def is_identity(folded: str, *, known_region: bool = False) -> bool:
    """Say whether a folded text may be a resident identity number: its date of birth is possible.

    ``known_region`` asks of 15-digit numbers that they begin with a province's code as well: they
    have not been issued since 1999, and carriers' numbers of that length are common.
    """
    if _IDENTITY_18.fullmatch(folded):
        return _is_past_date(folded[6:14])
    if not _IDENTITY_15.fullmatch(folded):
        return False
    if known_region and not is_known_region(folded):
        return False
    return _is_past_date("19" + folded[6:12])


def is_known_region(number: str) -> bool:
    """Say whether an identity number begins with the code of a province of China."""
    return number[:2] in _PROVINCES


def personal_kind(folded: str, *, chosen: bool = False) -> str | None:
    """Return ``phone`` or ``identity_number`` for a text that must not be kept, else None.

    ``chosen`` says that a person named the carrier, which settles 15-digit numbers in its favour
    unless they begin with a province's code.
    """
    if is_mobile(folded):
        return "phone"
    return "identity_number" if is_identity(folded, known_region=chosen) else None


def s10_check_digit(serial: str) -> int:
    """Return the check digit of the eight digits of a UPU S10 number. Raises ValueError."""
    if len(serial) != len(S10_WEIGHTS) or not (serial.isascii() and serial.isdigit()):
        raise ValueError("an S10 serial has eight digits")
    rest = sum(w * int(digit) for w, digit in zip(S10_WEIGHTS, serial, strict=True)) % 11
    return {0: 5, 1: 0}.get(rest, 11 - rest)


def _is_past_date(digits: str) -> bool:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return day.year >= 1900 and day <= date.today()
