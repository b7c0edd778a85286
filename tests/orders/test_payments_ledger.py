"""Payments are captured once; the ledger sums to zero and only grows."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core.jobs import run_due
from core.jobs.models import Job
from core.kernel import activation
from core.kernel.models import Channel
from core.orders import flow, ledger
from core.orders.errors import PaymentRefused, StepRefused
from core.orders.ledger import Entry, Unbalanced, balances, post, unbalanced
from core.orders.models import LedgerEntry, Order, Payment
from core.orders.payments import (
    confirm_payment,
    find_payment,
    methods_for,
    payment_received,
    start_payment,
)
from core.orders.settlement import release_escrow
from core.pluginapi import Money, PaymentEvent, PaymentStatus, PayState
from core.shared.clock import now
from tests.orders.conftest import Customer, Market

KINDS = ("m2c", "b2c_bonded", "b2c_direct", "c2c")


def paid(market: Market, who: Customer, kind: str = "m2c") -> Order:
    market.sell(kind)
    order = market.order(kind, who)
    start_payment(order, "sandbox")
    confirm_payment(order)
    order.refresh_from_db()
    return order


def begun(market: Market, who: Customer) -> Payment:
    market.sell("m2c")
    payment, _ = start_payment(market.order("m2c", who), "sandbox")
    return payment


def status(payment: Payment, amount: str = "", currency: str = "CNY") -> PaymentStatus:
    money = Money(Decimal(amount or payment.amount.amount), currency)
    return PaymentStatus(payment.reference, PayState.PAID, money, now())


@pytest.mark.parametrize("kind", KINDS)
def test_a_payment_moves_the_order_and_balances(market: Market, ann: Customer, kind: str) -> None:
    order = paid(market, ann, kind)
    assert order.state == "paid"
    assert not unbalanced()
    accounts = balances(order)
    total = Money.of(order.total)
    assert accounts["buyer", ""] == -total
    assert sum((money.amount for money in accounts.values()), Decimal(0)) == 0
    held = {party for (name, party) in accounts if name == "escrow"}
    assert bool(held) is (kind in ("m2c", "c2c"))
    document = order.quote.document
    taxes = [c for c in document["components"] if c["kind"] in ledger.TAXES]
    with_order = [Decimal(c["amount"]) for c in taxes if c["paid_by"] == "order"]
    booked = accounts.get(("tax", ""), Money.zero("CNY"))
    assert booked.amount == sum(with_order, Decimal(0))


def test_a_notice_replayed_a_thousand_times_is_one_capture(market: Market, ann: Customer) -> None:
    payment = begun(market, ann)
    amount = Money.of(payment.amount)
    event = PaymentEvent("n1", payment.reference, PayState.PAID, amount, now())
    for _ in range(1000):
        payment_received(payment, event)
    order = Order.objects.get(pk=payment.order_id)
    assert order.state == "paid"
    assert order.transitions.filter(target="paid").count() == 1
    assert payment.notices.count() == 1
    assert balances(order)["buyer", ""] == -amount


def test_a_notice_that_could_not_be_booked_is_heard_again(
    market: Market, ann: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_payment: Payment) -> bool:
        raise RuntimeError("the process ends here")

    payment = begun(market, ann)
    event = PaymentEvent("n1", payment.reference, PayState.PAID, Money.of(payment.amount), now())
    with monkeypatch.context() as broken:
        broken.setattr(ledger, "post_payment", fail)
        with pytest.raises(RuntimeError):
            payment_received(payment, event)
    assert payment_received(payment, event).state == Payment.State.PAID
    assert Order.objects.get(pk=payment.order_id).state == "paid"
    assert payment.notices.count() == 1


@pytest.mark.parametrize(("amount", "currency"), [("0.01", "CNY"), ("", "EUR"), ("99999", "CNY")])
def test_another_amount_or_currency_books_nothing(
    market: Market, ann: Customer, amount: str, currency: str
) -> None:
    payment = begun(market, ann)
    with pytest.raises(PaymentRefused) as refused:
        payment_received(payment, status(payment, amount, currency))
    assert refused.value.code == "payment_mismatch"
    payment.refresh_from_db()
    assert (payment.state, bool(payment.problem)) == ("pending", True)
    assert not LedgerEntry.objects.exists()


def test_another_reference_books_nothing(market: Market, ann: Customer) -> None:
    payment = begun(market, ann)
    wrong = PaymentStatus("SBX-other", PayState.PAID, Money.of(payment.amount), now())
    with pytest.raises(PaymentRefused):
        payment_received(payment, wrong)


def test_starting_twice_is_one_payment(market: Market, ann: Customer) -> None:
    payment = begun(market, ann)
    again, start = start_payment(payment.order, "sandbox")
    assert (again.pk, start.reference) == (payment.pk, payment.reference)
    assert find_payment("sandbox", payment.reference) == payment
    assert find_payment("sandbox", "") is None


def test_the_sandbox_is_not_offered_outside_of_demonstrations(
    market: Market, ann: Customer
) -> None:
    market.sell("m2c")
    order = market.order("m2c", ann)
    Channel.objects.filter(key="m2c").update(demonstration=False)
    order = Order.objects.get(pk=order.pk)
    assert not methods_for(order)
    with pytest.raises(PaymentRefused):
        start_payment(order, "sandbox")


def test_an_unknown_or_late_payment_is_refused(market: Market, ann: Customer) -> None:
    market.sell("m2c")
    order = market.order("m2c", ann)
    with pytest.raises(PaymentRefused):
        start_payment(order, "gold")
    with pytest.raises(PaymentRefused):
        confirm_payment(order)
    flow.transition(order, "cancelled", by="buyer")
    with pytest.raises(PaymentRefused):
        start_payment(order, "sandbox")


def test_a_failed_payment_leaves_the_order_waiting(market: Market, ann: Customer) -> None:
    channel = market.channels["m2c"]
    assert not activation.save_settings("pay_sandbox", channel, {"outcome": "failed"}, actor="test")
    payment = begun(market, ann)
    assert confirm_payment(payment.order).state == "failed"
    assert Order.objects.get(pk=payment.order_id).state == "placed"
    activation.save_settings("pay_sandbox", channel, {"outcome": "paid"}, actor="test")
    second, _ = start_payment(payment.order, "sandbox")
    assert second.pk != payment.pk
    confirm_payment(payment.order)
    assert Order.objects.get(pk=payment.order_id).state == "paid"


def test_money_for_a_cancelled_order_goes_back(market: Market, ann: Customer) -> None:
    payment = begun(market, ann)
    flow.transition(payment.order, "cancelled", by="buyer")
    payment_received(payment, status(payment))
    run_due()
    payment.refresh_from_db()
    assert payment.state == "refunded"
    assert not balances(payment.order)
    assert Order.objects.get(pk=payment.order_id).state == "cancelled"


def test_a_refund_empties_every_account_and_returns_the_stock(
    market: Market, ann: Customer
) -> None:
    order = paid(market, ann)
    flow.transition(order, "refunding", by="buyer")
    run_due()
    order.refresh_from_db()
    assert order.state == "refunded"
    assert not balances(order)
    assert not unbalanced()
    assert set(order.lines.values_list("stock", flat=True)) == {"released"}


def deliver(order: Order) -> Order:
    Order.objects.filter(pk=order.pk).update(state="delivered", delivered_at=now())
    order.refresh_from_db()
    flow.transition(order, "completed", by="buyer")
    run_due()
    order.refresh_from_db()
    return order


def test_a_shopper_is_paid_when_delivery_is_confirmed(market: Market, ann: Customer) -> None:
    order = paid(market, ann, "c2c")
    with pytest.raises(StepRefused):
        release_escrow(order, reason="too early")
    held = sum(m.amount for m in balances(order, "escrow").values())
    deliver(order)
    assert order.escrow_released_at is not None
    assert not balances(order, "escrow")
    assert sum(m.amount for m in balances(order, "supplier").values()) == held
    assert not release_escrow(order, reason="again")


def test_a_shoppers_fee_goes_to_the_shopper(market: Market, ann: Customer) -> None:
    order = paid(market, ann, "c2c")
    document = order.quote.document
    parts = {c["code"]: Decimal(c["amount"]) for c in document["components"]}
    (money,) = balances(order, "escrow").values()
    assert money.amount == parts["goods.1"] + parts["shopper_fee"]


def test_a_brand_is_paid_after_the_return_window(market: Market, ann: Customer) -> None:
    order = deliver(paid(market, ann, "m2c"))
    assert order.escrow_released_at is None
    job = Job.objects.get(kind="orders.release")
    assert job.run_after >= now() + timedelta(days=14)
    Job.objects.filter(pk=job.pk).update(run_after=now())
    run_due()
    order.refresh_from_db()
    assert order.escrow_released_at is not None
    assert not unbalanced()


def test_a_posting_is_written_once_and_balances(market: Market, ann: Customer) -> None:
    market.sell("m2c")
    order = market.order("m2c", ann)
    one, two = Money(Decimal("1.50"), "CNY"), Money(Decimal("-1.50"), "CNY")
    assert post(order, "p", [Entry("a", one), Entry("b", two)])
    assert not post(order, "p", [Entry("a", one), Entry("b", two)])
    with pytest.raises(Unbalanced):
        post(order, "q", [Entry("a", one)])
    with pytest.raises(Unbalanced):
        post(order, "q", [Entry("a", one), Entry("b", Money(Decimal("-1.50"), "EUR"))])
    assert LedgerEntry.objects.count() == 2


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_the_ledger(
    market: Market, ann: Customer, change: str
) -> None:
    order = paid(market, ann)
    rows = LedgerEntry.objects.filter(order=order)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows.update(memo="x") if change == "update" else rows.delete()
