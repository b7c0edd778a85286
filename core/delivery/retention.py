"""Forgets what was sent: deliveries after 30 days, messages with their addresses after 180."""

from __future__ import annotations

from datetime import timedelta

from core.delivery.models import BuyerMessage, WebhookDelivery
from core.jobs import JobContext, handler, schedule
from core.shared.clock import now

PRUNE = "delivery.prune"
KEPT_DELIVERIES = timedelta(days=30)
KEPT_MESSAGES = timedelta(days=180)
BATCH = 500
MAX_BATCHES = 400


@handler(PRUNE)
def prune(job: JobContext) -> None:
    """Delete in bounded batches; what is still pending is kept."""
    done = 0
    for _ in range(MAX_BATCHES):
        with job.chunk() as chunk:
            count = _delete_batch()
            done += count
            chunk.save(done=done)
        if not count:
            return


def _delete_batch() -> int:
    sent = WebhookDelivery.objects.exclude(state=WebhookDelivery.State.PENDING).filter(
        created_at__lt=now() - KEPT_DELIVERIES
    )
    said = BuyerMessage.objects.exclude(state=BuyerMessage.State.QUEUED).filter(
        created_at__lt=now() - KEPT_MESSAGES
    )
    old = list(sent.values_list("pk", flat=True)[:BATCH])
    older = list(said.values_list("pk", flat=True)[:BATCH])
    WebhookDelivery.objects.filter(pk__in=old).delete()
    BuyerMessage.objects.filter(pk__in=older).delete()
    return len(old) + len(older)


schedule("delivery.prune", PRUNE, every=timedelta(hours=12), jitter=timedelta(minutes=30))
