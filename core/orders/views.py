"""Orders as plug-ins see them."""

from __future__ import annotations

from datetime import datetime

from core.buyers.queries import view_of
from core.catalog.models import Offer
from core.catalog.queries import item_view, offer_view
from core.orders.models import Order, OrderLine
from core.pluginapi import (
    ItemRef,
    ItemView,
    Line,
    Money,
    OrderEvent,
    OrderRef,
    OrderView,
    QuoteRef,
    Text,
)


def order_view(order: Order, *, state: str = "") -> OrderView:
    """Return an order without personal data; ``state`` is the one at an event."""
    return OrderView(
        ref=OrderRef(order.pk),
        number=order.number,
        channel=order.channel.key,
        state=state or order.state,
        buyer=view_of(order.buyer),
        lines=_lines(order),
        total=Money.of(order.total),
        quote=QuoteRef(order.quote_id),
        placed_at=order.placed_at,
    )


def order_event(
    order: Order, *, identifier: str, kind: str, previous: str, state: str, at: datetime
) -> OrderEvent:
    """Return what happened to an order, as it was then."""
    return OrderEvent(identifier, kind, order_view(order, state=state), previous, at)


def _lines(order: Order) -> tuple[Line, ...]:
    rows = list(order.lines.all())
    offers = {
        offer.pk: offer
        for offer in Offer.objects.filter(pk__in=[row.offer for row in rows]).select_related(
            "item__product"
        )
    }
    return tuple(_line(row, offers.get(row.offer)) for row in rows)


def _line(row: OrderLine, offer: Offer | None) -> Line:
    """Return a line; an offer that is gone leaves what the order itself kept."""
    if offer is None:
        item = ItemView(ref=ItemRef(row.item), sku=row.sku, title=Text.from_dict(row.title))
        return Line(item, row.quantity)
    return Line(item_view(offer.item), row.quantity, offer_view(offer))
