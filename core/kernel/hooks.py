"""The typed façade: one function per hook. Nobody else calls plug-ins.

``channel`` is where the question arises, None for the platform as a whole; a hook's own arguments
are keywords. ``add_*`` and ``slot_*`` return every answer, ``offer_*`` the first, ``check_*`` a
judgement in which a failed check holds, ``on_*`` who could not be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from core.kernel import dispatch
from core.kernel.dispatch import Judgement, collect, first, judge, tell
from core.kernel.guard import Failure
from core.kernel.loop import Answer
from core.pluginapi import (
    Action,
    BuyerView,
    CarrierGuess,
    CarrierHint,
    ChannelRef,
    CostComponent,
    CustomsEvent,
    EtaRange,
    FeedRunView,
    Finding,
    Fragment,
    FulfilmentPlan,
    Health,
    HsCandidate,
    ItemFacts,
    LandedCostDraft,
    Line,
    Margin,
    Note,
    OfferDraft,
    OfferPatch,
    OfferView,
    OrderEvent,
    OrderView,
    OriginClaim,
    Pair,
    ParcelView,
    Place,
    PoolView,
    PriceComponent,
    ProductView,
    Purpose,
    QuoteDraft,
    Rate,
    RuleSet,
    Severity,
    ShipmentFacts,
    ShopperTask,
    SourcingPlan,
    Subject,
    SupplierView,
    TrackingEvent,
)
from core.shared.money import Money

__all__ = ["Answer", "Failure", "Judgement", "deliver", "implementers"]


def implementers(hook: str, channel: ChannelRef | None, /) -> tuple[str, ...]:
    """Return the plug-ins that are on in ``channel`` and implement ``hook``."""
    return dispatch.implementers(hook, channel)


def deliver(hook: str, plugin: str, channel: ChannelRef | None, /, **arguments: Any) -> None:
    """Tell one plug-in of an event; nothing happens when it is off by now.

    Raises ProviderFailed when it failed, so that the caller's job tries again.
    """
    dispatch.deliver(hook, plugin, channel, arguments)


def add_health(channel: ChannelRef | None, /) -> list[Answer[Health]]:
    """Report how the plug-in is."""
    return collect("add_health", channel, ())


def offer_sourcing(
    channel: ChannelRef | None, /, *, line: Line, offers: Sequence[OfferView]
) -> Answer[SourcingPlan] | None:
    """Choose the offer that fills a line."""
    return first("offer_sourcing", channel, (line, offers))


def check_listing(channel: ChannelRef | None, /, *, product: ProductView) -> Judgement:
    """Judge whether a product may be sold in the channel."""
    return judge("check_listing", channel, (product,))


def check_purchase_limits(
    channel: ChannelRef | None, /, *, buyer: BuyerView, lines: Sequence[Line], at: datetime
) -> Judgement:
    """Judge whether a buyer may buy this much."""
    return judge("check_purchase_limits", channel, (buyer, lines, at))


def add_price_components(
    channel: ChannelRef | None, /, *, quote: QuoteDraft
) -> list[Answer[PriceComponent]]:
    """Add what the channel charges beside goods, freight, duty and tax."""
    return collect("add_price_components", channel, (quote,))


def offer_fulfilment(
    channel: ChannelRef | None, /, *, order: OrderView
) -> Answer[FulfilmentPlan] | None:
    """Say how a paid order will travel."""
    return first("offer_fulfilment", channel, (order,))


def check_shopper(
    channel: ChannelRef | None, /, *, shopper: SupplierView, task: ShopperTask
) -> Judgement:
    """Judge whether a personal shopper may take a task."""
    return judge("check_shopper", channel, (shopper, task))


def on_pool_changed(channel: ChannelRef | None, /, *, pool: PoolView) -> tuple[Failure, ...]:
    """Hear that a group order reached its goal or ran out of time."""
    return tell("on_pool_changed", channel, (pool,))


def check_offers(
    channel: ChannelRef | None,
    /,
    *,
    drafts: Sequence[OfferDraft],
    previous: Sequence[OfferView | None],
) -> list[Answer[Finding]]:
    """Find what is wrong with rows; a failed check holds every row of the batch."""
    values = (drafts, previous)
    answers, failures = dispatch.collect_or_fail("check_offers", channel, values)
    held = Finding("CHECK_FAILED", Severity.ERROR, Action.ROW_HELD, message=dispatch.UNMADE)
    for failure in failures:
        answers += [Answer(failure.plugin, replace(held, index=i)) for i in range(len(drafts))]
    return answers


def add_offer_patches(
    channel: ChannelRef | None, /, *, drafts: Sequence[OfferDraft]
) -> list[Answer[OfferPatch]]:
    """Complete rows: translations, brands, images."""
    return collect("add_offer_patches", channel, (drafts,))


def on_feed_finished(channel: ChannelRef | None, /, *, run: FeedRunView) -> tuple[Failure, ...]:
    """Hear that a feed ended, whatever the result."""
    return tell("on_feed_finished", channel, (run,))


def offer_rate(
    channel: ChannelRef | None, /, *, pair: Pair, at: datetime, purpose: Purpose
) -> Answer[Rate] | None:
    """Offer a rate that is not in the store."""
    return first("offer_rate", channel, (pair, at, purpose))


def add_fx_margin(
    channel: ChannelRef | None, /, *, pair: Pair, amount: Money, purpose: Purpose
) -> list[Answer[Margin]]:
    """Add a margin to a conversion."""
    return collect("add_fx_margin", channel, (pair, amount, purpose))


def check_rate(channel: ChannelRef | None, /, *, new: Rate, last: Rate | None) -> Judgement:
    """Judge a rate before it is stored."""
    return judge("check_rate", channel, (new, last))


def add_hs_candidates(
    channel: ChannelRef | None, /, *, item: ItemFacts
) -> list[Answer[HsCandidate]]:
    """Propose HS codes for an item."""
    return collect("add_hs_candidates", channel, (item,))


def add_cost_components(
    channel: ChannelRef | None, /, *, draft: LandedCostDraft
) -> list[Answer[CostComponent]]:
    """Add costs that arise with the import: a disbursement fee, insurance, a surcharge."""
    return collect("add_cost_components", channel, (draft,))


def check_import(
    channel: ChannelRef | None, /, *, shipment: ShipmentFacts, rules: RuleSet, at: date
) -> Judgement:
    """Judge whether goods may be imported at all, by the destination's rules of the day."""
    return judge("check_import", channel, (shipment, rules, at))


