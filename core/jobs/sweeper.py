"""A sweep every five seconds in each worker, by a thread that does not need the broker.

A broker that is down, or was emptied under its clients, delivers neither wakes nor beats; work
goes on all the same, one job at a time in each worker.
"""

from __future__ import annotations

import logging
import threading

from celery.signals import worker_ready, worker_shutting_down
from django.db import close_old_connections

from core.jobs import runner, schedules
from core.jobs.context import STOPPING

log = logging.getLogger("haitao.jobs")

EVERY_SECONDS = 5.0
JOBS_PER_SWEEP = 200


def sweep() -> int:
    """Enqueue what recurs, then run what is due; return how many jobs were run."""
    schedules.tick()
    return runner.run_due(JOBS_PER_SWEEP)


@worker_ready.connect
def start(**_: object) -> None:
    """Start the thread when a worker is ready."""
    threading.Thread(target=_sweep_until_stopped, name="sweeper", daemon=True).start()


@worker_shutting_down.connect
def stop(**_: object) -> None:
    """Have jobs handed back at their next chunk, so that the worker can end soon."""
    STOPPING.set()


def _sweep_until_stopped() -> None:
    while not STOPPING.is_set():
        close_old_connections()
        try:
            sweep()
        except Exception:
            log.exception("the sweep failed and is tried again")
        STOPPING.wait(EVERY_SECONDS)
