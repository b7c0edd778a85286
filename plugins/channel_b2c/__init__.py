"""B2C: the platform buys and sells, from a bonded zone or from its warehouse abroad."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from core.pluginapi import (
    BuyerView,
    Capability,
    ChannelKind,
    Context,
    FulfilmentPlan,
    ImportMode,
    Level,
    Line,
    Manifest,
    OfferView,
    OrderView,
    PluginSettings,
    ProductView,
    Setup,
    SourcingPlan,
    Text,
    Verdict,
    hookimpl,
)
from plugins.channel_b2c.kinds import BONDED, KINDS
from plugins.channel_b2c.obligations import judge_bonded, judge_direct
from plugins.channel_b2c.settings import Settings

MANIFEST = Manifest(
    key="channel_b2c",
    name=Text("B2C: sold by the platform", "B2C 平台自营", "B2C 平台自營"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "The platform buys and sells. From the bonded zone an item needs its filing number and "
        "stock in the warehouse; sent direct it needs a purchase invoice and its origin.",
        "平台自行采购并销售。保税仓发货须有商品备案号和在库库存；海外直邮须有采购发票和原产地。",
        "平台自行採購並銷售。保稅倉出貨須有商品備案號和在庫庫存；海外直郵須有採購發票和原產地。",
    ),
    provides=(Capability.CHANNEL,),
    author="Haitao",
    licence="Apache-2.0",
    docs="explanation/orders.md",
)


@hookimpl
def register_settings(setup: Setup) -> type[PluginSettings]:
    """Hand over the channel's settings."""
    return Settings


@hookimpl
def register_channel_kinds(setup: Setup) -> Iterable[ChannelKind]:
    """Hand over the kinds ``b2c_bonded`` and ``b2c_direct``."""
    return list(KINDS.values())


@hookimpl
def check_listing(ctx: Context, product: ProductView) -> Verdict | None:
    """Refuse bonded items without filing or stock, direct items without invoice or origin."""
    if ctx.channel is None or ctx.channel.kind not in KINDS:
        return None
    return judge_bonded(product) if ctx.channel.kind == BONDED.key else judge_direct(product)


@hookimpl
def check_purchase_limits(
    ctx: Context, buyer: BuyerView, lines: Sequence[Line], at: datetime
) -> Verdict | None:
    """Hold what is more than a household uses."""
    if ctx.channel is None or ctx.channel.kind not in KINDS:
        return None
    limit = ctx.settings.max_per_item
    if all(line.quantity <= limit for line in lines):
        return None
    return Verdict(
        Level.HOLD,
        "personal_use_quantity",
        Text(
            f"At most {limit} pieces of one item can be bought for personal use.",
            f"同一商品每次最多购买 {limit} 件，限个人自用。",
            f"同一商品每次最多購買 {limit} 件，限個人自用。",
        ),
        {"limit": str(limit)},
    )


@hookimpl
def offer_sourcing(ctx: Context, line: Line, offers: Sequence[OfferView]) -> SourcingPlan | None:
    """Fill a line from the platform's own warehouse, where one has enough."""
    if ctx.channel is None or ctx.channel.kind not in KINDS:
        return None
    stocked = [
        offer
        for offer in offers
        if offer.facts.get("warehouse")
        and offer.available is not None
        and offer.available >= line.quantity
    ]
    if not stocked or len({offer.price.currency for offer in stocked}) > 1:
        return None
    best = min(stocked, key=lambda offer: offer.price.amount)
    warehouse = best.facts["warehouse"]
    return SourcingPlan(
        best.ref,
        Text(
            f"In stock at {warehouse}",
            f"{warehouse} 有现货",
            f"{warehouse} 有現貨",
        ),
    )


@hookimpl
def offer_fulfilment(ctx: Context, order: OrderView) -> FulfilmentPlan | None:
    """Say which warehouse the order leaves, and by whom."""
    if ctx.channel is None or ctx.channel.kind not in KINDS:
        return None
    kind = KINDS[ctx.channel.kind]
    offer = order.lines[0].offer if order.lines else None
    leaves = offer.ship_from if offer else ""
    if offer and kind.import_mode is ImportMode.BONDED:
        leaves = offer.facts.get("warehouse", leaves)
    return FulfilmentPlan(kind.import_mode, ctx.settings.carrier, leaves)
