"""A quote goes by the code that counts in its destination."""

from __future__ import annotations

from typing import Any

import pytest

from core.catalog.models import Item
from core.jobs import run_due
from customs.classification.models import Classification
from customs.classification.services import confirm, reject
from customs.classification.tasks import look_now
from tests.orders.conftest import Market


@pytest.fixture
def classified(market: Market) -> Classification:
    """A cream with the supplier's code, looked at once."""
    offer = market.sell("m2c")
    look_now()
    run_due(limit=100)
    return Classification.objects.get(item=offer.item_id, jurisdiction="CN")


def line(market: Market) -> dict[str, Any]:
    document = market.quote("m2c").document
    return {**document["lines"][0], "outcome": document["outcome"], "code": document["code"]}


def test_it_goes_by_the_suppliers_code_while_nobody_decided(
    market: Market, classified: Classification
) -> None:
    assert line(market)["hs_code"] == "3304990039"


def test_it_goes_by_the_confirmed_code_whatever_the_supplier_says(
    market: Market, classified: Classification
) -> None:
    confirm(classified.pk, "33049100", actor="user:ann", version=classified.version)
    Item.objects.filter(pk=classified.item_id).update(hs_code="3304200000")
    assert line(market)["hs_code"] == "33049100"


def test_it_refuses_when_a_person_ruled_the_code_out(
    market: Market, classified: Classification
) -> None:
    reject(classified.pk, "3304990039", actor="user:ann", version=classified.version)
    found = line(market)
    assert (found["hs_code"], found["outcome"]) == ("", "refused")


def test_a_country_that_only_a_flat_regime_serves_has_codes_of_its_own(market: Market) -> None:
    market.open("b2c-th", "b2c_direct", market="TH", currency="USD")
    offer = market.sell("b2c-th")
    look_now()
    run_due(limit=100)
    row = Classification.objects.get(item=offer.item_id, jurisdiction="TH")
    confirm(row.pk, "3304910000", actor="user:ann", version=row.version)
    document = market.quote("b2c-th").document
    assert document["lines"][0]["hs_code"] == "3304910000"
