"""The document that a quote is: canonical JSON bytes and their hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec

from core.orders.quoting.rates import plain
from core.orders.quoting.types import Component, PricedLine
from core.pluginapi import Money
from core.shared.money import exponent


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return the one byte form of ``document``: sorted keys, no blanks, UTF-8, no floats.

    Raises TypeError for a value that JSON cannot hold, floats included.
    """
    _refuse_floats(document)
    return _ENCODER.encode(document)


def sealed(document: Mapping[str, Any]) -> tuple[bytes, str]:
    """Return the bytes of ``document`` with its ``hash``, and the hash: SHA-256 without it."""
    before = canonical({key: value for key, value in document.items() if key < "hash"})[1:-1]
    after = canonical({key: value for key, value in document.items() if key > "hash"})[1:-1]
    digest = hashlib.sha256(_object(before, after)).hexdigest()
    return _object(before, b'"hash":"%b"' % digest.encode(), after), digest


def _object(*members: bytes) -> bytes:
    return b"{%b}" % b",".join(filter(None, members))


def _refuse_floats(value: Any) -> None:
    """Look at everything that is not text, which nearly all is. Raises TypeError."""
    if isinstance(value, dict):
        for item in value.values():
            if type(item) is not str:
                _refuse_floats(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            if type(item) is not str:
                _refuse_floats(item)
    elif isinstance(value, float):
        raise TypeError("a quote holds decimal strings, never floats")


def intact(body: bytes, digest: str) -> bool:
    """Say whether ``body`` is the canonical document that ``digest`` was computed of."""
    try:
        document = json.loads(body)
    except ValueError:
        return False
    again, found = sealed(document)
    return found == digest == document.get("hash") and again == body


def amount_text(money: Money) -> str:
    """Return an amount with exactly the currency's decimals, or more where it has more."""
    text, places = f"{money.amount:f}", exponent(money.currency)
    if places and text[-places - 1 : -places] == ".":
        return text
    rounded = money.amount.quantize(_step(places))
    return f"{rounded:f}" if rounded == money.amount else plain(money.amount)


@cache
def _step(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


def component_json(component: Component) -> dict[str, Any]:
    """Return a component as the document holds it."""
    basis = component.basis
    return {
        "code": component.code,
        "kind": component.kind,
        "label": component.label.as_dict(),
        "amount": amount_text(component.amount),
        "currency": component.amount.currency,
        "basis": amount_text(basis) if basis is not None else None,
        "basis_currency": basis.currency if basis is not None else None,
        "rate": plain(component.rate) if component.rate is not None else None,
        "rule_id": component.rule_id,
        "source": component.source,
        "line": component.line,
        "formula": component.formula,
        "inputs": dict(component.inputs),
        "plugin": component.plugin,
        "paid_by": component.paid_by,
        "order": component.order,
    }


def line_json(line: PricedLine) -> dict[str, Any]:
    """Return a priced line as the document holds it."""
    item, offer = line.basket.item, line.offer
    return {
        "item": str(item.ref),
        "sku": offer.sku,
        "asked_for": line.basket.reference,
        "title": item.title.as_dict(),
        "brand": item.brand,
        "gtin": item.gtin,
        "hs_code": item.hs_code,
        "hs_state": line.basket.hs_state,
        "origin": item.origin,
        "quantity": line.basket.quantity,
        "gross_grams": item.gross_grams,
        "offer": str(offer.ref),
        "supplier": str(offer.supplier.ref),
        "seller": offer.supplier.name,
        "offer_price": amount_text(offer.price),
        "offer_currency": offer.price.currency,
        "unit_price": amount_text(line.unit_price),
        "goods": amount_text(line.goods),
        "ship_from": offer.ship_from or offer.supplier.country,
        "warehouse": offer.facts.get("warehouse", ""),
        "sourcing": line.reason.as_dict(),
    }


def in_order(components: Sequence[Component]) -> list[Component]:
    """Return components in the order in which they are shown."""
    return sorted(components, key=lambda one: (one.order, one.line or 0, one.code))


_ENCODER = msgspec.json.Encoder(order="sorted")
