"""A quote explained: every amount with its basis, rate, rule and source, in groups that sum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.orders.models import StoredQuote
from core.pluginapi import Money, total
from core.shared.money import checked_decimal
from core.web.countries import country_name

GROUPS: tuple[tuple[str, Promise], ...] = (
    ("goods", _("Goods")),
    ("freight", _("International freight")),
    ("insurance", _("Insurance")),
    ("fee", _("Fees")),
    ("margin", _("Margin")),
    ("duty", _("Duty")),
    ("consumption_tax", _("Consumption tax")),
    ("vat", _("VAT")),
    ("postal_tax", _("Postal articles tax")),
)
CONVERTED = frozenset(("goods", "freight"))


@dataclass(frozen=True, slots=True)
class Row:
    """One amount. ``basis`` times ``rate`` gives it: an exchange rate where ``is_converted``,
    with ``margin`` percent added to it.
    """

    code: str
    label: dict[str, str]
    amount: Money
    basis: Money | None
    rate: str | None
    is_converted: bool
    margin: str
    rule_id: str
    source: str
    formula: str
    inputs: dict[str, str]
    at_border: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Amounts of one kind and their sum."""

    kind: str
    label: Promise | str
    amount: Money
    rows: tuple[Row, ...]


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


def groups_of(quote: StoredQuote) -> list[Group]:
    """Return a quote's components in groups; the groups' amounts sum to the quote's total."""
    document = quote.document
    found: list[Group] = []
    margins = _margins(document)
    rows = [_row(component, margins) for component in document.get("components", [])]
    kinds = [component["kind"] for component in document.get("components", [])]
    known = dict(GROUPS)
    order = [kind for kind, _label in GROUPS]
    for kind in sorted(set(kinds), key=lambda one: order.index(one) if one in order else 99):
        chosen = tuple(row for row, its in zip(rows, kinds, strict=True) if its == kind)
        amount = total((row.amount for row in chosen), document["currency"])
        found.append(Group(kind, known.get(kind, kind), amount, chosen))
    return found


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


def _margins(document: dict[str, Any]) -> dict[str, str]:
    """Return what was added to each exchange rate of a quote, by currency, in percent."""
    return {
        fx["pair"].partition("/")[0]: fx["margin_percent"]
        for fx in document.get("fx", [])
        if fx["purpose"] == "quote" and fx["margin_percent"] != "0"
    }


def _row(component: dict[str, Any], margins: dict[str, str]) -> Row:
    basis = component["basis"]
    return Row(
        code=component["code"],
        label=component["label"],
        amount=Money(checked_decimal(component["amount"]), component["currency"]),
        basis=Money(checked_decimal(basis), component["basis_currency"]) if basis else None,
        rate=component["rate"],
        is_converted=component["kind"] in CONVERTED,
        margin=margins.get(component["basis_currency"] or "", ""),
        rule_id=component["rule_id"],
        source=component["source"],
        formula=component["formula"],
        inputs=component["inputs"],
        at_border=component["paid_by"] == "border",
    )
