"""The last items are sold once, however many want them at the same moment.

PostgreSQL alone shows the race: SQLite lets one writer in at a time. The same harness without the
guard must oversell, else the drill proves nothing.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection, connections

from core.catalog.models import Item, Offer, OfferState, Product
from core.catalog.stock import release_stock, reserve_stock
from core.kernel.models import Channel
from core.pluginapi import Money
from core.shared.ids import new_id

pytestmark = [pytest.mark.drill, pytest.mark.postgres]

STOCK = 100
WORKERS = 8
ATTEMPTS = 10_000 if os.environ.get("HAITAO_DRILL_FULL") else 1_000


def stocked(on_hand: int = STOCK) -> UUID:
    channel = Channel.objects.create(
        key=f"c{new_id().hex[-8:]}", kind="m2c", market="CN", currency="CNY"
    )
    item = Item.objects.create(product=Product.objects.create(), steward=new_id(), sku="S")
    offer = Offer.objects.create(
        item=item,
        channel=channel,
        supplier=item.steward,
        sku="S",
        price=Money(Decimal(1), "CNY").stored(),
        on_hand=on_hand,
        state=OfferState.PUBLISHED,
    )
    return offer.pk


def at_once(action: Callable[[int], bool], attempts: int) -> int:
    """Run ``action`` from eight threads that begin together; return how often it was True."""
    gate = threading.Barrier(WORKERS)

    def work(worker: int) -> int:
        gate.wait()
        try:
            return sum(action(worker) for _ in range(attempts // WORKERS))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        return sum(pool.map(work, range(WORKERS)))


@pytest.mark.django_db(transaction=True)
def test_exactly_the_stock_is_reserved() -> None:
    offer = stocked()
    sold = at_once(lambda _: reserve_stock(offer, 1), ATTEMPTS)
    row = Offer.objects.get(pk=offer)
    print(f"PROMISE R1 n={ATTEMPTS} bad={max(0, sold - STOCK)}")
    assert (sold, row.reserved, row.available) == (STOCK, STOCK, 0)


def read_then_write(offer: UUID) -> bool:
    """What a shop must not do: look at the stock, then write what was seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT on_hand - reserved FROM catalog_offer WHERE id = %s", [offer])
        if cursor.fetchone()[0] < 1:
            return False
        cursor.execute("SELECT pg_sleep(0.002)")
        cursor.execute("UPDATE catalog_offer SET reserved = reserved + 1 WHERE id = %s", [offer])
        return True


@pytest.mark.django_db(transaction=True)
def test_without_the_guard_the_same_harness_oversells() -> None:
    offer = stocked()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE catalog_offer DROP CONSTRAINT offer_reserved_within_stock")
    try:
        sold = at_once(lambda _: read_then_write(offer), 1_000)
    finally:
        Offer.objects.filter(pk=offer).update(reserved=0)
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE catalog_offer ADD CONSTRAINT offer_reserved_within_stock "
                "CHECK (on_hand IS NULL OR reserved <= on_hand)"
            )
    assert sold > STOCK


@pytest.mark.django_db(transaction=True)
def test_the_database_itself_refuses_to_oversell() -> None:
    offer = stocked(on_hand=1)
    assert reserve_stock(offer, 1)
    with pytest.raises(Exception, match="offer_reserved_within_stock"):
        read_and_force(offer)


def read_and_force(offer: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_offer SET reserved = reserved + 1 WHERE id = %s", [offer])


@pytest.mark.django_db(transaction=True)
def test_reserving_and_releasing_conserves_the_stock() -> None:
    offer = stocked()

    def there_and_back(_: int) -> bool:
        return reserve_stock(offer, 3) and release_stock(offer, 3)

    at_once(there_and_back, 400)
    row = Offer.objects.get(pk=offer)
    assert (row.on_hand, row.reserved) == (STOCK, 0)


@pytest.mark.django_db(transaction=True)
def test_opposite_baskets_do_not_deadlock() -> None:
    from django.db import transaction

    one, two = stocked(10_000), stocked(10_000)

    def buy(worker: int) -> bool:
        basket = (one, two) if worker % 2 else (two, one)
        with transaction.atomic():
            return all(reserve_stock(offer, 1) for offer in sorted(basket))

    rounds = 1_000 if os.environ.get("HAITAO_DRILL_FULL") else 400
    assert at_once(buy, rounds) == rounds
