"""A small market, as orders' tests have it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from tests.orders.conftest import Customer, Market, build_market, customer


@pytest.fixture(autouse=True)
def _own_cache(db: None) -> None:
    cache.clear()


@pytest.fixture
def market(db: None) -> Iterator[Market]:
    """Every kind of channel to CN, open and empty."""
    yield from build_market()


@pytest.fixture
def ann(market: Market) -> Customer:
    """A buyer in China with an address and an identity."""
    return customer("ann")


@pytest.fixture
def english() -> Client:
    """A visitor who reads English."""
    return Client(headers={"accept-language": "en"})
