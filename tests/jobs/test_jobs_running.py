"""Jobs: run once, retried with patience, parked after five, never committed by a zombie."""

from __future__ import annotations

import contextlib
import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction

from core.jobs import (
    JobContext,
    JobFailed,
    UnknownKind,
    context,
    enqueue,
    handler,
    leases,
    run_due,
    runner,
    services,
)
from core.jobs.models import Failure, Job
from core.jobs.queries import progress_of
from core.jobs.types import State
from core.pluginapi import InvalidInput, Unavailable
from core.shared.clock import now
from core.shared.text import Text

pytestmark = pytest.mark.django_db


def test_a_job_is_run_with_its_payload_and_ends_as_done():
    seen = []
    handler("t.note")(lambda job: seen.append(job.payload))
    job = enqueue("t.note", {"n": 1})
    assert run_due() == 1
    job.refresh_from_db()
    assert seen == [{"n": 1}]
    assert (job.state, job.attempts, job.lease_until) == (Job.State.DONE, 1, None)
    assert run_due() == 0


def test_an_unknown_kind_is_refused_when_it_is_enqueued():
    with pytest.raises(UnknownKind, match=r"t\.nothing"):
        enqueue("t.nothing")


def test_the_same_live_key_returns_the_existing_job():
    handler("t.note")(lambda job: None)
    first = enqueue("t.note", {"n": 1}, key="a")
    assert enqueue("t.note", {"n": 2}, key="a").pk == first.pk
    run_due()
    assert enqueue("t.note", {"n": 3}, key="a").pk != first.pk


def test_news_during_a_run_makes_one_more_run():
    runs = []

    def run(job: JobContext) -> None:
        runs.append(job.attempt)
        if len(runs) == 1:
            assert enqueue("t.again", key="a", again=True).pk == job.id
            enqueue("t.again", key="a", again=True)

    handler("t.again")(run)
    enqueue("t.again", key="a")
    run_due()
    assert len(runs) == 2
    assert Job.objects.get(kind="t.again").state == Job.State.DONE


def test_a_failing_job_waits_longer_each_time_and_is_parked_after_five():
    def boom(job: JobContext) -> None:
        raise RuntimeError("no such thing")

    handler("t.boom")(boom)
    job = enqueue("t.boom")
    waits = []
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(5):
            assert run_due() == 1
            assert run_due() == 0
            job.refresh_from_db()
            waits.append(job.run_after - now())
            clock.shift(timedelta(hours=1))
    assert job.state == Job.State.PARKED
    assert waits[:4] == sorted(waits[:4])
    assert job.error == "RuntimeError: no such thing"
    assert Failure.objects.filter(job=job).count() == 5
    assert "RuntimeError" in Failure.objects.filter(job=job)[0].trace


def test_an_error_that_is_permanent_fails_at_once():
    for number, error in enumerate([JobFailed("never"), InvalidInput("bad")]):

        def run(job: JobContext, error=error) -> None:
            raise error

        handler(f"t.permanent{number}")(run)
        job = enqueue(f"t.permanent{number}")
        run_due()
        job.refresh_from_db()
        assert job.state == Job.State.FAILED


def test_system_exit_costs_the_job_and_not_the_worker():
    def leave(job: JobContext) -> None:
        raise SystemExit(3)

    handler("t.exit")(leave)
    job = enqueue("t.exit")
    run_due()
    job.refresh_from_db()
    assert (job.state, job.error) == (Job.State.QUEUED, "SystemExit: 3")


def test_a_partner_may_say_when_to_come_back():
    def later(job: JobContext) -> None:
        raise Unavailable("busy", retry_after=900)

    handler("t.later")(later)
    job = enqueue("t.later")
    with time_machine.travel(now(), tick=False):
        run_due()
        job.refresh_from_db()
        assert job.run_after - now() == timedelta(seconds=900)


def test_an_interrupted_worker_hands_the_job_back_uncounted():
    def stop(job: JobContext) -> None:
        raise KeyboardInterrupt

    handler("t.stop")(stop)
    job = enqueue("t.stop")
    with pytest.raises(KeyboardInterrupt):
        run_due()
    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease_owner) == (Job.State.QUEUED, 0, "")


def test_a_worker_that_is_told_to_stop_hands_its_job_back_at_the_next_chunk(monkeypatch):
    stopping = threading.Event()
    monkeypatch.setattr(context, "STOPPING", stopping)
    monkeypatch.setattr(runner, "STOPPING", stopping)

    def run(job: JobContext) -> None:
        for n in range(3):
            with contextlib.suppress(Exception), job.chunk() as chunk:
                chunk.save(cursor={"n": n})
                stopping.set()

    handler("t.long")(run)
    job = enqueue("t.long")
    run_due()
    job.refresh_from_db()
    assert (job.state, job.attempts, job.cursor) == (Job.State.QUEUED, 0, {"n": 0})


