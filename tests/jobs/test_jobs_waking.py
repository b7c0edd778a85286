"""Wakes: after commit only, coalesced, and a broker that is down costs the caller nothing."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import transaction

from core.jobs import enqueue, handler, waking
from core.jobs.models import Job


def until(condition) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_broker_that_hangs_does_not_hold_the_caller(monkeypatch):
    released, sent = threading.Event(), []

    def hang() -> None:
        sent.append(1)
        released.wait(30)

    monkeypatch.setattr(waking, "send", hang)
    bell = waking.Bell()
    for _ in range(100):
        bell.ring()
    until(lambda: sent)
    assert len(sent) == 1
    released.set()
    until(bell.idle.is_set)
    assert len(sent) <= 2


def test_a_broker_that_is_down_is_tried_again_later(monkeypatch):
    sent = []

    def fail_once() -> None:
        sent.append(1)
        if len(sent) == 1:
            raise OSError("connection refused")

    monkeypatch.setattr(waking, "send", fail_once)
    monkeypatch.setattr(waking, "PAUSE_AFTER_FAILURE", 0.01)
    bell = waking.Bell()
    bell.ring()
    until(lambda: len(sent) == 1 and bell.idle.is_set())
    bell.ring()
    until(lambda: len(sent) == 2)


@pytest.mark.django_db(transaction=True)
def test_workers_are_woken_after_commit_and_not_before(monkeypatch):
    rung = []
    monkeypatch.setattr(waking, "ring", lambda: rung.append(Job.objects.count()))
    handler("t.note")(lambda job: None)
    with transaction.atomic():
        enqueue("t.note")
        assert rung == []
    assert rung == [1]
    with transaction.atomic():
        enqueue("t.note")
        transaction.set_rollback(True)
    assert rung == [1]
