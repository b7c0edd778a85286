"""What a shipment must satisfy before any regime is asked (rule R-INPUT). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from babel import Locale
from moneyed import CURRENCIES

from core.pluginapi import ShipmentFacts, ShipmentLine, Text
from customs.types import Fault

NOT_COUNTRIES = frozenset(
    "AC CP CQ DG EA EU EZ IC QO TA UN XA XB XK ZZ".split()
)  # fmt: skip
UNIONS = frozenset({"XAF", "XCD", "XCG", "XOF", "XPF"})
NO_COUNTRY_STATED = frozenset({"MRU", "STN", "VES"})
LARGEST = Decimal("1E13")
MAX_QUANTITY = 10**9
MAX_LINES = 5000

QUANTITY = Text(
    "The quantity is a whole number from 1", "数量须为不小于 1 的整数", "數量須為不小於 1 的整數"
)
AMOUNT = Text(
    "The amount or rate is not a number from zero",
    "金额或税率须为不小于零的数字",
    "金額或稅率須為不小於零的數字",
)
CURRENCY = Text("The currency is unknown", "未知币种", "未知幣別")
COUNTRY = Text("The country is unknown", "未知国家或地区", "未知國家或地區")
LINES = Text(
    f"A shipment has 1 to {MAX_LINES} lines",
    f"货物须有 1 至 {MAX_LINES} 行商品",
    f"貨物須有 1 至 {MAX_LINES} 行商品",
)


@cache
def countries() -> frozenset[str]:
    """Return the ISO 3166-1 alpha-2 codes."""
    codes = [str(code) for code in Locale("en").territories]
    return frozenset(
        code for code in codes if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES
    )


@cache
def currencies() -> frozenset[str]:
    """Return the ISO 4217 codes that a price can be in: no metals, no test codes, none retired."""
    known = {code for code, one in CURRENCIES.items() if one.countries} | NO_COUNTRY_STATED
    return frozenset(code for code in known if code[0] != "X" or code in UNIONS)


def is_currency(code: object) -> bool:
    """Say whether ``code`` is a current ISO 4217 currency."""
    return isinstance(code, str) and code in currencies()


def is_amount(value: object) -> bool:
    """Say whether ``value`` is a finite Decimal from zero, of a magnitude that money can have."""
    return isinstance(value, Decimal) and value.is_finite() and 0 <= value < LARGEST


def is_quantity(value: object) -> bool:
    """Say whether ``value`` is a whole number from 1."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_QUANTITY


def first_fault(shipment: ShipmentFacts) -> Fault | None:
    """Return the first faulty value by its JSON path, or None."""
    return next(_faults(shipment), None)


def _faults(shipment: ShipmentFacts) -> Iterator[Fault]:
    if shipment.country not in countries():
        yield Fault("$.shipment.destination.country", COUNTRY)
    if not is_currency(shipment.currency):
        yield Fault("$.shipment.currency", CURRENCY)
    if not 1 <= len(shipment.lines) <= MAX_LINES:
        yield Fault("$.shipment.lines", LINES)
    for index, line in enumerate(shipment.lines):
        yield from _line_faults(line, f"$.shipment.lines[{index}]")
    for name in ("freight", "insurance", "inland_transport"):
        if not is_amount(getattr(shipment, name)):
            yield Fault(f"$.shipment.{name}", AMOUNT)


def _line_faults(line: ShipmentLine, path: str) -> Iterator[Fault]:
    if not is_amount(line.unit_price):
        yield Fault(f"{path}.unit_price", AMOUNT)
    if not is_quantity(line.quantity):
        yield Fault(f"{path}.quantity", QUANTITY)
    elif is_amount(line.unit_price) and not is_amount(line.goods):
        yield Fault(f"{path}.unit_price", AMOUNT)
    for kind, rate in (line.rates or {}).items():
        if not is_amount(rate) or (kind == "consumption_tax" and rate >= 100):
            yield Fault(f"{path}.rates.{kind}", AMOUNT)
    for group, given in (("layers", line.layers), ("caps", line.caps)):
        for layer, rate in given.items():
            if not is_amount(rate):
                yield Fault(f"{path}.rates.{group}.{layer}", AMOUNT)
    for number, duty in enumerate(line.specific):
        if not is_amount(duty.amount):
            yield Fault(f"{path}.rates.specific[{number}].amount", AMOUNT)
    for name in ("net_kg", "litres", "abv"):
        value = getattr(line, name)
        if value is not None and not is_amount(value):
            yield Fault(f"{path}.{name}", AMOUNT)
