"""Orders, payments and messages."""

from __future__ import annotations

from collections.abc import Iterable

from core.pluginapi.context import Context
from core.pluginapi.markers import Combine, OnError, Policy, Where, hookspec
from core.pluginapi.protocols import Messenger, PaymentMethod
from core.pluginapi.types.commerce import OrderEvent
from core.pluginapi.types.kernel import Setup

_EVENT = Policy(Combine.EVENT, OnError.RETRY, Where.TASK, budget_ms=5_000, db=True)
_BOOT = Policy(Combine.COLLECT, OnError.REFUSE, Where.BOOT)


@hookspec(_BOOT)
def register_payment_methods(setup: Setup) -> Iterable[PaymentMethod]:
    """Hand over ways to pay.

    Called once, when the plug-in is loaded. A second plug-in with the same key is refused. A
    method with ``demonstration_only`` is offered only in channels marked as demonstration.

    Example::

        @hookimpl
        def register_payment_methods(setup: Setup) -> Iterable[PaymentMethod]:
            return [Sandbox()]
    """
    return ()


@hookspec(_BOOT)
def register_message_channels(setup: Setup) -> Iterable[Messenger]:
    """Hand over ways to reach a buyer.

    Called once, when the plug-in is loaded. A second plug-in with the same key is refused.

    Example::

        @hookimpl
        def register_message_channels(setup: Setup) -> Iterable[Messenger]:
            return [Mail()]
    """
    return ()


@hookspec(_EVENT)
def on_order_placed(ctx: Context, event: OrderEvent) -> None:
    """Hear that an order was placed.

    Called after commit, in a job, at least once, with the same ``event.id``. Not called for
    imported history, nor twice when an order is split.

    Example::

        @hookimpl
        def on_order_placed(ctx: Context, event: OrderEvent) -> None:
            ctx.log.info("order", number=event.order.number, state=event.order.state)
    """


@hookspec(_EVENT)
def on_order_paid(ctx: Context, event: OrderEvent) -> None:
    """Hear that an order was paid.

    Called after commit, in a job, at least once, with the same ``event.id``. Not called for
    imported history, nor twice when an order is split.

    Example::

        @hookimpl
        def on_order_paid(ctx: Context, event: OrderEvent) -> None:
            ctx.log.info("order", number=event.order.number, state=event.order.state)
    """


@hookspec(_EVENT)
def on_order_procured(ctx: Context, event: OrderEvent) -> None:
    """Hear that an order has its goods ready.

    Called after commit, in a job, at least once, with the same ``event.id``. Not called for
    imported history, nor twice when an order is split.

    Example::

        @hookimpl
        def on_order_procured(ctx: Context, event: OrderEvent) -> None:
            ctx.log.info("order", number=event.order.number, state=event.order.state)
    """


@hookspec(_EVENT)
def on_order_shipped(ctx: Context, event: OrderEvent) -> None:
    """Hear that an order was handed to a carrier.

    Called after commit, in a job, at least once, with the same ``event.id``. Not called for
    imported history, nor twice when an order is split.

    Example::

        @hookimpl
        def on_order_shipped(ctx: Context, event: OrderEvent) -> None:
            ctx.log.info("order", number=event.order.number, state=event.order.state)
    """


@hookspec(_EVENT)
def on_order_delivered(ctx: Context, event: OrderEvent) -> None:
    """Hear that an order was delivered.

    Called after commit, in a job, at least once, with the same ``event.id``. Not called for
    imported history, nor twice when an order is split.

    Example::

        @hookimpl
        def on_order_delivered(ctx: Context, event: OrderEvent) -> None:
            ctx.log.info("order", number=event.order.number, state=event.order.state)
    """


@hookspec(_EVENT)
def on_order_completed(ctx: Context, event: OrderEvent) -> None:
    """Hear that an order was completed.

    Called after commit, in a job, at least once, with the same ``event.id``. Not called for
    imported history, nor twice when an order is split.

    Example::

        @hookimpl
        def on_order_completed(ctx: Context, event: OrderEvent) -> None:
            ctx.log.info("order", number=event.order.number, state=event.order.state)
    """


@hookspec(_EVENT)
def on_order_cancelled(ctx: Context, event: OrderEvent) -> None:
    """Hear that an order was cancelled.

    Called after commit, in a job, at least once, with the same ``event.id``. Not called for
    imported history, nor twice when an order is split.

    Example::

        @hookimpl
        def on_order_cancelled(ctx: Context, event: OrderEvent) -> None:
            ctx.log.info("order", number=event.order.number, state=event.order.state)
    """


@hookspec(_EVENT)
def on_order_refunded(ctx: Context, event: OrderEvent) -> None:
    """Hear that an order was refunded.

    Called after commit, in a job, at least once, with the same ``event.id``. Not called for
    imported history, nor twice when an order is split.

    Example::

        @hookimpl
        def on_order_refunded(ctx: Context, event: OrderEvent) -> None:
            ctx.log.info("order", number=event.order.number, state=event.order.state)
    """
