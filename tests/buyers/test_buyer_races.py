"""Two requests of one buyer at once, on a server database."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection

from core.accounts.models import User
from core.buyers import services
from core.buyers.models import Address, Buyer, Identity
from core.buyers.types import AddressInput

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.drill,
    pytest.mark.django_db(transaction=True),
]
THREADS = 6
NUMBER = "11010519491231002X"


def in_threads(work):
    gate = threading.Barrier(THREADS)

    def run(number):
        try:
            gate.wait(timeout=20)
            return work(number)
        except IntegrityError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


@pytest.fixture
def buyer():
    return services.ensure_buyer(User.objects.create_user("buyer@example.com"))


def test_the_same_number_at_once_is_one_identity(buyer):
    found = in_threads(lambda _n: services.add_identity(buyer, name="张三", number=NUMBER).pk)
    assert len(set(found)) == 1
    assert Identity.objects.get().is_default


def test_without_the_lock_requests_collide(buyer, monkeypatch):
    """The negative control: it is the lock that makes the test above true."""
    looked = threading.Barrier(THREADS)
    store = services._store_identity

    def store_together(*given):
        looked.wait(timeout=20)
        return store(*given)

    monkeypatch.setattr(services, "_lock", lambda _buyer: None)
    monkeypatch.setattr(services, "_store_identity", store_together)
    found = in_threads(lambda _n: services.add_identity(buyer, name="张三", number=NUMBER))
    assert sum(isinstance(one, IntegrityError) for one in found) == THREADS - 1


def test_addresses_at_once_have_one_default(buyer):
    given = AddressInput("王小明", "13812345678", "CN", "世纪大道 100 号")
    found = in_threads(lambda _n: services.add_address(buyer, given, make_default=True))
    assert all(isinstance(one, Address) for one in found)
    assert Address.objects.filter(is_default=True).count() == 1
    assert Address.objects.count() == THREADS


def test_a_user_becomes_one_buyer():
    user = User.objects.create_user("new@example.com")
    found = in_threads(lambda _n: services.ensure_buyer(user).pk)
    assert len(set(found)) == 1
    assert Buyer.objects.count() == 1
