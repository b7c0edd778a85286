"""Forgets what is done: old jobs, and events that every subscriber has had, in bounded batches."""

from __future__ import annotations

from datetime import timedelta

from core.jobs.context import JobContext
from core.jobs.models import Consumption, Job, OutboxEvent
from core.jobs.outbox import CONSUME
from core.jobs.registry import handler, schedule
from core.shared.clock import now

PRUNE = "jobs.prune"
KEPT = timedelta(days=30)
# Their consumption rows stay as proof, so the jobs themselves can go early.
KEPT_CONSUME = timedelta(days=1)
BATCH = 500
MAX_BATCHES = 400


@handler(PRUNE)
def prune(job: JobContext) -> None:
    """Delete done jobs and consumed events older than 30 days; what was given up is kept."""
    done = 0
    for _ in range(MAX_BATCHES):
        with job.chunk() as chunk:
            count = _delete_jobs() + _delete_events()
            done += count
            chunk.save(done=done)
        if not count:
            return


def _delete_jobs() -> int:
    old = Job.objects.filter(state=Job.State.DONE, finished_at__lt=now() - KEPT)
    consumed = Job.objects.filter(
        state=Job.State.DONE, finished_at__lt=now() - KEPT_CONSUME, kind=CONSUME
    )
    picked = {*old.values_list("pk", flat=True)[:BATCH]}
    picked |= {*consumed.values_list("pk", flat=True)[:BATCH]}
    Job.objects.filter(pk__in=picked).delete()
    return len(picked)


def _delete_events() -> int:
    waiting = Job.objects.filter(kind=CONSUME).exclude(state=Job.State.DONE)
    needed = {payload["event"] for payload in waiting.values_list("payload", flat=True)}
    old = OutboxEvent.objects.filter(dispatched_at__lt=now() - KEPT)
    candidates = old.order_by("dispatched_at").values_list("pk", flat=True)
    picked = [pk for pk in candidates[: BATCH + len(needed)] if str(pk) not in needed]
    Consumption.objects.filter(event__in=picked).delete()
    OutboxEvent.objects.filter(pk__in=picked).delete()
    return len(picked)


schedule("jobs.prune", PRUNE, every=timedelta(hours=6), jitter=timedelta(minutes=10))
