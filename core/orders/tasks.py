"""Jobs of orders, and what orders do when others have news."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from core.jobs import Event, JobContext, enqueue, handler, subscribe
from core.kernel import hooks
from core.logistics.models import Parcel
from core.orders.errors import PaymentRefused, StepRefused
from core.orders.flow import transition
from core.orders.models import Order, Payment
from core.orders.payments import REFUND, refund, refund_payment
from core.orders.settlement import RELEASE, release_escrow, settle_completed
from core.orders.views import order_event, order_view
from core.pluginapi import Status, Text

HOOK = "orders.hook"
_PENDING = Text("The refund is not done yet.", "退款处理中。", "退款處理中。")
HOOKS = {
    "order.placed": "on_order_placed",
    "order.paid": "on_order_paid",
    "order.procured": "on_order_procured",
    "order.shipped": "on_order_shipped",
    "order.delivered": "on_order_delivered",
    "order.completed": "on_order_completed",
    "order.cancelled": "on_order_cancelled",
    "order.refunded": "on_order_refunded",
}
UNDER_WAY = frozenset(
    (
        Status.PICKED_UP,
        Status.IN_TRANSIT,
        Status.CUSTOMS,
        Status.OUT_FOR_DELIVERY,
        Status.AVAILABLE_FOR_PICKUP,
        Status.DELIVERED,
    )
)


def register() -> None:
    """Subscribe to what orders act upon. Called once, when the app is ready."""
    for kind in HOOKS:
        subscribe(kind, tell_plugins, name=f"orders.hooks.{kind}")
    subscribe("order.paid", plan_fulfilment, name="orders.fulfilment")
    subscribe("order.refunding", begin_refund, name="orders.refund")
    subscribe("order.completed", settle, name="orders.settlement")
    subscribe("parcel.event", follow_parcel, name="orders.parcels")


def tell_plugins(event: Event) -> None:
    """Give each plug-in that listens a job of its own, so that each is retried alone."""
    order = _order(event.payload.get("order"))
    if order is None:
        return
    hook = HOOKS[event.kind]
    for plugin in hooks.implementers(hook, order.channel.ref):
        enqueue(
            HOOK,
            {
                "hook": hook,
                "plugin": plugin,
                "event": event.id,
                "kind": event.kind,
                "order": str(order.pk),
                "previous": event.payload["previous"],
                "state": event.payload["state"],
                "at": event.at.isoformat(),
            },
            key=f"{event.id}:{plugin}",
            channel=order.channel.key,
        )


@handler(HOOK)
def run_hook(job: JobContext) -> None:
    """Call one plug-in's ``on_order_*`` with one event."""
    order = _order(job.payload["order"])
    if order is None:
        return
    event = order_event(
        order,
        identifier=job.payload["event"],
        kind=job.payload["kind"],
        previous=job.payload["previous"],
        state=job.payload["state"],
        at=_instant(job.payload["at"]),
    )
    hooks.deliver(job.payload["hook"], job.payload["plugin"], order.channel.ref, event=event)


def plan_fulfilment(event: Event) -> None:
    """Ask once, after payment, how the order will travel."""
    order = _order(event.payload.get("order"))
    if order is None:
        return
    answer = hooks.offer_fulfilment(order.channel.ref, order=order_view(order, state="paid"))
    if answer:
        plan = answer.value
        Order.objects.filter(pk=order.pk).update(
            carrier=plan.carrier[:40], warehouse=plan.warehouse[:80]
        )


def begin_refund(event: Event) -> None:
    """Have the money given back in a job, which asks the provider outside of a transaction."""
    order = _order(event.payload.get("order"))
    if order is not None:
        enqueue(REFUND, {"order": str(order.pk)}, key=str(order.pk), channel=order.channel.key)


@handler(REFUND)
def run_refund(job: JobContext) -> None:
    """Give back one payment, or all of an order. Raises PaymentRefused to be tried again."""
    if "payment" in job.payload:
        payment = Payment.objects.filter(
            pk=job.payload["payment"], state=Payment.State.PAID
        ).first()
        done = payment is None or refund_payment(payment)
    else:
        order = _order(job.payload["order"])
        done = order is None or refund(order)
    if not done:
        raise PaymentRefused("refund_pending", _PENDING)


def settle(event: Event) -> None:
    """Release what is held for the sellers, now or when the return window ends."""
    order = _order(event.payload.get("order"))
    if order is not None:
        settle_completed(order)


@handler(RELEASE)
def run_release(job: JobContext) -> None:
    """Release held money after the return window, unless the order took another way."""
    order = _order(job.payload["order"])
    if order is not None and order.state == "completed":
        release_escrow(order, reason="return window ended")


def follow_parcel(event: Event) -> None:
    """Move an order along with its parcels: shipped with the first, delivered with the last."""
    parcel = Parcel.objects.filter(pk=str(event.payload["parcel"])).first()
    order = _order(str(parcel.order)) if parcel and parcel.order else None
    if order is None:
        return
    states = [one.state for one in Parcel.objects.filter(order=order.pk)]
    if any(state in UNDER_WAY for state in states):
        _step(order, "shipped")
    if states and all(state is Status.DELIVERED for state in states):
        _step(order, "delivered")


def _step(order: Order, target: str) -> None:
    """Take a step where the flow has it; a carrier's news never forces one."""
    try:
        transition(order, target, by="system", reason="the carrier reported it")
    except StepRefused:
        return


def _order(identifier: object) -> Order | None:
    try:
        key = UUID(str(identifier))
    except ValueError:
        return None
    return Order.objects.select_related("channel", "buyer", "quote").filter(pk=key).first()


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
