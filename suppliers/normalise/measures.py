"""Quantities, weights, codes and dates."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

from core.shared.nomenclature import EDITION, digits_of, is_unknown
from suppliers.normalise.types import Note

QUANTITY_MAX = 1_000_000
QUANTITY_CAP = 999
PLACEHOLDERS = frozenset((999, 9999, 19998, 99999, 999999))
GRAMS_MAX = Decimal(1_000_000)
HS_LENGTHS = frozenset((6, 8, 10, 11, 12, 13))
"""Seven and nine digits are left out: they are mostly codes whose leading zero was lost."""
UNITS = {
    "g": Decimal(1), "gr": Decimal(1), "gram": Decimal(1), "grams": Decimal(1), "克": Decimal(1),
    "kg": Decimal(1000), "kgs": Decimal(1000), "kilogram": Decimal(1000), "公斤": Decimal(1000),
    "千克": Decimal(1000), "mg": Decimal("0.001"), "lb": Decimal("453.59237"),
    "lbs": Decimal("453.59237"), "oz": Decimal("28.349523125"), "jin": Decimal(500),
    "斤": Decimal(500), "liang": Decimal(50), "两": Decimal(50), "兩": Decimal(50),
}  # fmt: skip

_WHOLE = re.compile(r"^(-?)(\d{1,15})(?:[.,]0+)?$", re.ASCII)
_WEIGHT = re.compile(r"^(\d{1,9}(?:[.,]\d{1,6})?)\s*(\D{0,12})$", re.ASCII)


def read_quantity(raw: str, notes: list[Note]) -> int | None:
    """Return the stock, or None when it is not known."""
    text = raw.strip()
    found = _WHOLE.match(text)
    if found is None or (number := int(found[2])) > QUANTITY_MAX:
        notes.append(Note("QTY_FORMAT", raw, f"0…{QUANTITY_MAX}"))
        return None
    if found[1] and number:
        notes.append(Note("QTY_NEGATIVE", raw, "0"))
        return 0
    if number in PLACEHOLDERS:
        notes.append(Note("QTY_PLACEHOLDER", raw, str(QUANTITY_CAP)))
        return min(number, QUANTITY_CAP)
    return number


def read_weight(raw: str, unit: str, notes: list[Note]) -> int | None:
    """Return whole grams, or None. ``unit`` is that of the row when the cell has none."""
    found = _WEIGHT.match(raw.strip())
    if found is None:
        notes.append(Note("WEIGHT_FORMAT", raw))
        return None
    named = (found[2].strip() or unit.strip()).lower().rstrip(".")
    factor = UNITS.get(named)
    if factor is None:
        notes.append(Note("WEIGHT_UNIT_UNKNOWN", raw, "g, kg, mg, lb, oz, jin, liang"))
        return None
    grams = Decimal(found[1].replace(",", ".")) * factor
    if not grams:
        notes.append(Note("WEIGHT_ZERO", raw))
        return None
    if grams > GRAMS_MAX:
        notes.append(Note("WEIGHT_RANGE", raw, "1000 kg"))
        return None
    if grams < 1:
        notes.append(Note("WEIGHT_UNIT_SUSPECT", raw))
    return max(1, int(grams.to_integral_value(rounding="ROUND_HALF_UP")))


def read_hs_code(raw: str, notes: list[Note]) -> str:
    """Return the digits of an HS code, or nothing. A lost leading zero is never restored.

    A code whose chapter is known and has no such subheading is kept, and said to be unknown.
    """
    if not raw.strip():
        return ""
    code = digits_of(raw)
    if code is None or len(code) not in HS_LENGTHS:
        notes.append(Note("HS_FORMAT", raw, "6, 8, 10…13"))
        return ""
    if is_unknown(code):
        notes.append(Note("HS_UNKNOWN", raw, EDITION))
    return code


def read_days(raw: str, notes: list[Note]) -> int | None:
    """Return a lead time in days, or None."""
    found = _WHOLE.match(raw.strip())
    days = int(found[2]) if found and not found[1] else 181
    if days > 180:
        notes.append(Note("LEADTIME_RANGE", raw, "0…180"))
        return None
    return days


def read_moment(raw: str, code: str, notes: list[Note]) -> str:
    """Return an ISO 8601 moment with its offset, or nothing."""
    text = raw.strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 1970 <= moment.year <= 9000:
        notes.append(Note(code, raw, "2026-01-31T00:00:00+08:00"))
        return ""
    return moment.isoformat()
