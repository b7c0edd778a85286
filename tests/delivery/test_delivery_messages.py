"""Messages: once for their key, over the first messenger that delivers, retried, logged."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
import time_machine

from core.delivery.models import BuyerMessage, MessageAttempt
from core.delivery.services import send_message
from core.jobs import run_due, waking
from core.kernel import providers
from core.kernel.errors import ProviderFailed
from core.pluginapi import Delivery
from core.shared.clock import now
from core.shared.text import Text

pytestmark = pytest.mark.django_db

SUBJECT = Text("Shipped", "已发货", "已出貨")
BODY = Text("On its way", "在路上", "在路上")


@pytest.fixture
def sent(monkeypatch):
    """Two messengers whose answers the test sets; returns (answers, calls)."""
    answers: dict[str, list[object]] = {"first": [], "second": []}
    calls: list[tuple[str, object]] = []

    def messenger_send(channel, key, *, message):
        calls.append((key, message))
        answer = answers[key].pop(0) if answers[key] else Delivery(True, reference="r1")
        if isinstance(answer, Exception):
            raise answer
        return answer

    listed = tuple(SimpleNamespace(key=key) for key in answers)
    monkeypatch.setattr(providers, "messengers", lambda channel: listed)
    monkeypatch.setattr(providers, "messenger_send", messenger_send)
    monkeypatch.setattr(waking, "ring", lambda: None)
    return answers, calls


def message(key: str = "order:1:shipped") -> BuyerMessage:
    return send_message(uuid4(), key=key, subject=SUBJECT, body=BODY, address="buyer@example.com")


def state() -> str:
    return BuyerMessage.objects.get().state


def test_a_message_goes_out_once_for_its_key(sent):
    first = message()
    run_due()
    assert message().pk == first.pk
    run_due()
    ((key, value),) = sent[1]
    assert (key, value.address, value.subject) == ("first", "buyer@example.com", SUBJECT)
    assert state() == "sent"
    assert MessageAttempt.objects.get().reference == "r1"


def test_the_next_messenger_is_tried_when_one_does_not_deliver(sent):
    sent[0]["first"] = [Delivery(False, reason="no such number")]
    message()
    run_due()
    assert [key for key, _ in sent[1]] == ["first", "second"]
    assert state() == "sent"


def test_a_passing_fault_is_tried_again(sent):
    sent[0]["first"] = [ProviderFailed("sms", "first", "busy")]
    sent[0]["second"] = [ProviderFailed("mail", "second", "busy")]
    with time_machine.travel(now(), tick=False) as clock:
        message()
        run_due()
        assert state() == "queued"
        clock.shift(timedelta(minutes=1))
        run_due()
    assert state() == "sent"
    assert MessageAttempt.objects.filter(reason="busy").count() == 2


def test_what_nobody_can_deliver_is_said_to_be_undeliverable(sent, monkeypatch):
    monkeypatch.setattr(providers, "messengers", lambda channel: ())
    message()
    run_due()
    assert state() == "undeliverable"
    assert "switched on" in MessageAttempt.objects.get().reason


def test_the_address_is_not_stored_in_clear(sent):
    stored = message()
    assert b"buyer" not in bytes(stored.address)
    assert BuyerMessage.objects.get().open_address() == "buyer@example.com"
