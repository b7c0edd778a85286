"""Applied offers reach the channels that they supply, at the supply's price."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.catalog.models import Offer
from core.kernel.models import Channel
from suppliers.models import Supplier, Supply
from tests.suppliers.conftest import Pushed, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def supply(supplier: Supplier) -> Supply:
    channel = Channel.objects.create(
        key="direct", kind="b2c_direct", names={"en": "Direct"}, market="CN", currency="CNY"
    )
    return Supply.objects.create(supplier=supplier, channel=channel, markup_percent=Decimal(10))


def test_changed_offers_are_published_with_the_markup(supply: Supply, push: Pushed) -> None:
    push([row("A1", price="10.05"), row("A2")])
    offer = Offer.objects.get(sku="A1")
    assert (offer.price.amount, offer.cost.amount) == (Decimal("11.06"), Decimal("10.05"))
    before = Offer.objects.get(sku="A2").updated_at
    push([row("A1", price="11"), row("A2")])
    assert Offer.objects.get(sku="A1").price.amount == Decimal("12.10")
    assert Offer.objects.get(sku="A2").updated_at == before


def test_vanished_offers_are_withdrawn(supply: Supply, push: Pushed) -> None:
    push([row("A1"), row("A2"), row("A3")])
    push([row("A1"), row("A2")])
    assert Offer.objects.get(sku="A3").state == "withdrawn"


def test_offers_that_lack_what_the_channel_needs_are_kept_back(
    supply: Supply, push: Pushed
) -> None:
    supply.channel.kind = "b2c_bonded"
    supply.channel.save()
    push([row("A1", hs_code=""), row("A2")])
    assert not Offer.objects.filter(sku="A1").exists()
    assert Offer.objects.filter(sku="A2").exists()
