"""Buyers hear of their orders once for each step, and of nothing else."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail

from core.buyers.models import Buyer
from core.buyers.services import ensure_buyer
from core.delivery.models import BuyerMessage
from core.jobs import run_due
from core.jobs.models import OutboxEvent
from core.jobs.services import enqueue
from core.kernel import activation, hooks
from core.orders.models import Order
from core.orders.payments import confirm_payment, start_payment
from core.orders.tasks import HOOK
from core.pluginapi import BuyerView, Money, OrderEvent, OrderRef, OrderView, QuoteRef
from plugins.order_notices.words import NOTICES
from tests.orders.conftest import Customer, Market

KEY = "order_notices"
NUMBER = "H2026-00042"


@pytest.fixture
def channel(make_channel: Any) -> Any:
    channel = make_channel("m2c-cn")
    assert activation.is_on(KEY, channel)
    return channel


@pytest.fixture
def buyer(django_user_model: Any) -> Buyer:
    buyer = ensure_buyer(django_user_model.objects.create_user("ann@example.org", None))
    Buyer.objects.filter(pk=buyer.pk).update(language="en")
    buyer.refresh_from_db()
    return buyer


def event_of(step: str, buyer: Any, *, identifier: str = "") -> OrderEvent:
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    order = OrderView(
        ref=OrderRef(uuid.uuid4()),
        number=NUMBER,
        channel="m2c-cn",
        state=step,
        buyer=BuyerView(buyer, "CN"),
        lines=(),
        total=Money(Decimal("1234.56"), "CNY"),
        quote=QuoteRef(uuid.uuid4()),
        placed_at=moment,
    )
    return OrderEvent(identifier or str(uuid.uuid4()), f"order.{step}", order, "", moment)


def heard(channel: Any, buyer: Buyer, step: str) -> str:
    """Tell the plug-in twice of one event; return the one mail's subject and body."""
    event = event_of(step, buyer.pk)
    tell = getattr(hooks, f"on_order_{step}")
    for _ in range(2):
        assert tell(channel.ref, event=event) == ()
        run_due()
    assert len(mail.outbox) == 1
    sent = mail.outbox[0]
    assert sent.to == ["ann@example.org"]
    assert NUMBER in sent.subject
    assert NUMBER in sent.body
    assert "1234" not in sent.body
    return f"{sent.subject} {sent.body}"


def test_hook_on_order_placed_confirms_the_order(channel: Any, buyer: Buyer) -> None:
    assert "is placed" in heard(channel, buyer, "placed")


def test_hook_on_order_procured_is_off_until_an_operator_wants_it(
    channel: Any, buyer: Buyer
) -> None:
    assert hooks.on_order_procured(channel.ref, event=event_of("procured", buyer.pk)) == ()
    assert not BuyerMessage.objects.exists()
    assert not activation.save_settings(KEY, channel, {"procured": True}, actor="test")
    assert "are ready" in heard(channel, buyer, "procured")


def test_hook_on_order_shipped_says_where_to_look(channel: Any, buyer: Buyer) -> None:
    assert "My orders" in heard(channel, buyer, "shipped")


def test_hook_on_order_delivered_asks_to_look_at_the_goods(channel: Any, buyer: Buyer) -> None:
    assert "look at the goods" in heard(channel, buyer, "delivered")


def test_hook_on_order_completed_says_thank_you(channel: Any, buyer: Buyer) -> None:
    assert "Thank you" in heard(channel, buyer, "completed")


def test_hook_on_order_cancelled_says_what_becomes_of_the_money(channel: Any, buyer: Buyer) -> None:
    assert "given back" in heard(channel, buyer, "cancelled")


def test_hook_on_order_refunded_says_that_the_money_is_back(channel: Any, buyer: Buyer) -> None:
    assert "was refunded" in heard(channel, buyer, "refunded")


def paid(market: Market, ann: Customer) -> Order:
    market.sell("m2c")
    order = market.order("m2c", ann)
    run_due()
    mail.outbox.clear()
    start_payment(order, "sandbox")
    confirm_payment(order)
    run_due()
    run_due()
    return order


def test_hook_on_order_paid_becomes_one_mail_however_often_it_is_told(
    market: Market, ann: Customer
) -> None:
    order = paid(market, ann)
    (sent,) = mail.outbox
    assert sent.to == ["ann@example.org"]
    assert (order.number in sent.subject, "已付款" in sent.subject) == (True, True)
    event = OutboxEvent.objects.get(kind="order.paid")
    payload = {
        "hook": "on_order_paid",
        "plugin": KEY,
        "event": str(event.pk),
        "kind": "order.paid",
        "order": str(order.pk),
        "previous": "placed",
        "state": "paid",
        "at": event.at.isoformat(),
    }
    enqueue(HOOK, payload, key="told again")
    run_due()
    assert len(mail.outbox) == 1


def test_where_it_is_off_nothing_is_sent(market: Market, ann: Customer) -> None:
    activation.disable(KEY, market.channels["m2c"], actor="test")
    paid(market, ann)
    assert mail.outbox == []
    assert not BuyerMessage.objects.exists()


def test_a_buyer_whom_nothing_reaches_is_no_failure(channel: Any, buyer: Buyer) -> None:
    type(buyer.user).objects.update(is_active=False)
    for who in (buyer.pk, uuid.uuid4()):
        assert hooks.on_order_paid(channel.ref, event=event_of("paid", who)) == ()
    assert not BuyerMessage.objects.exists()


def test_every_notice_names_the_order_in_three_languages() -> None:
    for step, notice in NOTICES.items():
        for text in notice.about(NUMBER):
            said = text.as_dict()
            assert len(set(said.values())) == 3, step
            assert all(NUMBER in words and "{" not in words for words in said.values()), step
