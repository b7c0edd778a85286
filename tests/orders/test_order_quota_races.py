"""Payments of one person's accounts that come in at the same moment never exceed the year."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from core.buyers.services import add_identity
from core.catalog.models import Offer
from core.jobs import run_due
from core.orders.ledger import unbalanced
from core.orders.models import Order, Payment
from core.orders.payments import payment_received, start_payment
from core.pluginapi import Money, PaymentStatus, PayState
from core.shared.clock import now
from customs.quota.queries import differences
from tests.orders.conftest import Customer, Market, customer
from tests.orders.test_order_quota import leave, used, value_of

pytestmark = [pytest.mark.drill, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ORDERS, FIT, WORKERS = 16, 5, 8


def test_exactly_what_fits_is_paid_and_all_else_goes_back(market: Market, ann: Customer) -> None:
    offer = market.sell("m2c", quantity=ORDERS)
    twin = customer("twin", identity=False)
    add_identity(twin.buyer, name="张三", number="11010519491231002x")
    orders = [market.order("m2c", (ann, twin)[n % 2]) for n in range(ORDERS)]
    payments = [start_payment(order, "sandbox")[0] for order in orders]
    leave(str(value_of(orders[0]) * FIT))
    gate = Barrier(WORKERS)

    def work(worker: int) -> None:
        gate.wait()
        try:
            for payment in payments[worker::WORKERS]:
                amount = Money.of(payment.amount)
                paid = PaymentStatus(payment.reference, PayState.PAID, amount, now())
                payment_received(payment, paid)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))
    run_due()
    states = list(Order.objects.values_list("state", flat=True))
    assert (states.count("paid"), states.count("cancelled")) == (FIT, ORDERS - FIT)
    assert Payment.objects.filter(state="refunded").count() == ORDERS - FIT
    assert Offer.objects.get(pk=offer.pk).reserved == FIT
    assert (used(), differences(), unbalanced()) == (26_000, [], [])
