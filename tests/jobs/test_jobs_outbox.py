"""Events: with the transaction or not at all, once per subscriber, failures retried alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction

from core.jobs import emit, run_due, subscribe
from core.jobs.models import Consumption, Job, OutboxEvent
from core.jobs.outbox import dispatch
from core.shared.clock import now

pytestmark = pytest.mark.django_db


def test_each_subscriber_hears_once_and_wildcards_hear_too():
    heard = []
    subscribe("t.paid", lambda event: heard.append(("one", event.id, event.payload)), name="one")
    subscribe("t.*", lambda event: heard.append(("all", event.id, event.payload)), name="all")
    subscribe("u.*", lambda event: heard.append(("never",)), name="never")
    event = emit("t.paid", {"order": "7"}, channel="cn", subject="7")
    run_due()
    run_due()
    assert sorted(heard) == [("all", event.id, {"order": "7"}), ("one", event.id, {"order": "7"})]
    assert OutboxEvent.objects.get().dispatched_at is not None
    assert Consumption.objects.count() == 2


def test_a_rolled_back_transaction_has_no_news():
    heard = []
    subscribe("t.paid", heard.append, name="one")
    with transaction.atomic():
        emit("t.paid")
        transaction.set_rollback(True)
    run_due()
    assert heard == []


def test_a_subscriber_that_fails_is_retried_alone_and_its_rows_are_undone():
    calls = []

    def flaky(event) -> None:
        calls.append("flaky")
        Job.objects.create(kind="t.effect", state=Job.State.DONE)
        if calls.count("flaky") == 1:
            raise RuntimeError("not yet")

    subscribe("t.paid", flaky, name="flaky")
    subscribe("t.paid", lambda event: calls.append("good"), name="good")
    emit("t.paid")
    with time_machine.travel(now(), tick=False) as clock:
        run_due()
        clock.shift(timedelta(hours=1))
        run_due()
    assert sorted(calls) == ["flaky", "flaky", "good"]
    assert Job.objects.filter(kind="t.effect").count() == 1


def test_an_event_dispatched_twice_has_one_effect():
    heard = []
    subscribe("t.paid", heard.append, name="one")
    emit("t.paid")
    run_due()
    OutboxEvent.objects.update(dispatched_at=None)
    assert dispatch() == 1
    run_due()
    assert len(heard) == 1


def test_two_subscribers_cannot_share_a_name():
    subscribe("t.paid", print, name="one")
    subscribe("t.paid", print, name="one")
    with pytest.raises(ValueError, match="'one'"):
        subscribe("t.sent", print, name="one")
