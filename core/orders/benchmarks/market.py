"""A small market to measure in: three channels to China, three goods, rates, freight."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from core.catalog.services import publish_offer
from core.catalog.types import PublishRequest
from core.fx.services import set_rate
from core.kernel import activation, snapshot
from core.kernel.models import Channel
from core.orders.quoting.types import QuoteRequest, WantedLine
from core.pluginapi import Money, Pair, Purpose, SupplierRef, SupplierView
from core.shared.clock import today
from core.shared.ids import new_id
from customs.loading import load_rules

ACTOR = "bench"
CHANNELS = {"m2c": "channel_m2c", "b2c_bonded": "channel_b2c", "b2c_direct": "channel_b2c"}
PAPERS = {
    "authorised_brands": "Acme",
    "overseas_retail_licence": "JP-1",
    "origin_evidence": "COO-1",
    "local_return_address": "Shanghai",
}
FACTS = {"filing_number": "330-1", "warehouse": "Ningbo", "purchase_invoice": "INV-1"}
GOODS: tuple[tuple[str, str, str, str], ...] = (
    ("BENCH0", "3304990039", "15000", "50 g"),
    ("BENCH1", "3305100090", "2400", "500 ml"),
    ("BENCH2", "6109100021", "3900", ""),
)
"""SKU, HS code, price in yen, net content: high-end cosmetics, shampoo, a T-shirt."""

QUANTITIES = (2, 1, 3)
REQUEST = QuoteRequest(
    country="CN",
    lines=tuple(
        WantedLine(sku, quantity) for (sku, *_), quantity in zip(GOODS, QUANTITIES, strict=True)
    ),
)


def fill() -> None:
    """Open the channels, publish every good in each, set rates. The database must be empty."""
    snapshot.forget()
    _switch_on("duty_cn", None)
    load_rules()
    for base, value in (("JPY", "0.0481"), ("EUR", "7.9123"), ("USD", "7.0511")):
        set_rate(
            Pair(base, "CNY"),
            Decimal(value),
            as_of=today(),
            max_age=timedelta(days=30),
            actor=ACTOR,
            purpose=Purpose.QUOTE,
        )
    supplier = SupplierView(SupplierRef(new_id()), "Acme Japan", "company", "JP", PAPERS)
    for kind, plugin in CHANNELS.items():
        channel = _open(kind, plugin)
        for sku, hs_code, price, content in GOODS:
            _sell(channel, supplier, sku, hs_code=hs_code, price=price, content=content)
    snapshot.forget()


def _open(kind: str, plugin: str) -> Channel:
    channel = Channel.objects.create(
        key=kind, kind=kind, names={"en": kind}, market="CN", currency="CNY", demonstration=True
    )
    rows = [freight_row(origin) for origin in ("JP", "CN")]
    _switch_on("carrier_manual", channel, {"tariff": rows})
    _switch_on(plugin, channel)
    return channel


def _switch_on(
    plugin: str, channel: Channel | None, settings: Mapping[str, Any] | None = None
) -> None:
    if not activation.is_on(plugin, channel):
        activation.enable(plugin, channel, actor=ACTOR)
    if settings and (wrong := activation.save_settings(plugin, channel, settings, actor=ACTOR)):
        raise RuntimeError(f"the bench's settings of {plugin} are wrong: {wrong}")


def freight_row(origin: str) -> dict[str, Any]:
    """Return one line of a freight tariff to China, in yuan."""
    return {
        "title": "Parcel",
        "origin": origin,
        "destination": "CN",
        "first_grams": 500,
        "first_price": "30.00",
        "step_grams": 500,
        "step_price": "10.00",
        "currency": "CNY",
        "days_min": 4,
        "days_max": 9,
    }


def _sell(
    channel: Channel, supplier: SupplierView, sku: str, *, hs_code: str, price: str, content: str
) -> None:
    result = publish_offer(
        channel,
        PublishRequest(
            supplier=supplier,
            sku=sku,
            titles={"en": f"Thing {sku}", "zh-Hans": "物品"},
            price=Money(Decimal(price), "JPY"),
            brand="Acme",
            hs_code=hs_code,
            origin="JP",
            net_grams=150,
            gross_grams=180,
            net_content=content,
            quantity=10**6,
            ship_from="CN" if channel.kind == "b2c_bonded" else "JP",
            facts=FACTS,
        ),
    )
    if not result.published:
        raise RuntimeError(f"the bench's offer {sku} is not on sale: {result.reasons}")
