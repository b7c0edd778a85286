"""Reads central parity rates: direction and quantity as published, nothing inverted. Pure."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from core.pluginapi import InvalidInput
from core.pluginapi.fx_kit import currency, iso_day, json_object, number, rows_of

PAIR = re.compile(r"(1|10|100|1000)?([A-Z]{3})/([A-Z]{3})", re.ASCII)
ABSENT = frozenset({"", "-", "--", "---", "N/A"})
DAY_HEADS = frozenset({"日期", "Date"})
PER_100_YUAN = frozenset(
    "MYR RUB ZAR KRW AED SAR HUF PLN DKK SEK NOK TRY MXN THB MOP KHR KZT MNT IDR".split()
)
"""In the table these are units for 100 yuan; the others are yuan for 100 units."""

NAMES = {
    "美元": "USD", "欧元": "EUR", "日元": "JPY", "港元": "HKD", "英镑": "GBP", "林吉特": "MYR",
    "卢布": "RUB", "澳元": "AUD", "澳大利亚元": "AUD", "加元": "CAD", "加拿大元": "CAD",
    "新西兰元": "NZD", "新加坡元": "SGD", "瑞士法郎": "CHF", "兰特": "ZAR", "南非兰特": "ZAR",
    "韩元": "KRW", "迪拉姆": "AED", "里亚尔": "SAR", "福林": "HUF", "兹罗提": "PLN",
    "丹麦克朗": "DKK", "瑞典克朗": "SEK", "挪威克朗": "NOK", "里拉": "TRY", "比索": "MXN",
    "泰铢": "THB", "澳门元": "MOP",
}  # fmt: skip


class Parity(NamedTuple):
    """``value`` units of ``quote`` for ``quantity`` units of ``base``; one of them is CNY."""

    day: date
    base: str
    quote: str
    quantity: int
    value: Decimal


def read_day(content: bytes) -> list[Parity]:
    """Read the trading system's document of the day. Raises InvalidInput."""
    found = json_object(content)
    data = found.get("data")
    stamp = data.get("lastDate") if isinstance(data, dict) else None
    day = iso_day(str(stamp or "").partition(" ")[0])
    rates = [
        _parity(day, row.get("vrtEName"), row.get("price"))
        for row in rows_of(found, "records")
        if not _absent(row.get("price"))
    ]
    return _some(rates)


def read_days(content: bytes) -> list[Parity]:
    """Read the trading system's history; a range without a trading day is empty."""
    found = json_object(content)
    data = found.get("data")
    names = data.get("head") if isinstance(data, dict) else None
    if not isinstance(names, list):
        raise InvalidInput("the answer holds no list 'head'", code="no_rates")
    rates: list[Parity] = []
    for row in rows_of(found, "records"):
        values = row.get("values")
        if not isinstance(values, list) or len(values) != len(names):
            raise InvalidInput("a day has not as many rates as the head", code="cells")
        day = iso_day(row.get("date"))
        cells = zip(names, values, strict=True)
        rates += [_parity(day, name, value) for name, value in cells if not _absent(value)]
    return rates


def read_table(content: bytes) -> list[Parity]:
    """Read the administration's table, per 100. Raises InvalidInput."""
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig", errors="replace"))))
    except csv.Error as error:
        raise InvalidInput(f"not CSV: {error}"[:200], code="csv_syntax") from None
    head = [cell.strip() for cell in rows[0]] if rows else []
    if not head or head[0] not in DAY_HEADS:
        raise InvalidInput("the first column is no day", code="csv_head")
    codes = [currency(NAMES.get(name, name)) for name in head[1:] if name]
    rates: list[Parity] = []
    for row in rows[1:]:
        cells = [cell.strip() for cell in row[: len(codes) + 1]]
        if not any(cells):
            continue
        if len(cells) != len(codes) + 1:
            raise InvalidInput("a day has not as many rates as the head", code="csv_cells")
        day = iso_day(cells[0])
        named = zip(codes, cells[1:], strict=True)
        rates += [_per_hundred(day, code, text) for code, text in named if not _absent(text)]
    return _some(rates)


def _per_hundred(day: date, code: str, text: str) -> Parity:
    base, quote = ("CNY", code) if code in PER_100_YUAN else (code, "CNY")
    return Parity(day, base, quote, 100, number(text, code))


def _parity(day: date, name: object, value: object) -> Parity:
    match = PAIR.fullmatch(name) if isinstance(name, str) else None
    if match is None or match.group(2) == match.group(3) or "CNY" not in match.groups():
        raise InvalidInput(f"{str(name)[:40]!r} is not a pair with CNY", code="pair")
    units, base, quote = match.groups()
    return Parity(day, base, quote, int(units or 1), number(value, str(name)))


def _absent(value: object) -> bool:
    return value is None or (isinstance(value, str) and value.strip() in ABSENT)


def _some(rates: list[Parity]) -> list[Parity]:
    if not rates:
        raise InvalidInput("the document holds no rates", code="no_rates")
    return rates
