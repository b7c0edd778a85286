"""What Celery calls: a wake that carries nothing, and the sweep that makes wakes optional."""

from __future__ import annotations

from celery import shared_task

from core.jobs import (
    retention,  # noqa: F401  # registers its handler and schedule
    runner,
    sweeper,
    waking,
)

JOBS_PER_WAKE = 200


@shared_task(name="core.jobs.wake", ignore_result=True)
def wake() -> None:
    """Run what is due."""
    if runner.run_due(JOBS_PER_WAKE) == JOBS_PER_WAKE:
        waking.ring()


@shared_task(name="core.jobs.sweep", ignore_result=True)
def sweep() -> None:
    """Enqueue what recurs, then run what is due: lost wakes, expired leases, waiting events."""
    sweeper.sweep()
