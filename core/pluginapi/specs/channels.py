"""Channels: kinds, sourcing, listing, limits, prices, fulfilment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from core.pluginapi.context import Context
from core.pluginapi.markers import Combine, OnError, Policy, Where, hookspec
from core.pluginapi.types.commerce import (
    BuyerView,
    ChannelKind,
    FulfilmentPlan,
    Line,
    OfferView,
    OrderView,
    PoolView,
    PriceComponent,
    ProductView,
    QuoteDraft,
    ShopperTask,
    SourcingPlan,
    SupplierView,
)
from core.pluginapi.types.kernel import Setup
from core.pluginapi.types.values import Verdict

_CHECK = Policy(Combine.VERDICT, OnError.HOLD, Where.REQUEST)
_FIRST = Policy(Combine.FIRST, OnError.SKIP, Where.REQUEST)


@hookspec(Policy(Combine.COLLECT, OnError.REFUSE, Where.BOOT))
def register_channel_kinds(setup: Setup) -> Iterable[ChannelKind]:
    """Hand over ways of selling.

    Called once, when the plug-in is loaded. A channel is an operator's row that names a kind. A
    second plug-in with the same key is refused, and both are named.

    Example::

        @hookimpl
        def register_channel_kinds(setup: Setup) -> Iterable[ChannelKind]:
            return [M2C]
    """
    return ()


@hookspec(_FIRST)
def offer_sourcing(ctx: Context, line: Line, offers: Sequence[OfferView]) -> SourcingPlan | None:
    """Choose the offer that fills a line.

    Called for each line of a quote with the published offers of the channel. Not called when
    there is none. The first answer by the operator's priority is used; without one the cheapest
    available offer is.

    Example::

        @hookimpl
        def offer_sourcing(ctx: Context, line: Line, offers: Sequence[OfferView]) -> SourcingPlan | None:
            local = [o for o in offers if o.facts.get("warehouse")]
            return SourcingPlan(local[0].ref, Text("From the bonded warehouse")) if local else None
    """


@hookspec(_CHECK)
def check_listing(ctx: Context, product: ProductView) -> Verdict | None:
    """Judge whether a product may be sold in the channel.

    Called when an offer is published or changes. Not called again for each quote. ``deny`` and
    ``hold`` keep it out of the channel, with the reason shown to supplier and operator.

    Example::

        @hookimpl
        def check_listing(ctx: Context, product: ProductView) -> Verdict | None:
            if product.offer.facts.get("filing_number"):
                return None
            return Verdict(Level.DENY, "filing_missing", Text("No filing number"))
    """


@hookspec(_CHECK)
def check_purchase_limits(
    ctx: Context, buyer: BuyerView, lines: Sequence[Line], at: datetime
) -> Verdict | None:
    """Judge whether a buyer may buy this much.

    Called for a signed-in buyer when a quote is made and again before payment. Not called for
    anonymous quotes.

    Example::

        @hookimpl
        def check_purchase_limits(ctx: Context, buyer: BuyerView, lines: Sequence[Line],
                                  at: datetime) -> Verdict | None:
            if sum(line.quantity for line in lines) <= 50:
                return None
            return Verdict(Level.HOLD, "personal_use", Text("More than personal use"))
    """


@hookspec(Policy(Combine.COLLECT, OnError.SKIP, Where.REQUEST, currency_of="quote"))
def add_price_components(ctx: Context, quote: QuoteDraft) -> Iterable[PriceComponent]:
    """Add what the channel charges beside goods, freight, duty and tax.

    Called once per quote and channel, after sourcing and before freight. Not called when the
    stored quote is shown again. Amounts are in the quote's currency and name a source.

    Example::

        @hookimpl
        def add_price_components(ctx: Context, quote: QuoteDraft) -> Iterable[PriceComponent]:
            fee = (quote.goods * Decimal("0.05")).rounded()
            return [PriceComponent("service_fee", Text("Service fee"), fee, "channel settings",
                                   "fee.percent", basis=quote.goods, rate=Decimal(5))]
    """
    return ()


@hookspec(_FIRST)
def offer_fulfilment(ctx: Context, order: OrderView) -> FulfilmentPlan | None:
    """Say how a paid order will travel.

    Called once, after payment. Not called again when a parcel is re-routed.

    Example::

        @hookimpl
        def offer_fulfilment(ctx: Context, order: OrderView) -> FulfilmentPlan | None:
            return FulfilmentPlan(ImportMode.BONDED, "carrier_manual", "Ningbo")
    """


@hookspec(_CHECK)
def check_shopper(ctx: Context, shopper: SupplierView, task: ShopperTask) -> Verdict | None:
    """Judge whether a personal shopper may take a task.

    Called when an offer of a shopper is published and when a shopper is assigned. Not called for
    companies.

    Example::

        @hookimpl
        def check_shopper(ctx: Context, shopper: SupplierView, task: ShopperTask) -> Verdict | None:
            if shopper.facts.get("identity_verified") == "yes":
                return None
            return Verdict(Level.DENY, "shopper_not_verified", Text("Identity is not verified"))
    """


@hookspec(Policy(Combine.EVENT, OnError.RETRY, Where.TASK, db=True, since="experimental"))
def on_pool_changed(ctx: Context, pool: PoolView) -> None:
    """Hear that a group order reached its goal or ran out of time.

    Called after commit, in a job, at least once. Not called for each new member.

    Example::

        @hookimpl
        def on_pool_changed(ctx: Context, pool: PoolView) -> None:
            ctx.log.info("pool", key=pool.key, reached=pool.reached)
    """
