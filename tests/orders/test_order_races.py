"""Races over orders and payments, on PostgreSQL, each with a control that must fail."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from core.catalog.models import Offer
from core.orders.errors import OrderError
from core.orders.ledger import unbalanced
from core.orders.models import LedgerEntry, Order, Payment
from core.orders.payments import payment_received, start_payment
from core.orders.placing import place_order
from core.pluginapi import Money, PaymentEvent, PayState
from core.shared.clock import now
from core.shared.ids import new_id
from tests.orders.conftest import Customer, Market

pytestmark = [
    pytest.mark.drill,
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]

WORKERS = 8
NOTICES = 1_000 if os.environ.get("HAITAO_DRILL_FULL") else 160


def at_once(action: Callable[[int], bool], times: int) -> int:
    """Run ``action`` from eight threads that begin together; return how often it was True."""
    gate = threading.Barrier(WORKERS)

    def work(worker: int) -> int:
        gate.wait()
        try:
            return sum(action(worker * times + number) for number in range(times // WORKERS))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        return sum(pool.map(work, range(WORKERS)))


def begun(market: Market, who: Customer) -> Payment:
    market.sell("m2c")
    payment, _ = start_payment(market.order("m2c", who), "sandbox")
    return Payment.objects.select_related("order").get(pk=payment.pk)


def test_one_notice_many_times_is_one_capture(market: Market, ann: Customer) -> None:
    payment = begun(market, ann)
    amount = Money.of(payment.amount)

    def notice(number: int) -> bool:
        name = f"n{number % 3}"
        event = PaymentEvent(name, payment.reference, PayState.PAID, amount, now())
        return payment_received(payment.__class__.objects.get(pk=payment.pk), event) is not None

    assert at_once(notice, NOTICES) == NOTICES
    order = Order.objects.get(pk=payment.order_id)
    captures = LedgerEntry.objects.filter(order=order, account="buyer").count()
    print(f"PROMISE R6 n={NOTICES} bad={captures - 1}")
    assert (captures, order.state) == (1, "paid")
    assert order.transitions.filter(target="paid").count() == 1
    assert not unbalanced()


def test_a_capture_that_reads_before_it_writes_is_not_one(market: Market, ann: Customer) -> None:
    payment = begun(market, ann)

    def naive(_: int) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT state FROM orders_payment WHERE id = %s", [payment.pk])
            if cursor.fetchone()[0] != "pending":
                return False
            cursor.execute("SELECT pg_sleep(0.01)")
            cursor.execute("UPDATE orders_payment SET state = 'paid' WHERE id = %s", [payment.pk])
            return True

    assert at_once(naive, 80) > 1


def test_one_key_from_eight_threads_is_one_order(market: Market, ann: Customer) -> None:
    offer = market.sell("m2c", quantity=20)
    quote = market.quote("m2c", buyer=ann.buyer.ref)

    def place(_: int) -> bool:
        order = place_order(
            quote.pk, buyer=ann.buyer, address_id=ann.address.pk, idempotency_key="same"
        )
        return order.quote_id == quote.pk

    assert at_once(place, 40) == 40
    assert Order.objects.count() == 1
    assert Offer.objects.get(pk=offer.pk).reserved == 1


def test_checkouts_never_sell_more_than_there_is(market: Market, ann: Customer) -> None:
    offer = market.sell("m2c", quantity=5)
    quotes = [market.quote("m2c", buyer=ann.buyer.ref).pk for _ in range(24)]
    waiting = iter(quotes)
    turn = threading.Lock()
    codes: set[str] = set()

    def place(_: int) -> bool:
        with turn:
            quote = next(waiting)
        try:
            place_order(
                quote,
                buyer=ann.buyer,
                address_id=ann.address.pk,
                idempotency_key=str(new_id()),
            )
        except OrderError as refused:
            codes.add(refused.code)
            return False
        return True

    assert at_once(place, 24) == 5
    assert codes == {"out_of_stock"}
    row = Offer.objects.get(pk=offer.pk)
    assert (row.reserved, row.available, Order.objects.count()) == (5, 0, 5)