def test_chunks_commit_effects_and_cursor_and_a_second_run_goes_on_from_there():
    def count(job: JobContext) -> None:
        for n in range(job.cursor.get("next", 0), 4):
            with job.chunk() as chunk:
                Job.objects.create(kind="t.effect", payload={"n": n}, state=Job.State.DONE)
                chunk.save(cursor={"next": n + 1}, done=n + 1, total=4, message="row")
                if n == 2 and job.attempt == 1:
                    raise RuntimeError("half way")

    handler("t.count")(count)
    job = enqueue("t.count")
    with time_machine.travel(now(), tick=False) as clock:
        run_due()
        job.refresh_from_db()
        assert job.cursor == {"next": 2}
        assert progress_of(job.pk).percent == 50
        clock.shift(timedelta(hours=1))
        Job.objects.filter(pk=job.pk).update(attempts=1)
        run_due()
    effects = Job.objects.filter(kind="t.effect").values_list("payload__n", flat=True)
    assert sorted(effects) == [0, 1, 2, 3]
    assert progress_of(job.pk).state is State.DONE


def test_progress_made_starts_the_count_of_attempts_anew():
    def creep(job: JobContext) -> None:
        with job.chunk() as chunk:
            chunk.save(cursor={"n": job.cursor.get("n", 0) + 1})
        if job.cursor["n"] < 9:
            raise RuntimeError("again")

    handler("t.creep")(creep)
    job = enqueue("t.creep")
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(9):
            run_due()
            clock.shift(timedelta(hours=1))
    job.refresh_from_db()
    assert (job.state, job.cursor) == (Job.State.DONE, {"n": 9})


def test_a_zombie_cannot_commit():
    def zombie(job: JobContext) -> None:
        with job.chunk() as chunk:
            Job.objects.create(kind="t.effect", state=Job.State.DONE)
            chunk.save(cursor={"n": 1})
            # Another worker claims the job meanwhile.
            Job.objects.filter(pk=job.id).update(fence=job.lease.fence + 1)

    handler("t.zombie")(zombie)
    enqueue("t.zombie")
    run_due()
    assert not Job.objects.filter(kind="t.effect").exists()


def test_an_atomic_handler_leaves_nothing_when_its_lease_is_lost():
    def slow(job: JobContext) -> None:
        Job.objects.create(kind="t.effect", state=Job.State.DONE)
        Job.objects.filter(pk=job.id).update(fence=job.lease.fence + 1)

    handler("t.slow", atomic=True)(slow)
    enqueue("t.slow")
    run_due()
    assert not Job.objects.filter(kind="t.effect").exists()


def test_an_expired_lease_is_taken_over_and_five_dead_workers_park_the_job():
    runs = []
    handler("t.lost")(lambda job: runs.append(job.attempt))
    job = enqueue("t.lost")
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(4):
            assert leases.claim() is not None
            assert run_due() == 0
            clock.shift(timedelta(hours=1))
            assert leases.recover() == 1
            clock.shift(timedelta(hours=1))
        assert leases.claim() is not None
        clock.shift(timedelta(hours=1))
        run_due()
    job.refresh_from_db()
    assert (job.state, runs) == (Job.State.PARKED, [])
    assert "worker stopped" in job.error
    assert services.retry(job.pk).state == Job.State.QUEUED
    run_due()
    assert runs == [1]


def test_a_handler_hears_when_its_job_is_given_up():
    told = []
    boom = handler("t.boom", max_attempts=1, given_up=told.append)
    boom(lambda job: 1 / 0)
    handler("t.dead", max_attempts=1, given_up=told.append)(lambda job: None)
    handler("t.bad", max_attempts=1, given_up=lambda payload: 1 / 0)(lambda job: 1 / 0)
    enqueue("t.boom", {"n": 1})
    bad = enqueue("t.bad")
    run_due()
    enqueue("t.dead", {"n": 2})
    with time_machine.travel(now(), tick=False) as clock:
        leases.claim()
        clock.shift(timedelta(hours=1))
        leases.recover()
    assert told == [{"n": 1}, {"n": 2}]
    bad.refresh_from_db()
    assert bad.state == Job.State.PARKED


def test_a_process_of_this_machine_that_is_gone_is_not_waited_for():
    handler("t.lost")(lambda job: None)
    job = enqueue("t.lost")
    leases.claim()
    Job.objects.update(lease_owner=f"{leases.machine_name()}/4194399/77")
    assert leases.recover() == 1
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED
    Job.objects.update(state=Job.State.RUNNING, lease_owner=leases.owner_name())
    assert leases.recover() == 0


def test_only_given_up_jobs_can_be_retried():
    handler("t.note")(lambda job: None)
    job = enqueue("t.note", key="a")
    with pytest.raises(services.CannotRetry):
        services.retry(job.pk)
    Job.objects.update(state=Job.State.PARKED)
    enqueue("t.note", key="a")
    with pytest.raises(services.CannotRetry, match="same key"), transaction.atomic():
        services.retry(job.pk)


def test_progress_is_told_in_the_readers_language(settings):
    def tell(job: JobContext) -> None:
        job.progress(3, 4, Text("Reading", "读取中", "讀取中"))

    handler("t.tell")(tell)
    job = enqueue("t.tell")
    run_due()
    from django.utils import translation

    with translation.override("zh-hant"):
        assert progress_of(job.pk).message == "讀取中"
    with translation.override("en"):
        assert progress_of(job.pk).message == "Reading"
    assert progress_of(job.pk).percent == 100
