"""Handlers of the drills: the right way, and the two wrong ways that serve as controls."""

from __future__ import annotations

import time
from datetime import timedelta

from celery import shared_task
from django.db import transaction

from core.jobs import JobContext, emit, handler, subscribe
from core.jobs.models import Job
from drillapp.models import Effect, Heard

LEASE = timedelta(seconds=3)
ROWS = 20
PAUSE = 0.01


def apply(start: int, total: int) -> int:
    end = min(start + ROWS, total)
    Effect.objects.bulk_create(Effect(number=n) for n in range(start, end))
    emit("drill.chunk", {"from": start, "to": end})
    time.sleep(PAUSE)
    return end


@handler("drill.import", lease=LEASE)
def guarded(job: JobContext) -> None:
    total = job.payload["rows"]
    while (at := job.cursor.get("next", 0)) < total:
        with job.chunk() as chunk:
            end = apply(at, total)
            chunk.save(cursor={"next": end}, done=end, total=total)


@handler("drill.import_torn", lease=LEASE)
def torn(job: JobContext) -> None:
    """Control: effects in one transaction, the cursor in the next."""
    at, total = job.cursor.get("next", 0), job.payload["rows"]
    while at < total:
        with transaction.atomic():
            at = apply(at, total)
        time.sleep(4 * PAUSE)
        with job.chunk() as chunk:
            chunk.save(cursor={"next": at}, done=at, total=total)


@handler("drill.import_unfenced", lease=LEASE)
def unfenced(job: JobContext) -> None:
    """Control: effects and cursor together, but nobody asks who holds the lease."""
    at, total = job.cursor.get("next", 0), job.payload["rows"]
    while at < total:
        with transaction.atomic():
            at = apply(at, total)
            Job.objects.filter(pk=job.id).update(cursor={"next": at}, done=at, total=total)


@handler("drill.one", atomic=True, lease=LEASE)
def one(job: JobContext) -> None:
    Effect.objects.create(number=job.payload["number"])
    time.sleep(PAUSE)


@shared_task(name="drill.alone")
def alone(number: int) -> None:
    """Control: the message is the work."""
    time.sleep(PAUSE)
    Effect.objects.create(number=number)


subscribe("drill.chunk", lambda event: Heard.objects.create(event=event.id), name="drill.heard")
