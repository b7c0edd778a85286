"""Events: written with what they tell, made into one job per subscriber, consumed exactly once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from core.jobs import waking
from core.jobs.context import JobContext
from core.jobs.models import Consumption, Job, OutboxEvent
from core.jobs.registry import handler, subscribers_of, subscription
from core.jobs.types import Event
from core.shared.clock import now

CONSUME = "jobs.consume"
BATCH = 200


def emit(
    kind: str, payload: Mapping[str, Any] | None = None, *, channel: str = "", subject: str = ""
) -> Event:
    """Write an event in the caller's transaction; subscribers hear of it after commit."""
    row = OutboxEvent(kind=kind, payload=dict(payload or {}), channel=channel, subject=subject)
    row.save(force_insert=True)
    waking.wake_on_commit()
    return row.value


def dispatch() -> int:
    """Make waiting events into jobs, each event once; return how many events there were."""
    total = 0
    while count := _dispatch_batch():
        total += count
    return total


@transaction.atomic
def _dispatch_batch() -> int:
    waiting = OutboxEvent.objects.filter(dispatched_at__isnull=True)
    if not waiting.exists():
        return 0
    events = list(waiting.select_for_update(skip_locked=True).order_by("id")[:BATCH])
    jobs = [
        Job(
            kind=CONSUME,
            key=f"{subscriber.name}:{event.pk}",
            payload={"event": str(event.pk), "subscriber": subscriber.name},
            channel=event.channel,
        )
        for event in events
        for subscriber in subscribers_of(event.kind)
    ]
    Job.objects.bulk_create(jobs, ignore_conflicts=True)
    OutboxEvent.objects.filter(pk__in=[event.pk for event in events]).update(dispatched_at=now())
    return len(events)


@handler(CONSUME, atomic=True)
def consume(job: JobContext) -> None:
    """Give one event to one subscriber, in the transaction that records that it was given."""
    subscriber = subscription(job.payload["subscriber"])
    event = OutboxEvent.objects.filter(pk=job.payload["event"]).first()
    if subscriber is None or event is None:
        return
    if _record(subscriber.name, event.pk):
        subscriber.handler(event.value)


def _record(subscriber: str, event: UUID) -> bool:
    known = Consumption.objects.filter(subscriber=subscriber, event=event)
    if known.exists():
        return False
    # A concurrent twin makes this raise, which rolls back and comes back as a new attempt.
    Consumption(subscriber=subscriber, event=event).save(force_insert=True)
    return True
