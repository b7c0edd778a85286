"""Several workers at once, on PostgreSQL: one job for a key, each job claimed by one."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from core.jobs import enqueue, handler, leases
from core.jobs.models import Job
from core.shared.clock import now

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

THREADS = 8


def at_once(work: Callable[[], object]) -> list[object]:
    """Run ``work`` in eight threads that start together; return what they returned."""
    barrier, results = threading.Barrier(THREADS), []

    def run() -> None:
        barrier.wait()
        try:
            results.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_one_live_job_for_a_key():
    handler("t.note")(lambda job: None)
    for n in range(10):
        ids = at_once(lambda n=n: enqueue("t.note", key=f"k{n}").pk)
        assert len(ids) == THREADS
        assert len(set(ids)) == 1
    assert Job.objects.count() == 10


def test_each_job_is_claimed_by_one_worker():
    handler("t.note")(lambda job: None)
    for _ in range(40):
        enqueue("t.note")
    claimed = at_once(lambda: [leases.claim().pk for _ in range(5)])
    ids = [pk for some in claimed for pk in some]
    assert len(ids) == len(set(ids)) == 40
    assert leases.claim() is None


def test_control_reading_and_then_writing_claims_twice():
    handler("t.note")(lambda job: None)
    twice = 0
    for _ in range(20):
        enqueue("t.note")
        both = threading.Barrier(THREADS)

        def claim(both=both) -> bool:
            job = Job.objects.filter(state="queued", run_after__lte=now()).first()
            both.wait()
            if job:
                Job.objects.filter(pk=job.pk).update(state="running")
            return job is not None

        twice += at_once(claim).count(True) - 1
    assert twice > 0
