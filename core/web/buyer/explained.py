"""What a quote is for, and what its rules leave open; its amounts are ``customs.explain``'s."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.orders.models import StoredQuote
from core.pluginapi import Money
from core.shared.money import checked_decimal
from core.web.countries import country_name


@dataclass(frozen=True, slots=True)
class Line:
    """What is bought."""

    item: str
    title: dict[str, str]
    brand: str
    quantity: int
    hs_code: str
    origin: str
    seller: str
    unit_price: Money
    goods: Money
    offer_price: Money
    sourcing: dict[str, str]


def doubts_of(quote: StoredQuote) -> list[tuple[str, dict[str, Any]]]:
    """Return the rules of a quote, by id, whose sources leave something open."""
    rules = quote.document.get("rules_in_force", {})
    return [(key, rule) for key, rule in rules.items() if rule.get("unverified")]


def lines_of(quote: StoredQuote) -> list[Line]:
    """Return what a quote is for."""
    document = quote.document
    currency = document["currency"]
    return [
        Line(
            item=line["item"],
            title=line["title"],
            brand=line["brand"],
            quantity=line["quantity"],
            hs_code=line["hs_code"],
            origin=country_name(line["origin"]) if line["origin"] else "",
            seller=line["seller"],
            unit_price=Money(checked_decimal(line["unit_price"]), currency),
            goods=Money(checked_decimal(line["goods"]), currency),
            offer_price=Money(checked_decimal(line["offer_price"]), line["offer_currency"]),
            sourcing=line["sourcing"],
        )
        for line in document.get("lines", [])
    ]
