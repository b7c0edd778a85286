"""What plug-ins may ask of orders and offers, through ``ctx.verbs``."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from core.buyers.models import Buyer
from core.catalog.errors import CatalogError
from core.catalog.models import Item
from core.catalog.services import publish_offer
from core.catalog.types import PublishRequest
from core.kernel.models import Channel
from core.kernel.verbs import register_verb
from core.orders.flow import transition
from core.orders.models import Order
from core.orders.placing import place_order
from core.orders.quotes import load_quote
from core.orders.settlement import release_escrow
from core.pluginapi import (
    BuyerRef,
    ChannelRef,
    InvalidInput,
    ItemRef,
    Money,
    OfferRef,
    OrderRef,
    QuoteRef,
    SupplierRef,
)
from suppliers.models import Supplier


def register() -> None:
    """Hand the verbs to the kernel. Called once, when the app is ready."""
    register_verb("place_order", _place_order)
    register_verb("request_transition", _request_transition)
    register_verb("release_escrow", _release_escrow)
    register_verb("publish_offer", _publish_offer)


def _place_order(
    plugin: str,
    channel: ChannelRef | None,
    quote: QuoteRef,
    *,
    buyer: BuyerRef,
    address: str,
    idempotency_key: str,
) -> OrderRef:
    customer = Buyer.objects.filter(pk=buyer).first()
    if customer is None:
        raise InvalidInput("there is no such buyer", path="$.buyer", code="buyer_unknown")
    found = load_quote(quote, buyer=buyer)
    if channel is None or found.channel.key != channel.key:
        raise InvalidInput("the quote is of another channel", path="$.quote", code="quote_unknown")
    try:
        address_id = UUID(address)
    except ValueError:
        raise InvalidInput("not an address id", path="$.address", code="address_unknown") from None
    order = place_order(
        quote,
        buyer=customer,
        address_id=address_id,
        idempotency_key=f"{plugin}:{idempotency_key}"[:80],
        actor=f"plugin:{plugin}",
        by="system",
    )
    return OrderRef(order.pk)


def _request_transition(
    plugin: str, channel: ChannelRef | None, order: OrderRef, target: str, *, reason: str
) -> str:
    found = _order(channel, order)
    moved = transition(found, target, by="system", reason=reason, actor=f"plugin:{plugin}")
    return moved.state


def _release_escrow(
    plugin: str, channel: ChannelRef | None, order: OrderRef, *, reason: str
) -> bool:
    return release_escrow(_order(channel, order), reason=reason, actor=f"plugin:{plugin}")


def _publish_offer(
    plugin: str,
    channel: ChannelRef | None,
    item: ItemRef,
    *,
    supplier: SupplierRef,
    sku: str,
    price: Money,
    quantity: int,
    facts: Mapping[str, str],
) -> OfferRef:
    place = Channel.objects.filter(key=channel.key).first() if channel else None
    found = Item.objects.select_related("product").filter(pk=item).first()
    seller = Supplier.objects.filter(pk=supplier).first()
    if place is None or found is None or seller is None:
        missing = "channel" if place is None else "item" if found is None else "supplier"
        raise InvalidInput(
            f"there is no such {missing}", path=f"$.{missing}", code=f"{missing}_unknown"
        )
    request = PublishRequest(
        supplier=seller.view,
        sku=sku,
        titles=found.product.titles,
        price=price,
        quantity=quantity,
        ship_from=seller.country,
        facts=dict(facts),
        item=found.pk,
    )
    try:
        return OfferRef(publish_offer(place, request).offer)
    except CatalogError as problem:
        raise InvalidInput(str(problem), path=f"$.{problem.field}", code=problem.code) from None


def _order(channel: ChannelRef | None, order: OrderRef) -> Order:
    found = Order.objects.select_related("channel").filter(pk=order).first()
    if found is None or channel is None or found.channel.key != channel.key:
        raise InvalidInput("there is no such order", path="$.order", code="order_unknown")
    return found
