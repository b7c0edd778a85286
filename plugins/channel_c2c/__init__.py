"""C2C: an overseas personal shopper buys on demand; goods travel as personal postal articles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

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
    Money,
    OfferView,
    OrderView,
    PluginSettings,
    PriceComponent,
    ProductView,
    QuoteDraft,
    Setup,
    ShopperTask,
    SourcingPlan,
    SupplierView,
    Text,
    Verdict,
    hookimpl,
)
from plugins.channel_c2c.kind import C2C
from plugins.channel_c2c.obligations import judge_shopper, shopper_only
from plugins.channel_c2c.settings import Settings

MANIFEST = Manifest(
    key="channel_c2c",
    name=Text("C2C: overseas shoppers", "C2C 海外买手", "C2C 海外買手"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "A verified personal shopper abroad buys on demand, for a disclosed fee. The money is "
        "held until delivery is confirmed; goods enter China as personal postal articles.",
        "经过核验的海外买手按需代购，服务费公开。货款由平台担保至确认收货；商品以行邮方式入境。",
        "經過核驗的海外買手按需代購，服務費公開。貨款由平台擔保至確認收貨；商品以行郵方式入境。",
    ),
    provides=(Capability.CHANNEL,),
    author="Haitao",
    licence="Apache-2.0",
    docs="explanation/orders.md",
)


def _ours(ctx: Context) -> bool:
    return ctx.channel is not None and ctx.channel.kind == C2C.key


@hookimpl
def register_settings(setup: Setup) -> type[PluginSettings]:
    """Hand over the channel's settings."""
    return Settings


@hookimpl
def register_channel_kinds(setup: Setup) -> Iterable[ChannelKind]:
    """Hand over the kind ``c2c``."""
    return [C2C]


@hookimpl
def check_listing(ctx: Context, product: ProductView) -> Verdict | None:
    """Refuse companies: this channel is for personal shoppers."""
    return shopper_only(product) if _ours(ctx) else None


@hookimpl
def check_shopper(ctx: Context, shopper: SupplierView, task: ShopperTask) -> Verdict | None:
    """Refuse shoppers without verified identity, residence proof or deposit."""
    return judge_shopper(shopper) if _ours(ctx) else None


@hookimpl
def check_purchase_limits(
    ctx: Context, buyer: BuyerView, lines: Sequence[Line], at: datetime
) -> Verdict | None:
    """Refuse what customs would not take for personal use."""
    if not _ours(ctx):
        return None
    per_item, per_order = ctx.settings.max_per_item, ctx.settings.max_per_order
    largest = max((line.quantity for line in lines), default=0)
    if largest <= per_item and sum(line.quantity for line in lines) <= per_order:
        return None
    return Verdict(
        Level.DENY,
        "personal_use_quantity",
        Text(
            f"Personal articles: at most {per_item} of one item and {per_order} pieces an order.",
            f"个人物品限自用：同一商品最多 {per_item} 件，每单最多 {per_order} 件。",
            f"個人物品限自用：同一商品最多 {per_item} 件，每單最多 {per_order} 件。",
        ),
        {"per_item": str(per_item), "per_order": str(per_order)},
    )


@hookimpl
def add_price_components(ctx: Context, quote: QuoteDraft) -> Iterable[PriceComponent]:
    """Add the shopper's fee: a percentage of the goods, with a minimum."""
    if not _ours(ctx) or ctx.channel is None:
        return []
    percent: Decimal = ctx.settings.fee_percent
    fee = Money(quote.goods.amount * percent / 100, quote.currency).rounded()
    least = Money(ctx.settings.fee_minimum, ctx.channel.currency)
    at_least = least.currency == quote.currency and fee < least
    amount = least.rounded() if at_least else fee
    if not amount:
        return []
    return [
        PriceComponent(
            code="shopper_fee",
            label=Text("Shopper's fee", "买手服务费", "買手服務費"),
            amount=amount,
            source=f"settings of channel {ctx.channel.key}",
            rule_id="channel_c2c.fee_minimum" if at_least else "channel_c2c.fee_percent",
            basis=quote.goods,
            rate=None if at_least else percent,
            order=50,
        )
    ]


@hookimpl
def offer_sourcing(ctx: Context, line: Line, offers: Sequence[OfferView]) -> SourcingPlan | None:
    """Choose the cheapest shopper who can buy all of the line."""
    if not _ours(ctx):
        return None
    able = [o for o in offers if o.available is None or o.available >= line.quantity]
    if not able or len({o.price.currency for o in able}) > 1:
        return None
    best = min(able, key=lambda offer: (offer.price.amount, offer.lead_time_days))
    return SourcingPlan(
        best.ref,
        Text(
            f"Bought for you by {best.supplier.name}",
            f"由买手 {best.supplier.name} 代购",
            f"由買手 {best.supplier.name} 代購",
        ),
    )


@hookimpl
def offer_fulfilment(ctx: Context, order: OrderView) -> FulfilmentPlan | None:
    """The shopper posts the parcel."""
    if not _ours(ctx):
        return None
    offer = order.lines[0].offer if order.lines else None
    origin = offer.ship_from if offer else ""
    return FulfilmentPlan(ImportMode.POSTAL, ctx.settings.carrier, origin)
