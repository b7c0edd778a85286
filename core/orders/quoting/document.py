"""The document that a quote is: canonical JSON bytes and their hash."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec

from core.orders.quoting.rates import plain
from core.orders.quoting.types import Component, PricedLine
from core.pluginapi import Money
from core.shared.money import exponent


def sealed(document: Mapping[str, Any]) -> tuple[bytes, str]:
    """Return the bytes of ``document`` with its ``hash``, and the hash: SHA-256 without it.

    There is one byte form: sorted keys, no blanks, UTF-8, no floats. Raises TypeError for a value
    that JSON cannot hold, floats included.
    """
    before = _members({key: value for key, value in document.items() if key < "hash"})
    after = _members({key: value for key, value in document.items() if key > "hash"})
    digest = hashlib.sha256(_object(before, after)).hexdigest()
    return _object(before, b'"hash":"%b"' % digest.encode(), after), digest


def _members(document: Mapping[str, Any]) -> bytes:
    """Return what stands between the braces of an object."""
    body = _ENCODER.encode(document)
    if any(pattern.search(body) for pattern in _LIKE_FLOATS):
        try:
            _DECODER.decode(body)
        except msgspec.ValidationError:
            raise TypeError("a quote holds decimal strings, never floats") from None
    return body[1:-1]


def _object(*members: bytes) -> bytes:
    return b"{%b}" % b",".join(filter(None, members))


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
    rounded = money.amount.quantize(_step(exponent(money.currency)))
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


def _refuse(number: str) -> None:
    raise ValueError(number)


_ENCODER = msgspec.json.Encoder(order="sorted")
_LIKE_FLOATS = [re.compile(start + rb"-?\d+[.eE]") for start in (rb'":', rb"\[", rb",")]
"""Where a float would begin: a value, an element. Text can look so too, hence the decoder.

One pattern for each, because a pattern is searched fast by the literal that it begins with.
"""
_DECODER = msgspec.json.Decoder(float_hook=_refuse)
