"""Listings: judged, matched to items, stock conserved, found by search."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from core.catalog.errors import CatalogError
from core.catalog.gtin import gtin14
from core.catalog.models import Item, Offer
from core.catalog.queries import (
    offers_for,
    product_views,
    search,
)
from core.catalog.services import publish_offer, withdraw_offer, withdraw_supplier
from core.catalog.shelf import resolve_items
from core.catalog.stock import release_stock, reserve_stock, take_stock
from core.catalog.types import PublishRequest
from core.catalog.words import text_of
from core.jobs.models import OutboxEvent
from core.kernel.models import Channel
from core.pluginapi import (
    Capability,
    Level,
    Manifest,
    Money,
    SupplierRef,
    SupplierView,
    Text,
    Verdict,
    hookimpl,
)
from core.shared.ids import new_id

GTIN = "4912345678904"


@pytest.fixture
def channel(make_channel: Any) -> Channel:
    found: Channel = make_channel("shop")
    return found


def supplier(kind: str = "company") -> SupplierView:
    return SupplierView(SupplierRef(new_id()), "Umi", kind, "JP", {})


def request(seller: SupplierView, **given: Any) -> PublishRequest:
    values: dict[str, Any] = {
        "supplier": seller,
        "sku": "S1",
        "titles": {"en": "Green Tea", "zh-CN": "绿茶"},
        "price": Money(Decimal("12.50"), "EUR"),
        "brand": "Umi",
        "quantity": 5,
    }
    return PublishRequest(**(values | given))


class Judge:
    """A plug-in that says what a test wants of every listing."""

    MANIFEST = Manifest(
        key="judge",
        name=Text("Judge"),
        version="1",
        api=">=1.0,<2",
        summary=Text("Judge"),
        provides=(Capability.OTHER,),
    )

    def __init__(self, level: Level | None) -> None:
        self.level = level

    @hookimpl
    def check_listing(self, ctx: Any, product: Any) -> Verdict | None:
        if self.level is None:
            raise RuntimeError("broken")
        return Verdict(self.level, "judged", Text("Judged", "已判断", "已判斷"))


@pytest.mark.parametrize(
    ("level", "state", "events"),
    [
        (Level.ALLOW, "published", 1),
        (Level.WARN, "published", 1),
        (Level.HOLD, "held", 0),
        (Level.DENY, "denied", 0),
        (None, "held", 0),
    ],
)
def test_the_worst_verdict_decides_and_its_reason_is_kept(
    channel: Channel, plugin_registry: Any, level: Level | None, state: str, events: int
) -> None:
    with plugin_registry(Judge(level)):
        result = publish_offer(channel, request(supplier()))
    offer = Offer.objects.get(pk=result.offer)
    assert (result.state, offer.state) == (state, state)
    assert OutboxEvent.objects.filter(kind="offer.published").count() == events
    if level in (Level.WARN, Level.HOLD, Level.DENY):
        (reason,) = offer.reasons
        assert reason["code"] == "judged"
        assert reason["message"] == {"en": "Judged", "zh-Hans": "已判断", "zh-Hant": "已判斷"}
    assert bool(offers_for(channel, result.item)) is (state == "published")


def test_the_same_sku_is_replaced(channel: Channel) -> None:
    seller = supplier()
    first = publish_offer(channel, request(seller))
    change = {"price": Money(Decimal(9), "USD"), "cost": Money(Decimal(5), "JPY"), "quantity": None}
    again = publish_offer(channel, request(seller, **change))
    offer = Offer.objects.get()
    assert (first.created, again.created, again.offer) == (True, False, first.offer)
    assert Money.of(offer.price) == Money(Decimal(9), "USD")
    assert Money.of(offer.cost) == Money(Decimal(5), "JPY")
    assert (offer.on_hand, offer.available) == (None, None)
    publish_offer(channel, request(seller))
    assert Offer.objects.get().cost is None


def test_suppliers_meet_by_gtin_and_only_the_first_corrects(channel: Channel) -> None:
    one, two = supplier(), supplier()
    first = publish_offer(channel, request(one, gtin=GTIN, hs_code="090210", gross_grams=100))
    second = publish_offer(
        channel, request(two, sku="T9", gtin=f"0{GTIN}", hs_code="999999", origin="JP")
    )
    assert first.item == second.item
    item = Item.objects.get(pk=first.item)
    assert (item.hs_code, item.origin, item.gross_grams) == ("090210", "JP", 100)
    publish_offer(channel, request(one, gtin=GTIN, hs_code="090220"))
    item.refresh_from_db()
    assert item.hs_code == "090220"


def test_without_gtin_each_supplier_keeps_its_own_item(channel: Channel) -> None:
    items = {publish_offer(channel, request(supplier())).item for _ in range(2)}
    assert len(items) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"sku": ""},
        {"sku": "x" * 81},
        {"sku": "a\x00"},
        {"titles": {}},
        {"titles": {"en": "  "}},
        {"titles": {"en": "\ud800"}},
        {"price": Money(Decimal(0), "EUR")},
        {"price": Money(Decimal(-1), "EUR")},
        {"price": Money(Decimal("0.00001"), "EUR")},
        {"price": Money(Decimal(1), "ZZZ")},
        {"quantity": -1},
        {"quantity": 2**40},
        {"gross_grams": 2**40},
        {"lead_time_days": 99_999},
        {"ship_from": "Japan"},
        {"facts": {"a": "\x00"}},
    ],
)
def test_what_cannot_be_stored_is_refused_whole(channel: Channel, change: dict[str, Any]) -> None:
    with pytest.raises(CatalogError):
        publish_offer(channel, request(supplier(), **change))
    assert not Offer.objects.exists()
    assert not Item.objects.exists()


def test_withdrawn_offers_are_not_sold(channel: Channel) -> None:
    seller = supplier()
    result = publish_offer(channel, request(seller))
    assert withdraw_offer(channel, seller.ref, "S1")
    assert not withdraw_offer(channel, seller.ref, "S1")
    assert not reserve_stock(result.offer, 1)
    assert not list(search("tea"))
    publish_offer(channel, request(seller))
    assert withdraw_supplier(channel, seller.ref, ["S1", "S2"]) == 1


def test_stock_moves_only_where_there_is_enough(channel: Channel) -> None:
    offer = publish_offer(channel, request(supplier(), quantity=3)).offer
    assert reserve_stock(offer, 2)
    assert not reserve_stock(offer, 2)
    assert not release_stock(offer, 3)
    assert not take_stock(offer, 3)
    assert take_stock(offer, 1)
    assert release_stock(offer, 1)
    row = Offer.objects.get(pk=offer)
    assert (row.on_hand, row.reserved) == (2, 0)


def test_uncounted_stock_always_has_enough(channel: Channel) -> None:
    offer = publish_offer(channel, request(supplier(), quantity=None)).offer
    assert reserve_stock(offer, 500)
    assert take_stock(offer, 500)
    assert Offer.objects.get(pk=offer).on_hand is None


@pytest.mark.parametrize("quantity", [0, -1, 10**7])
def test_impossible_quantities_are_refused(channel: Channel, quantity: int) -> None:
    offer = publish_offer(channel, request(supplier())).offer
    for move in (reserve_stock, release_stock, take_stock):
        with pytest.raises(CatalogError):
            move(offer, quantity)


@pytest.mark.parametrize("change", [{"reserved": 6}, {"on_hand": -1}, {"reserved": -1}])
def test_the_database_keeps_stock_possible(channel: Channel, change: dict[str, int]) -> None:
    offer = publish_offer(channel, request(supplier(), quantity=5)).offer
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.filter(pk=offer).update(**change)


def test_search_finds_names_brands_and_trade_numbers(channel: Channel) -> None:
    result = publish_offer(channel, request(supplier(), gtin=GTIN))
    for words in ("green", "TEA umi", "绿茶", GTIN, "Ｇｒｅｅｎ", "s1", ""):
        assert [p.title for p in search(words)], words
    for words in ("coffee", "green coffee", "%", "_", "\x00x"):
        assert not list(search(words)), words
    assert not list(search("tea", channels=[]))
    (view,) = product_views(channel, Item.objects.get(pk=result.item).product_id)
    assert view.item.gtin == f"0{GTIN}"


def refs(references: Iterable[str]) -> dict[str, UUID | None]:
    return {name: item and item.ref for name, item in resolve_items(references).items()}


def test_an_item_is_found_by_id_sku_or_gtin(channel: Channel) -> None:
    result = publish_offer(channel, request(supplier(), gtin=GTIN))
    names = (str(result.item), "S1", GTIN)
    assert refs(names) == dict.fromkeys(names, result.item)
    strange = ("", "nope", "\x00", "x" * 500, str(new_id()))
    assert refs((*strange, "S1")) == dict.fromkeys(strange) | {"S1": result.item}


def test_an_item_that_is_not_on_sale_is_found_by_its_sku(channel: Channel) -> None:
    result = publish_offer(channel, request(supplier()))
    Offer.objects.filter(pk=result.offer).update(state="withdrawn", sku="RENAMED")
    assert refs(["S1", "RENAMED"]) == {"S1": result.item, "RENAMED": result.item}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4912345678904", "04912345678904"),
        ("96385074", "00000096385074"),
        ("4912345678905", ""),
        ("00000000000000", ""),
        ("４９１２３４５６７８９０４", ""),
        ("49 12345678904", ""),
        ("", ""),
    ],
)
def test_gtins_have_one_form(text: str, expected: str) -> None:
    assert gtin14(text) == expected


def test_names_fold_to_three_languages() -> None:
    assert text_of({"ja": "茶"}) == Text("茶")
    assert text_of({"zh-TW": "綠茶", "zh": "绿茶", "en-GB": "Tea"}) == Text("Tea", "绿茶", "綠茶")
    assert text_of({}) == Text("")
