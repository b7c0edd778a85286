"""Orders that nobody pays for give their stock back."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from core.jobs import JobContext, handler, schedule
from core.orders.errors import StepRefused
from core.orders.flow import transition
from core.orders.models import Order
from core.shared.clock import now

UNPAID = "orders.expire_unpaid"
HOURS = 24
BATCH = 200

schedule(UNPAID, UNPAID, every=timedelta(minutes=10))


@handler(UNPAID)
def expire_unpaid(job: JobContext) -> None:
    """Cancel orders that were placed ``HAITAO_UNPAID_HOURS`` (24) ago and are not paid yet.

    A payment that wins the race moves the order first, and the step is then refused.
    """
    hours = int(getattr(settings, "HAITAO_UNPAID_HOURS", HOURS))
    overdue = Order.objects.filter(state="placed", placed_at__lt=now() - timedelta(hours=hours))
    for order in overdue.select_related("channel", "buyer", "quote").order_by("placed_at")[:BATCH]:
        try:
            transition(order, "cancelled", by="system", reason="not paid in time")
        except StepRefused:
            continue