def offer_origin_preference(
    channel: ChannelRef | None, /, *, item: ItemFacts, regime: str
) -> Answer[OriginClaim] | None:
    """Claim a preferential origin."""
    return first("offer_origin_preference", channel, (item, regime))


def on_customs_status(channel: ChannelRef | None, /, *, event: CustomsEvent) -> tuple[Failure, ...]:
    """Hear what customs said of an order."""
    return tell("on_customs_status", channel, (event,))


def add_carrier_guesses(
    channel: ChannelRef | None, /, *, number: str, hint: CarrierHint
) -> list[Answer[CarrierGuess]]:
    """Say that a number may be this carrier's."""
    return collect("add_carrier_guesses", channel, (number, hint))


def add_tracking_notes(channel: ChannelRef | None, /, *, parcel: ParcelView) -> list[Answer[Note]]:
    """Explain a parcel's state on its tracking page."""
    return collect("add_tracking_notes", channel, (parcel,))


def offer_eta(channel: ChannelRef | None, /, *, parcel: ParcelView) -> Answer[EtaRange] | None:
    """Say when a parcel should arrive."""
    return first("offer_eta", channel, (parcel,))


def on_parcel_event(
    channel: ChannelRef | None, /, *, parcel: ParcelView, event: TrackingEvent
) -> tuple[Failure, ...]:
    """Hear of a new event of a parcel."""
    return tell("on_parcel_event", channel, (parcel, event))


def on_order_placed(channel: ChannelRef | None, /, *, event: OrderEvent) -> tuple[Failure, ...]:
    """Hear that an order was placed."""
    return tell("on_order_placed", channel, (event,))


def on_order_paid(channel: ChannelRef | None, /, *, event: OrderEvent) -> tuple[Failure, ...]:
    """Hear that an order was paid."""
    return tell("on_order_paid", channel, (event,))


def on_order_procured(channel: ChannelRef | None, /, *, event: OrderEvent) -> tuple[Failure, ...]:
    """Hear that an order has its goods ready."""
    return tell("on_order_procured", channel, (event,))


def on_order_shipped(channel: ChannelRef | None, /, *, event: OrderEvent) -> tuple[Failure, ...]:
    """Hear that an order was handed to a carrier."""
    return tell("on_order_shipped", channel, (event,))


def on_order_delivered(channel: ChannelRef | None, /, *, event: OrderEvent) -> tuple[Failure, ...]:
    """Hear that an order was delivered."""
    return tell("on_order_delivered", channel, (event,))


def on_order_completed(channel: ChannelRef | None, /, *, event: OrderEvent) -> tuple[Failure, ...]:
    """Hear that an order was completed."""
    return tell("on_order_completed", channel, (event,))


def on_order_cancelled(channel: ChannelRef | None, /, *, event: OrderEvent) -> tuple[Failure, ...]:
    """Hear that an order was cancelled."""
    return tell("on_order_cancelled", channel, (event,))


def on_order_refunded(channel: ChannelRef | None, /, *, event: OrderEvent) -> tuple[Failure, ...]:
    """Hear that an order was refunded."""
    return tell("on_order_refunded", channel, (event,))


def slot_product_page(
    channel: ChannelRef | None, /, *, place: Place, subject: Subject
) -> list[Answer[Fragment]]:
    """Put a fragment on the product page, below the price."""
    return collect("slot_product_page", channel, (place, subject))


def slot_quote(
    channel: ChannelRef | None, /, *, place: Place, subject: Subject
) -> list[Answer[Fragment]]:
    """Put a fragment on the quote page, below the amounts."""
    return collect("slot_quote", channel, (place, subject))


def slot_tracking_page(
    channel: ChannelRef | None, /, *, place: Place, subject: Subject
) -> list[Answer[Fragment]]:
    """Put a fragment on the tracking page, below the timeline."""
    return collect("slot_tracking_page", channel, (place, subject))
