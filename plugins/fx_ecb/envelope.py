"""Reads the ECB's XML: Envelope > Cube > Cube time > Cube currency, rate. Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from lxml import etree

from core.pluginapi import InvalidInput

SPACE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}"
ABSENT = frozenset({"", "N/A"})
SMALLEST, LARGEST = Decimal("1E-6"), Decimal("1E7")


def read(content: bytes) -> dict[date, dict[str, Decimal]]:
    """Return units of each currency for one euro by day; ``N/A`` is left out.

    Raises InvalidInput when the content is not the ECB's file or a rate is no number.
    """
    if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content:
        raise InvalidInput("the file declares entities", code="xml_entities")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise InvalidInput(f"not XML: {error.msg}"[:200], code="xml_syntax") from None
    days: dict[date, dict[str, Decimal]] = {}
    for cube in root.iterfind(f"{SPACE}Cube/{SPACE}Cube[@time]"):
        days[_day(cube.get("time", ""))] = _rates(cube)
    if not days or not all(days.values()):
        raise InvalidInput("the file holds no rates", code="no_rates")
    return days


def _rates(cube: etree._Element) -> dict[str, Decimal]:
    rates: dict[str, Decimal] = {}
    for entry in cube.iterfind(f"{SPACE}Cube"):
        code, value = entry.get("currency", ""), (entry.get("rate") or "").strip()
        if value in ABSENT:
            continue
        if len(code) != 3 or not code.isascii() or not code.isupper():
            raise InvalidInput(f"{code[:10]!r} is not a currency", code="currency")
        rates[code] = _value(code, value)
    return rates


def _value(code: str, text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not SMALLEST <= value <= LARGEST:
        raise InvalidInput(f"the rate of {code} is {text[:20]!r}", code="rate")
    return value


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"{text[:20]!r} is not a date", code="date") from None
