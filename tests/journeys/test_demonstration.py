"""The demonstration and the stories that the tour tells, through the real pipelines."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from core.catalog.models import Offer, OfferState
from core.conf.demo.data import CHANNELS, ORDERS
from core.kernel import activation
from core.kernel.models import Channel
from core.logistics.models import Parcel
from core.orders import ledger
from core.orders.models import Order, StoredQuote
from core.orders.quotes import stored_bytes
from suppliers.models import Feed

pytestmark = pytest.mark.django_db(transaction=True)

FOUR = {"cn-brand", "cn-bonded", "cn-direct", "cn-shopper"}


@pytest.fixture
def demonstration() -> None:
    call_command("demo", "load", stdout=io.StringIO())


def quote(tmp_path: Path, **basket: object) -> dict[str, dict[str, object]]:
    path = tmp_path / "basket.json"
    path.write_text(json.dumps({"destination": {"country": "CN"}, "currency": "CNY", **basket}))
    out = io.StringIO()
    call_command("quote", str(path), stdout=out)
    return {one["channel"]: one for one in json.loads(out.getvalue())["quotes"]}


@pytest.mark.timeout(300)
def test_the_demonstration_tells_its_stories(demonstration: None, tmp_path: Path) -> None:
    """One load, several stories: loading takes most of the time."""
    everything_was_loaded()
    a_basket_is_compared_over_four_kinds_to_the_cent(tmp_path)
    a_stored_quote_stays_the_same_after_a_rate_changed(tmp_path)
    every_channel_delivers()
    a_plug_in_that_is_switched_off_leaves_the_page()
    with pytest.raises(CommandError, match="channels already"):
        call_command("demo", "load", stdout=io.StringIO())


def everything_was_loaded() -> None:
    assert set(Channel.objects.values_list("key", flat=True)) == {one.key for one in CHANNELS}
    assert all(one.demonstration for one in Channel.objects.all())
    feeds = Feed.objects.order_by("received_at")
    assert [feed.summary["balance_ok"] for feed in feeds] == [True, True, True]
    assert sum(feed.summary["created"] for feed in feeds) > 90
    assert sorted(Order.objects.values_list("state", flat=True)) == sorted(s for _, s in ORDERS)
    assert Offer.objects.filter(state=OfferState.PUBLISHED).count() > 150
    assert Offer.objects.filter(state=OfferState.DENIED).exists()
    assert ledger.unbalanced() == []


def a_basket_is_compared_over_four_kinds_to_the_cent(tmp_path: Path) -> None:
    quotes = quote(tmp_path, lines=[{"sku": "HT-002", "quantity": 1}])
    assert set(quotes) == FOUR
    for one in quotes.values():
        assert one["outcome"] == "ok", one
        parts = one["components"]
        assert isinstance(parts, list)
        assert sum(Decimal(part["amount"]) for part in parts) == Decimal(str(one["total"]))
        for part in parts:
            assert part["rule_id"]
            assert part["source"]
            assert part["basis"] is not None


def a_stored_quote_stays_the_same_after_a_rate_changed(tmp_path: Path) -> None:
    before = quote(tmp_path, lines=[{"sku": "HT-001", "quantity": 2}])
    kept = {one["id"]: bytes(stored_bytes(str(one["id"]))) for one in before.values()}
    call_command("fx", "set", "EUR", "CNY", "9.5", "--max-age-days", "2", stdout=io.StringIO())
    after = quote(tmp_path, lines=[{"sku": "HT-001", "quantity": 2}])
    assert {key: bytes(stored_bytes(str(key))) for key in kept} == kept
    assert after["cn-brand"]["total"] != before["cn-brand"]["total"]
    assert StoredQuote.objects.count() >= 8


def every_channel_delivers() -> None:
    out = io.StringIO()
    call_command("journey", "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert answer["failures"] == {}
    finished = {step["channel"] for step in answer["steps"] if step["state"] == "completed"}
    assert finished == {one.key for one in CHANNELS}


def a_plug_in_that_is_switched_off_leaves_the_page() -> None:
    order = Order.objects.filter(state="shipped", channel__key="cn-shopper").first()
    assert order is not None
    parcel = Parcel.objects.filter(order=order.pk).first()
    assert parcel is not None
    client, address = Client(), f"/t/{parcel.public_token}/"
    with_it = client.get(address).content
    activation.disable("carrier_s10", order.channel, actor="test")
    without_it = client.get(address).content
    assert with_it != without_it
    assert b"S10" in with_it or "国际邮政".encode() in with_it
