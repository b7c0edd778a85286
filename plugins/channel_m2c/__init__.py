"""M2C: an overseas brand or manufacturer sells direct, sent per order from abroad."""

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
from plugins.channel_m2c.kind import M2C
from plugins.channel_m2c.obligations import judge
from plugins.channel_m2c.settings import Settings

MANIFEST = Manifest(
    key="channel_m2c",
    name=Text("M2C: sold by the brand", "M2C 厂家直供", "M2C 原廠直供"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "An overseas brand or manufacturer sells direct. Listing needs its brand authorisation, "
        "overseas retail licence, evidence of origin and a local return address; its price floor "
        "and ceiling are kept.",
        "海外品牌方或厂家直接销售。上架须有品牌授权、境外零售资质、原产地证明和境内退货地址，"
        "并遵守品牌方的最低价和最高价。",
        "海外品牌方或原廠直接銷售。上架須有品牌授權、境外零售資質、原產地證明和境內退貨地址，"
        "並遵守品牌方的最低價和最高價。",
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
    """Hand over the kind ``m2c``."""
    return [M2C]


@hookimpl
def check_listing(ctx: Context, product: ProductView) -> Verdict | None:
    """Refuse what the brand has not authorised, or sells outside its own price bounds."""
    if ctx.channel is None or ctx.channel.kind != M2C.key:
        return None
    return judge(product)


@hookimpl
def check_purchase_limits(
    ctx: Context, buyer: BuyerView, lines: Sequence[Line], at: datetime
) -> Verdict | None:
    """Hold what is more than a household uses."""
    if ctx.channel is None or ctx.channel.kind != M2C.key:
        return None
    limit = ctx.settings.max_per_item
    for line in lines:
        if line.quantity > limit:
            return Verdict(
                Level.HOLD,
                "personal_use_quantity",
                Text(
                    f"At most {limit} pieces of one item can be bought for personal use.",
                    f"同一商品每次最多购买 {limit} 件，限个人自用。",
                    f"同一商品每次最多購買 {limit} 件，限個人自用。",
                ),
                {"sku": line.item.sku, "limit": str(limit)},
            )
    return None


@hookimpl
def offer_sourcing(ctx: Context, line: Line, offers: Sequence[OfferView]) -> SourcingPlan | None:
    """Choose the authorised seller that hands over soonest, then the cheaper one."""
    if ctx.channel is None or ctx.channel.kind != M2C.key:
        return None
    able = [o for o in offers if o.available is None or o.available >= line.quantity]
    if not able or len({o.price.currency for o in able}) > 1:
        return None
    best = min(able, key=lambda offer: (offer.lead_time_days, offer.price.amount))
    return SourcingPlan(
        best.ref,
        Text(
            f"Sold by {best.supplier.name}, ready soonest",
            f"由 {best.supplier.name} 直供，备货最快",
            f"由 {best.supplier.name} 直供，備貨最快",
        ),
    )


@hookimpl
def offer_fulfilment(ctx: Context, order: OrderView) -> FulfilmentPlan | None:
    """The brand sends each order itself, by direct mail."""
    if ctx.channel is None or ctx.channel.kind != M2C.key:
        return None
    offer = order.lines[0].offer if order.lines else None
    origin = offer.ship_from if offer else ""
    return FulfilmentPlan(ImportMode.DIRECT_MAIL, ctx.settings.carrier, origin)
