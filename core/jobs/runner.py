"""Runs jobs in this process, one after the other, until nothing is due."""

from __future__ import annotations

import logging
import time

from django.db import transaction

from core.jobs import leases, outbox, waking
from core.jobs.context import STOPPING, JobContext
from core.jobs.errors import LeaseLost, WorkerStopping
from core.jobs.models import Job
from core.jobs.registry import Handler, handler_of
from core.shared.clock import now

log = logging.getLogger("haitao.jobs")


def run_due(limit: int = 1000, *, seconds: float | None = None) -> int:
    """Run what is due, with the events and jobs that come of it; return how many jobs were run.

    Stops after ``limit`` jobs, or when ``seconds`` have passed and a job has ended. A job's
    failure is recorded on it and never raised.
    """
    started = time.monotonic()
    leases.recover()
    count = 0
    while count < limit and not STOPPING.is_set():
        if seconds is not None and time.monotonic() - started > seconds:
            break
        outbox.dispatch()
        job = leases.claim()
        if job is None:
            break
        # Each worker that is woken wakes one more, as long as there is work.
        if count == 0 and _more_is_due():
            waking.ring()
        run_claimed(job)
        count += 1
    return count


def run_claimed(job: Job) -> None:
    """Run a job that this process has claimed, and record how it ended."""
    spec = handler_of(job.kind)
    context = JobContext(job, spec)
    try:
        _run(context, spec)
    except WorkerStopping:
        leases.hand_back(context.lease)
    except LeaseLost as lost:
        log.warning("%s", lost)
    except (Exception, SystemExit) as error:
        ended = leases.fail(context.lease, error, spec)
        state = ended.state if ended else "taken over"
        log.warning("job %s %s, attempt %s: %s", job.pk, job.kind, job.attempts, state)
        log.info("job %s failed", job.pk, exc_info=error)
    except BaseException:
        leases.hand_back(context.lease)
        raise


def _run(context: JobContext, spec: Handler) -> None:
    if not spec.atomic:
        spec.run(context)
        leases.finish(context.lease)
        return
    with transaction.atomic():
        spec.run(context)
        leases.finish(context.lease)


def _more_is_due() -> bool:
    return Job.objects.filter(state=Job.State.QUEUED, run_after__lte=now()).exists()
