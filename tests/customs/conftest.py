"""Shipments, and the regimes switched on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.pluginapi import ChannelRef, ShipmentFacts, ShipmentLine, Text

DAY = date(2026, 11, 22)


@pytest.fixture
def line() -> Callable[..., ShipmentLine]:
    """Build a line: ``line("100", hs_code="33049900")``."""

    def make(price: str, quantity: int = 1, **fields: Any) -> ShipmentLine:
        given = fields.pop("rates", None)
        rates = given and {kind: Decimal(rate) for kind, rate in given.items()}
        return ShipmentLine("goods", Decimal(price), quantity, rates=rates, **fields)

    return make


@pytest.fixture
def shipment() -> Callable[..., ShipmentFacts]:
    """Build a shipment to CN, bonded: ``shipment(line(…), freight="20")``."""

    def make(*lines: ShipmentLine, **fields: Any) -> ShipmentFacts:
        amounts = {k: Decimal(fields.pop(k, "0")) for k in ("freight", "insurance")}
        given = {"country": "CN", "region": "", "currency": "CNY", "channel": "bonded"}
        return ShipmentFacts(lines=tuple(lines), **{**given, **fields}, **amounts)

    return make


@pytest.fixture
def ref() -> ChannelRef:
    """A channel that sells to Germany."""
    return ChannelRef("b2c-de", "b2c_direct", Text("Germany"), "DE", "EUR", True)
