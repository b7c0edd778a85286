"""Carries staged offers into the channels that they supply, under each supply's price rule."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from core.catalog.errors import CatalogError
from core.catalog.services import publish_offer, withdraw_offer
from core.catalog.types import PublishRequest
from core.jobs import JobContext, enqueue
from core.kernel.models import Channel
from core.pluginapi import Money, SupplierView
from suppliers.models import Feed, StagedOffer, Supply
from suppliers.normalise.draft import UNKNOWN_LANGUAGE

PUBLISH = "suppliers.publish"
BATCH = 50


def publish_later(feed: Feed) -> None:
    """Enqueue, for each supply of the feed's scope, what the feed changed."""
    for supply in Supply.objects.filter(supplier_id=feed.supplier_id, scope=feed.scope, is_on=True):
        payload = {"supply": str(supply.pk), "feed": str(feed.pk)}
        enqueue(PUBLISH, payload, key=f"{supply.pk.hex}:{feed.pk.hex}", again=True)


def publish_all_later(supply: Supply) -> None:
    """Enqueue all offers of a supply, after its price rule changed or it was switched on."""
    enqueue(PUBLISH, {"supply": str(supply.pk), "feed": None}, key=supply.pk.hex, again=True)


def run_publish(job: JobContext) -> None:
    """Publish or withdraw, in chunks, what a feed changed; without a feed, everything."""
    supplies = Supply.objects.select_related("supplier", "channel")
    supply = supplies.filter(pk=job.payload["supply"]).first()
    if supply is None:
        return
    offers = StagedOffer.objects.filter(supplier_id=supply.supplier_id, scope=supply.scope)
    if job.payload.get("feed"):
        offers = offers.filter(changed_by=UUID(job.payload["feed"]))
    done = int(job.cursor.get("done", 0))
    after = job.cursor.get("after")
    while batch := _next(offers, after):
        after = str(batch[-1].pk)
        with job.chunk() as chunk:
            for offer in batch:
                _carry(supply, offer)
            done += len(batch)
            chunk.save(cursor={"after": after, "done": done}, done=done)


def _next(offers: QuerySet[StagedOffer], after: str | None) -> Sequence[StagedOffer]:
    ordered = offers.order_by("pk")
    page = ordered.filter(pk__gt=UUID(after)) if after else ordered
    return list(page[:BATCH])


def _carry(supply: Supply, offer: StagedOffer) -> None:
    channel = supply.channel
    if not supply.is_on or offer.state != StagedOffer.State.ACTIVE or _is_blocked(channel, offer):
        withdraw_offer(channel, supply.supplier_id, offer.sku)
        return
    try:
        publish_offer(channel, request_of(supply, offer, supply.supplier.view))
    except CatalogError:
        # The catalogue refuses what it cannot hold; what was shown before must not stay.
        withdraw_offer(channel, supply.supplier_id, offer.sku)


def _is_blocked(channel: Channel, offer: StagedOffer) -> bool:
    return bool({channel.kind, channel.key, channel.market.lower()} & set(offer.blocked_for))


def selling_price(supply: Supply, cost: Money) -> Money:
    """Return what the buyer pays for the goods, in the supplier's currency."""
    if supply.price_rule == Supply.PriceRule.AS_GIVEN:
        return cost
    return (cost * (1 + Decimal(supply.markup_percent) / 100)).rounded()


def request_of(supply: Supply, offer: StagedOffer, supplier: SupplierView) -> PublishRequest:
    """Return what the catalogue is asked to list for a staged offer."""
    cost = Money.of(offer.price)
    language = supply.supplier.language or "en"
    is_out = offer.availability == "out_of_stock"
    return PublishRequest(
        supplier=supplier,
        sku=offer.sku,
        titles=_named(offer.titles, language),
        descriptions=_named(offer.descriptions, language),
        price=selling_price(supply, cost),
        cost=cost,
        brand=offer.brand,
        gtin=offer.gtin,
        category=offer.category,
        hs_code=offer.hs_code,
        origin=offer.origin,
        net_grams=offer.net_grams,
        gross_grams=offer.gross_grams,
        net_content=offer.net_content,
        images=tuple(offer.images),
        quantity=0 if is_out else offer.quantity,
        ship_from=offer.ship_from,
        lead_time_days=offer.lead_time_days or 0,
        facts={str(key): str(value) for key, value in offer.facts.items()},
    )


def _named(texts: dict[str, str], language: str) -> dict[str, str]:
    return {
        language if tongue == UNKNOWN_LANGUAGE else tongue: text for tongue, text in texts.items()
    }
