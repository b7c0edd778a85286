"""Writes to the buyer when an order takes a step; each message is sent once for its event.

Shows how a plug-in hears of orders and acts through a verb: it never learns who the buyer is or
where messages go.
"""

from __future__ import annotations

from core.pluginapi import (
    Capability,
    Context,
    InvalidInput,
    Manifest,
    OrderEvent,
    PluginSettings,
    Setup,
    Text,
    Verb,
    hookimpl,
)
from plugins.order_notices.settings import Settings
from plugins.order_notices.words import NOTICES

UNREACHABLE = frozenset({"address_missing", "buyer_unknown"})

MANIFEST = Manifest(
    key="order_notices",
    name=Text("Order messages", "订单通知", "訂單通知"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Writes to the buyer when an order is placed, paid, shipped, delivered, completed, "
        "cancelled or refunded, over the ways of sending that are switched on.",
        "订单下单、付款、发货、送达、完成、取消或退款时，通过已启用的消息方式通知买家。",
        "訂單成立、付款、出貨、送達、完成、取消或退款時，透過已啟用的訊息方式通知買家。",
    ),
    provides=(Capability.MESSAGES,),
    needs=(Verb.SEND_MESSAGE,),
    author="Haitao",
    licence="Apache-2.0",
    docs="explanation/orders.md",
    default_on=True,
)


@hookimpl
def register_settings(setup: Setup) -> type[PluginSettings]:
    """Hand over the switches."""
    return Settings


@hookimpl
def on_order_placed(ctx: Context, event: OrderEvent) -> None:
    """Confirm that the order was placed."""
    _tell(ctx, event, "placed")


@hookimpl
def on_order_paid(ctx: Context, event: OrderEvent) -> None:
    """Confirm the payment."""
    _tell(ctx, event, "paid")


@hookimpl
def on_order_procured(ctx: Context, event: OrderEvent) -> None:
    """Say that the goods are ready."""
    _tell(ctx, event, "procured")


@hookimpl
def on_order_shipped(ctx: Context, event: OrderEvent) -> None:
    """Say that the parcel is on its way."""
    _tell(ctx, event, "shipped")


@hookimpl
def on_order_delivered(ctx: Context, event: OrderEvent) -> None:
    """Ask the buyer to look at the goods."""
    _tell(ctx, event, "delivered")


@hookimpl
def on_order_completed(ctx: Context, event: OrderEvent) -> None:
    """Say thank you."""
    _tell(ctx, event, "completed")


@hookimpl
def on_order_cancelled(ctx: Context, event: OrderEvent) -> None:
    """Say that the order was cancelled."""
    _tell(ctx, event, "cancelled")


@hookimpl
def on_order_refunded(ctx: Context, event: OrderEvent) -> None:
    """Say that the money was given back."""
    _tell(ctx, event, "refunded")


def _tell(ctx: Context, event: OrderEvent, step: str) -> None:
    """Send the step's message, keyed by the event. A buyer whom nothing reaches is no failure."""
    if not getattr(ctx.settings, step):
        return
    order = event.order
    subject, body = NOTICES[step].about(order.number)
    try:
        ctx.verbs.send_message(
            order.buyer.ref, key=f"{event.id}:{step}", subject=subject, body=body
        )
    except InvalidInput as error:
        if error.code not in UNREACHABLE:
            raise
        ctx.log.info("the buyer cannot be written to", order=order.number, reason=error.code)
