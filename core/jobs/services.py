"""What changes jobs: enqueue, emit, run what is due, retry what was given up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from core.jobs import waking
from core.jobs.errors import CannotRetry
from core.jobs.models import Job
from core.jobs.outbox import emit
from core.jobs.registry import handler_of
from core.jobs.runner import run_due
from core.shared.clock import now

__all__ = ["emit", "enqueue", "retry", "run_due"]


def enqueue(
    kind: str,
    payload: Mapping[str, Any] | None = None,
    *,
    key: str | None = None,
    run_after: datetime | None = None,
    channel: str = "",
    again: bool = False,
) -> Job:
    """Add a job in the caller's transaction and return it; workers are woken on commit.

    While a job of the same kind and ``key`` is live, that one is returned instead. If it is
    already running it may have passed what changed: ``again`` has it run once more afterwards.
    Payloads are JSON without personal data. Raises UnknownKind.
    """
    handler_of(kind)
    job = Job(
        kind=kind,
        payload=dict(payload or {}),
        key=key or "",
        channel=channel,
        run_after=run_after or now(),
    )
    if key:
        job = _insert_or_find(job, again=again)
    else:
        job.save(force_insert=True)
    waking.wake_on_commit()
    return job


def _insert_or_find(job: Job, *, again: bool) -> Job:
    live = Job.objects.filter(kind=job.kind, key=job.key, state__in=Job.LIVE)
    while True:
        if again:
            live.filter(state=Job.State.RUNNING).update(again=True)
        found = live.first()
        if found:
            return found
        # Waits for another transaction that is inserting the same key, then yields to it.
        Job.objects.bulk_create([job], ignore_conflicts=True)
        if Job.objects.filter(pk=job.pk).exists():
            return job


def retry(job_id: UUID) -> Job:
    """Queue a parked or failed job again, from its cursor, with fresh attempts.

    Raises CannotRetry when it is not parked or failed, or another with its key is live.
    """
    try:
        with transaction.atomic():
            changed = Job.objects.filter(pk=job_id, state__in=Job.GIVEN_UP).update(
                state=Job.State.QUEUED,
                attempts=0,
                run_after=now(),
                finished_at=None,
                error="",
            )
    except IntegrityError:
        raise CannotRetry("another job with the same key is already waiting") from None
    if not changed:
        raise CannotRetry("only parked and failed jobs can be retried")
    waking.wake_on_commit()
    return Job.objects.get(pk=job_id)
