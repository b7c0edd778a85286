"""Schedules: one job a tick, missed ticks collapse, never two at once; old rows are forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from core.jobs import emit, enqueue, handler, run_due, schedule, subscribe
from core.jobs.models import Consumption, Failure, Job, OutboxEvent, ScheduleState
from core.jobs.schedules import tick
from core.shared.clock import now

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def jobs() -> int:
    return Job.objects.filter(kind="t.recurs").count()


@pytest.fixture
def hourly() -> None:
    handler("t.recurs")(lambda job: None)
    schedule("t.hourly", "t.recurs", every=HOUR, payload={"a": 1})


def test_a_schedule_is_due_at_once_and_then_at_its_interval(hourly):
    with time_machine.travel(now(), tick=False) as clock:
        tick()
        tick()
        assert jobs() == 1
        run_due()
        clock.shift(HOUR - timedelta(seconds=1))
        tick()
        assert jobs() == 1
        clock.shift(timedelta(seconds=1))
        tick()
        assert jobs() == 2


def test_missed_ticks_become_one_and_the_phase_is_kept(hourly):
    with time_machine.travel(now(), tick=False) as clock:
        start = now()
        tick()
        run_due()
        clock.shift(HOUR * 30.5)
        tick()
        run_due()
        assert jobs() == 2
        assert ScheduleState.objects.get(key="t.hourly").next_at == start + HOUR * 31


def test_a_schedule_whose_last_job_is_still_live_adds_none(hourly):
    with time_machine.travel(now(), tick=False) as clock:
        tick()
        clock.shift(HOUR)
        tick()
        assert jobs() == 1


def test_jitter_delays_the_job_and_not_the_schedule():
    handler("t.recurs")(lambda job: None)
    schedule("t.spread", "t.recurs", every=HOUR, jitter=timedelta(minutes=10))
    with time_machine.travel(now(), tick=False):
        tick()
        wait = Job.objects.get(kind="t.recurs").run_after - now()
        assert timedelta(0) <= wait <= timedelta(minutes=10)


def test_done_jobs_and_heard_events_are_forgotten_and_what_was_given_up_is_kept():
    handler("t.fine")(lambda job: None)
    handler("t.poison", max_attempts=1)(lambda job: 1 / 0)

    def deaf(event) -> None:
        raise RuntimeError("cannot hear")

    subscribe("t.old", lambda event: None, name="hears")
    subscribe("t.bad", deaf, name="deaf")
    with time_machine.travel(now(), tick=False) as clock:
        for kind in ("t.fine", "t.poison"):
            enqueue(kind)
        emit("t.old")
        emit("t.bad")
        for _ in range(6):
            run_due()
            clock.shift(HOUR)
        clock.shift(timedelta(days=31))
        enqueue("jobs.prune")
        run_due()
        kinds = set(Job.objects.values_list("kind", "state"))
        assert kinds == {("t.poison", "parked"), ("jobs.consume", "parked"), ("jobs.prune", "done")}
        assert [event.kind for event in OutboxEvent.objects.all()] == ["t.bad"]
        assert not Consumption.objects.filter(subscriber="hears").exists()
        assert Failure.objects.count() == 6
