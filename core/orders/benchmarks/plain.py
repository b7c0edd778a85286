"""What the bench measures against: the same amounts in plain Decimal, with nothing around them.

Two decimals half up each, freight by value with the rest on the last line (R-APPORTION), the
preferential import tax of China: consumption tax inside its own base, 70 % of it and of the VAT.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

CENT = Decimal("0.01")
ZERO = Decimal(0)
HUNDRED = Decimal(100)
SHARE = Decimal("0.7")


class PlainLine(NamedTuple):
    """A line: price of one piece, pieces, consumption tax and VAT in percent."""

    price: Decimal
    quantity: int
    consumption_tax: Decimal
    vat: Decimal


class Taxes(NamedTuple):
    """Taxes of each line and their sums, in the currency of the prices."""

    customs_value: Decimal
    consumption_taxes: list[Decimal]
    vats: list[Decimal]
    consumption_tax: Decimal
    vat: Decimal
    total: Decimal


def taxes(lines: Sequence[PlainLine], freight: Decimal) -> Taxes:
    """Return what the preferential regime collects of ``lines`` with ``freight``."""
    goods = [(line.price * line.quantity).quantize(CENT, ROUND_HALF_UP) for line in lines]
    whole = sum(goods, ZERO)
    shares = [(freight * value / whole).quantize(CENT, ROUND_HALF_UP) for value in goods[:-1]]
    shares.append(freight - sum(shares, ZERO))
    consumption_taxes: list[Decimal] = []
    vats: list[Decimal] = []
    for line, value, share in zip(lines, goods, shares, strict=True):
        dutiable = value + share
        part = line.consumption_tax / HUNDRED
        full = dutiable / (1 - part) * part
        consumption_taxes.append((full * SHARE).quantize(CENT, ROUND_HALF_UP))
        vat = (dutiable + full) * line.vat / HUNDRED * SHARE
        vats.append(vat.quantize(CENT, ROUND_HALF_UP))
    consumption_tax, vat = sum(consumption_taxes, ZERO), sum(vats, ZERO)
    return Taxes(
        whole + freight, consumption_taxes, vats, consumption_tax, vat, consumption_tax + vat
    )


class Landed(NamedTuple):
    """A whole quote: unit prices and goods by line, taxes, total."""

    units: list[Decimal]
    goods: list[Decimal]
    freight: Decimal
    taxes: Taxes
    total: Decimal


def landed(lines: Sequence[PlainLine], rate: Decimal, margin: Decimal, freight: Decimal) -> Landed:
    """Return the quote of ``lines`` priced in a foreign currency, ``rate`` for one unit of it."""
    factor = rate * (1 + margin / HUNDRED)
    units = [(line.price * factor).quantize(CENT, ROUND_HALF_UP) for line in lines]
    converted = [line._replace(price=unit) for line, unit in zip(lines, units, strict=True)]
    goods = [line.price * line.quantity for line in converted]
    found = taxes(converted, freight)
    return Landed(units, goods, freight, found, sum(goods, ZERO) + freight + found.total)
