"""When sellers get their money: what is held is released on delivery or after the return window."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from core.accounts.services import record
from core.jobs import enqueue
from core.orders import ledger
from core.orders.errors import StepRefused
from core.orders.models import Order
from core.orders.quoting.versions import kind_of
from core.pluginapi import Text
from core.shared.clock import now

RELEASE = "orders.release"
DELIVERED = ("delivered", "completed")


def release_escrow(order: Order, *, reason: str, actor: str = "system") -> bool:
    """Release held money to the sellers, once; returns False when nothing is held (any more).

    Raises StepRefused before delivery: a seller is not paid for what has not arrived.
    """
    with transaction.atomic():
        order.refresh_from_db()
        if order.state not in DELIVERED:
            raise StepRefused(
                "not_delivered",
                Text(
                    "Held money is released after delivery.",
                    "担保货款须在签收后放款。",
                    "擔保貨款須在簽收後放款。",
                ),
            )
        if not ledger.balances(order, ledger.ESCROW):
            return False
        waiting = Order.objects.filter(pk=order.pk, escrow_released_at=None, state__in=DELIVERED)
        if not waiting.update(escrow_released_at=now()):
            return False
        ledger.post_release(order)
        record(actor, "orders.release", str(order.pk), reason=reason[:200])
    order.refresh_from_db()
    return True


def settle_completed(order: Order) -> None:
    """Release at once what waits for delivery alone; set a date for what waits longer."""
    kind, _ = kind_of(order.channel.kind)
    if kind is None or kind.money_released == "at_payment":
        return
    if kind.money_released == "delivery_confirmed":
        release_escrow(order, reason="delivery confirmed")
        return
    due = (order.delivered_at or now()) + timedelta(days=kind.release_after_days)
    enqueue(
        RELEASE,
        {"order": str(order.pk)},
        key=str(order.pk),
        run_after=due,
        channel=order.channel.key,
    )
