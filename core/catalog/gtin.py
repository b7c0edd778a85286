"""GTINs in their one comparable form, fourteen digits."""

from __future__ import annotations

LENGTHS = (8, 12, 13, 14)


def gtin14(text: str) -> str:
    """Return a GTIN of 8, 12, 13 or 14 digits as GTIN-14, or "" when it is none.

    ASCII digits only, not all zero, with the right check digit.
    """
    digits = text.strip()
    if len(digits) not in LENGTHS or not digits.isascii() or not digits.isdigit():
        return ""
    padded = digits.zfill(14)
    if not padded.strip("0"):
        return ""
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(padded))
    return padded if weighted % 10 == 0 else ""
