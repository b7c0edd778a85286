"""The sandbox: demonstration channels alone, stateless, idempotent, its notices signed."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from core.pluginapi import (
    ChannelRef,
    Context,
    InvalidInput,
    Money,
    OrderRef,
    PaymentIntent,
    PayState,
    Text,
    WebhookCall,
)
from core.shared.clock import now
from core.shared.ids import new_id
from plugins import pay_sandbox
from plugins.pay_sandbox.method import Sandbox


def context(*, demonstration: bool = True, **settings: Any) -> Context:
    channel = ChannelRef("c", "m2c", Text("c"), "CN", "CNY", demonstration=demonstration)
    stub: Any = SimpleNamespace()
    values = pay_sandbox.Settings(**settings)
    return Context("pay_sandbox", channel, values, stub, stub, stub, stub, stub, now(), 0.0)


INTENT = PaymentIntent("k1", OrderRef(new_id()), "H1", Money(Decimal("12.30"), "CNY"), "")


def test_hook_register_payment_methods_hands_over_a_demonstration_method() -> None:
    (method,) = pay_sandbox.register_payment_methods(None)
    assert method.demonstration_only


def test_a_payment_begins_once_for_its_key_and_is_paid() -> None:
    first = Sandbox().start(context(), INTENT)
    again = Sandbox().start(context(), INTENT)
    assert first.reference == again.reference
    status = Sandbox().query(context(), first.reference)
    assert (status.state, status.amount) == (PayState.PAID, INTENT.amount)


def test_it_refuses_outside_demonstrations() -> None:
    with pytest.raises(InvalidInput) as refused:
        Sandbox().start(context(demonstration=False), INTENT)
    assert refused.value.code == "demonstration_only"


@pytest.mark.parametrize("outcome", ["failed", "pending"])
def test_an_operator_can_have_payments_fail(outcome: str) -> None:
    reference = Sandbox().start(context(), INTENT).reference
    assert Sandbox().query(context(outcome=outcome), reference).state.value == outcome


@pytest.mark.parametrize(
    "reference", ["", "SBX", "SBX-1-CNY", "SBX-NaN-CNY-x", "SBX-1e99999-CNY-x", "SBX-1-yuan-x"]
)
def test_a_foreign_reference_is_refused(reference: str) -> None:
    with pytest.raises(InvalidInput):
        Sandbox().query(context(), reference)


def test_no_more_is_given_back_than_was_paid() -> None:
    reference = Sandbox().start(context(), INTENT).reference
    given = Sandbox().refund(context(), reference, INTENT.amount, "r1")
    assert given.state is PayState.REFUNDED
    with pytest.raises(InvalidInput):
        Sandbox().refund(context(), reference, Money(Decimal("12.31"), "CNY"), "r2")
    with pytest.raises(InvalidInput):
        Sandbox().refund(context(), reference, Money(Decimal("1"), "EUR"), "r3")


def call(body: bytes, signature: str) -> WebhookCall:
    return WebhookCall({"sandbox-signature": signature}, body, now())


def test_notices_are_signed() -> None:
    reference = Sandbox().start(context(), INTENT).reference
    notice = {"id": "n1", "reference": reference, "state": "paid", "at": now().isoformat()}
    body = json.dumps(notice).encode()
    good = hmac.new(b"sandbox", body, hashlib.sha256).hexdigest()
    assert Sandbox().verify_webhook(context(), call(body, good))
    assert not Sandbox().verify_webhook(context(), call(body + b" ", good))
    assert not Sandbox().verify_webhook(context(), replace(call(body, good), headers={}))
    (event,) = Sandbox().parse_webhook(context(), call(body, good))
    assert (event.id, event.amount) == ("n1", INTENT.amount)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b'{"state":"x"}', b"[" * 5000])
def test_rubbish_is_no_notice(body: bytes) -> None:
    with pytest.raises(InvalidInput):
        list(Sandbox().parse_webhook(context(), call(body, "")))
