"""Who may work on a job, and for how long: claim, renew, give back, recover."""

from __future__ import annotations

import logging
import os
import random
import socket
import traceback
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from core.jobs.errors import LeaseLost
from core.jobs.models import Failure, Job
from core.jobs.registry import MAX_ATTEMPTS, Handler, handler_of, kinds
from core.shared.clock import now
from core.shared.masking import redact

log = logging.getLogger("haitao.jobs")

State = Job.State


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to commit for one job: it ends as soon as the row's owner or fence differ."""

    job: UUID
    owner: str
    fence: int
    length: timedelta

    @property
    def row(self) -> QuerySet[Job]:
        """The job's row, while the lease is held."""
        return Job.objects.filter(
            pk=self.job, state=State.RUNNING, lease_owner=self.owner, fence=self.fence
        )


def claim() -> Job | None:
    """Take the job that has been due longest, count the attempt and commit that, or return None."""
    while True:
        with transaction.atomic():
            due = Job.objects.filter(state=State.QUEUED, run_after__lte=now(), kind__in=kinds())
            # Only a hint that lets workers pass each other; the conditional UPDATE decides.
            waiting = due.select_for_update(skip_locked=True).order_by("run_after", "id")
            candidate = waiting.values_list("pk", "kind").first()
            if candidate is None:
                return None
            if _take(due.filter(pk=candidate[0]), handler_of(candidate[1])):
                return Job.objects.get(pk=candidate[0])


def _take(row: QuerySet[Job], spec: Handler) -> bool:
    at = now()
    return bool(
        row.update(
            state=State.RUNNING,
            lease_owner=owner_name(),
            lease_until=at + spec.lease,
            fence=F("fence") + 1,
            attempts=F("attempts") + 1,
            started_at=at,
            done_before=F("done"),
            error="",
        )
    )


def renew(lease: Lease, **changes: Any) -> None:
    """Extend the lease and write ``changes``. Raises LeaseLost when it is no longer held."""
    if not lease.row.update(lease_until=now() + lease.length, **changes):
        raise LeaseLost(f"job {lease.job} was taken over by another worker")


def finish(lease: Lease) -> None:
    """End the job as done, or queue it once more when it was asked for. Raises LeaseLost."""
    at = now()
    ended: dict[str, Any] = {"lease_until": None, "lease_owner": ""}
    if lease.row.filter(again=False).update(state=State.DONE, finished_at=at, **ended):
        return
    ended |= {"cursor": {}, "done": 0, "total": None, "attempts": 0}
    if lease.row.filter(again=True).update(state=State.QUEUED, run_after=at, again=False, **ended):
        return
    raise LeaseLost(f"job {lease.job} was taken over by another worker")


def hand_back(lease: Lease) -> None:
    """Queue the job again at once, uncounted: the worker was told to stop."""
    lease.row.update(
        state=State.QUEUED,
        run_after=now(),
        lease_until=None,
        lease_owner="",
        attempts=F("attempts") - 1,
    )


@transaction.atomic
def fail(lease: Lease, error: BaseException, spec: Handler) -> Job | None:
    """Record what went wrong and decide what is next: another attempt later, parked, or failed.

    Returns the job as it now stands, or None when another worker has it.
    """
    job = lease.row.select_for_update().first()
    if job is None:
        return None
    trace = redact("".join(traceback.format_exception(error))[-8_000:])
    permanent = getattr(error, "permanent", False) is True
    after = _asked_delay(error)
    _give_up_or_wait(job, sentence(error), spec, trace=trace, after=after, permanent=permanent)
    return job


def recover() -> int:
    """Queue or park running jobs whose worker is gone; return how many there were.

    A worker is gone when its lease has run out, or at once when its process on this machine is no
    longer there.
    """
    running = Job.objects.filter(state=State.RUNNING)
    expired = running.filter(lease_until__lt=now())
    mine = running.filter(lease_owner__startswith=machine_name() + "/").exclude(
        lease_owner__startswith=_process_prefix(os.getpid())
    )
    gone = {job.pk: job for job in expired}
    gone |= {job.pk: job for job in mine if not _is_alive(job.lease_owner)}
    return sum(_recover_one(job) for job in gone.values())


def _recover_one(seen: Job) -> int:
    with transaction.atomic():
        same = Q(pk=seen.pk, state=State.RUNNING, fence=seen.fence, lease_until=seen.lease_until)
        job = Job.objects.select_for_update().filter(same).first()
        if job is None:
            return 0
        try:
            spec = handler_of(job.kind)
        except LookupError:
            spec = Handler(job.kind, lambda context: None, MAX_ATTEMPTS)
        _give_up_or_wait(job, "The worker stopped before the job ended.", spec, after=0)
        return 1


def _give_up_or_wait(
    job: Job,
    error: str,
    spec: Handler,
    *,
    trace: str = "",
    after: float | None = None,
    permanent: bool = False,
) -> None:
    Failure.objects.create(
        job=job, attempt=job.attempts, error=error, trace=trace, worker=job.lease_owner
    )
    at = now()
    job.error, job.lease_until, job.lease_owner = error, None, ""
    if permanent or job.attempts >= spec.max_attempts:
        job.state, job.finished_at = State.FAILED if permanent else State.PARKED, at
        _tell_given_up(job, spec)
    else:
        job.state, job.run_after = State.QUEUED, at + backoff(job.attempts, spec, after)
    job.save()


def _tell_given_up(job: Job, spec: Handler) -> None:
    if spec.given_up is None:
        return
    try:
        with transaction.atomic():
            spec.given_up(job.payload)
    except Exception:
        log.exception("job %s %s was given up, which could not be told", job.pk, job.kind)


def backoff(attempt: int, spec: Handler, after: float | None = None) -> timedelta:
    """Return how long to wait after ``attempt``: the handler's delay, spread by a quarter."""
    if after is not None:
        return timedelta(seconds=min(max(after, 0), 86_400))
    delay = spec.delays[min(max(attempt, 1), len(spec.delays)) - 1]
    return timedelta(seconds=delay * random.uniform(0.75, 1.25))  # noqa: S311


def sentence(error: BaseException) -> str:
    """Return an exception as one line of at most 500 characters, without personal numbers."""
    text = redact(" ".join(str(error).split()))
    return f"{type(error).__name__}: {text}"[:500] if text else type(error).__name__


def _asked_delay(error: BaseException) -> float | None:
    asked = getattr(error, "retry_after", None)
    return float(asked) if isinstance(asked, int | float) else None


@lru_cache
def machine_name() -> str:
    """Return what tells this machine, and this container on it, from others."""
    try:
        space = os.readlink("/proc/self/ns/pid").strip("pid:[]")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")[:8]
    except OSError:
        space, boot = "0", "0"
    return f"{socket.gethostname()[:60]}-{boot}-{space}"


def owner_name() -> str:
    """Return the name under which this process holds leases."""
    return _process_prefix(os.getpid()) + _started(os.getpid())


def _process_prefix(pid: int) -> str:
    return f"{machine_name()}/{pid}/"


def _started(pid: int) -> str:
    """Return the start time of a process in clock ticks, "" where it cannot be known."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def _is_alive(owner: str) -> bool:
    """Say whether the process still lives; True when it cannot be known."""
    if not Path("/proc/self/stat").exists():
        return True
    _, pid, started = owner.rsplit("/", 2)
    return bool(_started(int(pid))) and _started(int(pid)) == started
