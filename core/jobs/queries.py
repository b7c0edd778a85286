"""Reads: how far a job is."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import get_language

from core.jobs.models import Job
from core.jobs.types import Progress, State
from core.shared.clock import now
from core.shared.text import Text


def progress_of(job_id: UUID | str) -> Progress | None:
    """Return how far a job is, its message in the current language, or None when unknown."""
    job = Job.objects.filter(pk=job_id).first()
    return progress(job) if job else None


def progress(job: Job) -> Progress:
    """Return how far ``job`` is."""
    return Progress(
        id=str(job.pk),
        kind=job.kind,
        state=State(job.state),
        done=job.done,
        total=job.total,
        message=Text.from_dict(job.message).in_language(get_language() or "en"),
        percent=_percent(job),
        seconds_left=_seconds_left(job),
        attempts=job.attempts,
        error=job.error if job.state in Job.GIVEN_UP else "",
        at=now(),
    )


def _percent(job: Job) -> int | None:
    if job.state == Job.State.DONE:
        return 100
    if not job.total:
        return None
    # 100 is said when the job is done, and not before.
    return min(99, job.done * 100 // job.total)


def _seconds_left(job: Job) -> int | None:
    if job.state != Job.State.RUNNING or not (job.total and job.done and job.started_at):
        return None
    if job.progress_at is None or job.progress_at <= job.started_at:
        return None
    spent = (job.progress_at - job.started_at).total_seconds()
    made = job.done - job.done_before
    return max(0, round(spent * (job.total - job.done) / max(made, 1)))
