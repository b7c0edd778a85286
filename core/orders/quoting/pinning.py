"""What a quote's document keeps so that it explains itself and can be computed again."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.orders.quoting.types import BasketLine, Component, PricedLine
from core.pluginapi import (
    ItemRef,
    ItemView,
    Money,
    OfferRef,
    OfferView,
    Rule,
    ShipmentFacts,
    ShipmentLine,
    SupplierRef,
    SupplierView,
    Text,
)

MEASURES = ("net_kg", "litres", "abv")
AMOUNTS = ("freight", "insurance", "inland_transport")
WORDS = ("country", "region", "currency", "channel", "shipped_from", "mode", "regime")
LINE_WORDS = ("description", "hs_code", "origin", "net_content", "category")


def rule_json(rule: Rule) -> dict[str, Any]:
    """Return what a reader needs of a rule; its values stand in the formulas' inputs."""
    return {
        "title": rule.title.as_dict(),
        "valid_from": rule.valid_from.isoformat(),
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else None,
        "source": rule.source,
        "confidence": rule.confidence,
        "unverified": list(rule.unverified),
    }


def shipment_json(shipment: ShipmentFacts) -> dict[str, Any]:
    """Return what customs saw, beside the facts; what is empty is left out."""
    lines = [
        {name: getattr(line, name) for name in LINE_WORDS if getattr(line, name)}
        | {name: f"{v:f}" for name in MEASURES if (v := getattr(line, name)) is not None}
        | {"unit_price": f"{line.unit_price:f}", "quantity": line.quantity}
        for line in shipment.lines
    ]
    return {
        **{name: getattr(shipment, name) for name in WORDS if getattr(shipment, name)},
        **{name: f"{v:f}" for name in AMOUNTS if (v := getattr(shipment, name))},
        "fx": {code: f"{rate:f}" for code, rate in shipment.fx.items()},
        "lines": lines,
    }


def shipment_from(stored: Mapping[str, Any], facts: Mapping[str, Any]) -> ShipmentFacts:
    """Read what :func:`shipment_json` wrote."""
    words: dict[str, Any] = {name: stored.get(name, "") for name in WORDS}
    amounts: dict[str, Any] = {name: Decimal(stored.get(name, "0")) for name in AMOUNTS}
    return ShipmentFacts(
        **words,
        **amounts,
        fx={code: Decimal(rate) for code, rate in stored["fx"].items()},
        facts=dict(facts),
        lines=tuple(_shipment_line(line) for line in stored["lines"]),
    )


def _shipment_line(stored: Mapping[str, Any]) -> ShipmentLine:
    words: dict[str, Any] = {name: stored.get(name, "") for name in LINE_WORDS}
    measures: dict[str, Any] = {name: Decimal(stored[name]) for name in MEASURES if name in stored}
    price, quantity = Decimal(stored["unit_price"]), stored["quantity"]
    return ShipmentLine(unit_price=price, quantity=quantity, **words, **measures)


def line_from(stored: Mapping[str, Any], currency: str) -> PricedLine:
    """Read what ``line_json`` wrote."""
    title = Text.from_dict(stored["title"])
    item = ItemView(
        ref=ItemRef(UUID(stored["item"])),
        sku=stored["sku"],
        title=title,
        brand=stored["brand"],
        gtin=stored["gtin"],
        hs_code=stored["hs_code"],
        origin=stored["origin"],
        gross_grams=stored["gross_grams"],
    )
    offer = OfferView(
        ref=OfferRef(UUID(stored["offer"])),
        item=item.ref,
        supplier=SupplierView(
            SupplierRef(UUID(stored["supplier"])), stored["seller"], "", stored["ship_from"]
        ),
        sku=stored["sku"],
        price=Money(Decimal(stored["offer_price"]), stored["offer_currency"]),
        available=None,
        ship_from=stored["ship_from"],
        facts={"warehouse": stored["warehouse"]},
    )
    return PricedLine(
        basket=BasketLine(item, stored["quantity"], stored["asked_for"], stored["hs_state"]),
        offer=offer,
        reason=Text.from_dict(stored["sourcing"]),
        unit_price=Money(Decimal(stored["unit_price"]), currency),
        goods=Money(Decimal(stored["goods"]), currency),
    )


def component_from(stored: Mapping[str, Any]) -> Component:
    """Read what ``component_json`` wrote."""
    basis, rate = stored["basis"], stored["rate"]
    return Component(
        code=stored["code"],
        kind=stored["kind"],
        label=Text.from_dict(stored["label"]),
        amount=Money(Decimal(stored["amount"]), stored["currency"]),
        rule_id=stored["rule_id"],
        source=stored["source"],
        basis=None if basis is None else Money(Decimal(basis), stored["basis_currency"]),
        rate=None if rate is None else Decimal(rate),
        line=stored["line"],
        formula=stored["formula"],
        inputs=stored["inputs"],
        plugin=stored["plugin"],
        paid_by=stored["paid_by"],
        order=stored["order"],
    )
