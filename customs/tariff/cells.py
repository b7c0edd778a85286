"""What a raw rate cell is: a percentage, a duty expression, or a text that is only kept."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from core.pluginapi.duty.expressions import Unparsed, Vat, parse

LONGEST = 2000
NUMBER = re.compile(r"[0-9]{1,6}(\.[0-9]{1,8})?", re.ASCII)
PROGRAMMES = re.compile(r"\s*([^()]*?)\s*\(([^()]*)\)[\s,;]*")
DUTIES = ("duty", "suspension", "column2", "end_use", "preference", "quota", "defence")


BARE_SIGNS = {"US": "USD", "AU": "AUD", "CA": "CAD", "GB": "GBP", "XI": "GBP", "EU": "EUR",
              "JP": "JPY", "CN": "CNY", "NZ": "NZD", "SG": "SGD", "HK": "HKD", "TW": "TWD",
              "KR": "KRW", "CH": "CHF", "NO": "NOK", "MX": "MXN", "BR": "BRL",
              "IN": "INR"}  # fmt: skip
"""Which currency ``$``, ``¢``, ``¥`` mean in the tariff of a jurisdiction."""


class Cell(NamedTuple):
    """``value`` where the rate is one number, else ``expression``; ``problem`` says what is not
    understood, and then the expression is never a rate.
    """

    value: str
    expression: str
    problem: str = ""


def cell(kind: str, text: str, currency: str = "") -> Cell:
    """Read the raw cell of a rate of ``kind``; ``currency`` is that of a bare ``$``."""
    if len(text) > LONGEST:
        return Cell("", text[:LONGEST], f"longer than {LONGEST} characters")
    if kind == "special":
        _, rest = programmes(text)
        return Cell("", text, f"not a list of rates and programmes: {rest[:80]}" if rest else "")
    if NUMBER.fullmatch(text) and not kind.startswith(DUTIES):
        return Cell(_plain(Decimal(text)), "")
    if not text:
        return Cell("", "")
    try:
        found = parse(text, currency=currency)
    except Unparsed as error:
        return Cell("", text, str(error)[:200])
    percent = found.percent
    if percent is None and isinstance(found.base.first, Vat) and not found.base.rest:
        percent = found.base.first.rate
    return Cell("", text) if percent is None else Cell(_plain(percent), "")


def shown(kind: str, value: str, expression: str) -> str:
    """Return a rate as it is read: ``5%``, a number that is no percentage, or the raw text."""
    plain = kind.startswith("postal_class") or "per_litre" in kind
    return expression or (value if plain or not value else f"{value}%")


def understood(kind: str, text: str, jurisdiction: str) -> str:
    """Return what a duty expression was read as, or "" where it is not understood."""
    if kind == "special":
        return "" if programmes(text)[1] else text
    try:
        return str(parse(text, currency=BARE_SIGNS.get(jurisdiction, "")))
    except Unparsed:
        return ""


def programmes(text: str) -> tuple[list[tuple[str, list[str]]], str]:
    """Return the rates of a special column with their programmes, and what is no such pair.

    ``Free (AU,BH) 10¢/kg (KR)`` gives ``[("Free", ["AU", "BH"]), ("10¢/kg", ["KR"])], ""``.
    """
    found, place = [], 0
    while match := PROGRAMMES.match(text, place):
        codes = [code.strip() for code in match[2].split(",") if code.strip()]
        found.append((match[1], codes))
        place = match.end()
    return found, text[place:].strip()


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
