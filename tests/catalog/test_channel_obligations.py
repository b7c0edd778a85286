"""What each kind of channel obliges its sellers to: refused without it, listed with it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from core.pluginapi import (
    BuyerRef,
    BuyerView,
    ChannelRef,
    Context,
    ItemRef,
    ItemView,
    Level,
    Line,
    Money,
    OfferRef,
    OfferView,
    OrderRef,
    OrderView,
    ProductView,
    QuotedLine,
    QuoteDraft,
    QuoteRef,
    ShopperTask,
    SupplierRef,
    SupplierView,
    Text,
    Verdict,
)
from core.shared.clock import now
from core.shared.ids import new_id
from plugins import channel_b2c, channel_c2c, channel_m2c

BRAND_PAPERS = {
    "authorised_brands": "Acme, Umi",
    "overseas_retail_licence": "JP-123",
    "origin_evidence": "COO-9",
    "local_return_address": "Shanghai",
}
SHOPPER_PAPERS = {"identity_verified": "yes", "residence_proof": "yes", "deposit_paid": "yes"}
BONDED_PAPERS = {"filing_number": "330000-1", "warehouse": "Ningbo"}


def context(plugin: Any, kind: str, **settings: Any) -> Context:
    channel = ChannelRef(kind, kind, Text(kind), "CN", "CNY", demonstration=True)
    values = plugin.register_settings(None)(**settings)
    stub: Any = SimpleNamespace()
    return Context("t", channel, values, stub, stub, stub, stub, stub, now(), 0.0)


def product(
    *,
    kind: str = "company",
    papers: dict[str, str] | None = None,
    facts: dict[str, str] | None = None,
    available: int | None = 10,
    price: str = "100",
    brand: str = "ACME",
    origin: str = "JP",
) -> ProductView:
    item = ItemView(ItemRef(new_id()), "S1", Text("Cream"), brand=brand, origin=origin)
    supplier = SupplierView(SupplierRef(new_id()), "Umi", kind, "JP", papers or {})
    offer = OfferView(
        ref=OfferRef(new_id()),
        item=item.ref,
        supplier=supplier,
        sku="S1",
        price=Money(Decimal(price), "JPY"),
        available=available,
        ship_from="JP",
        facts=facts or {},
    )
    return ProductView(item, offer)


def code(verdict: Verdict | None) -> str:
    return verdict.code if verdict else ""


def test_hook_check_listing_lists_a_brand_with_every_paper() -> None:
    ctx = context(channel_m2c, "m2c")
    assert channel_m2c.check_listing(ctx, product(papers=BRAND_PAPERS)) is None


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ("authorised_brands", "brand_not_authorised"),
        ("overseas_retail_licence", "overseas_retail_licence_missing"),
        ("origin_evidence", "origin_evidence_missing"),
        ("local_return_address", "local_return_address_missing"),
    ],
)
def test_m2c_denies_without(missing: str, expected: str) -> None:
    papers = {key: value for key, value in BRAND_PAPERS.items() if key != missing}
    verdict = channel_m2c.check_listing(context(channel_m2c, "m2c"), product(papers=papers))
    assert verdict is not None
    assert (verdict.code, verdict.level) == (expected, Level.DENY)


def test_m2c_denies_other_brands_shoppers_and_unknown_origin() -> None:
    ctx = context(channel_m2c, "m2c")
    other = channel_m2c.check_listing(ctx, product(papers=BRAND_PAPERS, brand="Other"))
    assert code(other) == "brand_not_authorised"
    shopper = channel_m2c.check_listing(ctx, product(papers=BRAND_PAPERS, kind="shopper"))
    assert code(shopper) == "supplier_kind"
    origin = channel_m2c.check_listing(ctx, product(papers=BRAND_PAPERS, origin=""))
    assert code(origin) == "origin_evidence_missing"


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        ("79", "price_below_floor"),
        ("80", ""),
        ("120", ""),
        ("121", "price_above_ceiling"),
    ],
)
def test_m2c_keeps_the_brands_price_bounds(price: str, expected: str) -> None:
    facts = {"price_floor": "80", "price_ceiling": "120"}
    listed = product(papers=BRAND_PAPERS, price=price, facts=facts)
    assert code(channel_m2c.check_listing(context(channel_m2c, "m2c"), listed)) == expected


def test_m2c_holds_a_price_bound_that_is_no_amount() -> None:
    listed = product(papers=BRAND_PAPERS, facts={"price_floor": "1e999999"})
    verdict = channel_m2c.check_listing(context(channel_m2c, "m2c"), listed)
    assert verdict is not None
    assert (verdict.level, verdict.code) == (Level.HOLD, "price_floor_unreadable")


@pytest.mark.parametrize(
    ("facts", "available", "expected"),
    [
        (BONDED_PAPERS, 5, ""),
        ({"warehouse": "Ningbo"}, 5, "filing_missing"),
        ({"filing_number": "1"}, 5, "warehouse_missing"),
        (BONDED_PAPERS, 0, "warehouse_stock_missing"),
        (BONDED_PAPERS, None, "warehouse_stock_missing"),
    ],
)
def test_bonded_needs_filing_warehouse_and_stock(
    facts: dict[str, str], available: int | None, expected: str
) -> None:
    ctx = context(channel_b2c, "b2c_bonded")
    assert code(channel_b2c.check_listing(ctx, product(facts=facts, available=available))) == (
        expected
    )


@pytest.mark.parametrize(
    ("facts", "origin", "expected"),
    [
        ({"purchase_invoice": "INV-1"}, "JP", ""),
        ({}, "JP", "purchase_invoice_missing"),
        ({"purchase_invoice": "INV-1"}, "", "origin_missing"),
    ],
)
def test_direct_needs_invoice_and_origin(facts: dict[str, str], origin: str, expected: str) -> None:
    ctx = context(channel_b2c, "b2c_direct")
    assert code(channel_b2c.check_listing(ctx, product(facts=facts, origin=origin))) == expected


def test_hook_check_shopper_lists_a_verified_shopper() -> None:
    ctx = context(channel_c2c, "c2c")
    listed = product(kind="shopper", papers=SHOPPER_PAPERS)
    task = ShopperTask(listed.item, 1, listed.offer.price, "JP")
    assert channel_c2c.check_listing(ctx, listed) is None
    assert channel_c2c.check_shopper(ctx, listed.offer.supplier, task) is None


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ("identity_verified", "shopper_identity_missing"),
        ("residence_proof", "shopper_residence_missing"),
        ("deposit_paid", "shopper_deposit_missing"),
    ],
)
def test_c2c_denies_a_shopper_without(missing: str, expected: str) -> None:
    papers = {**SHOPPER_PAPERS, missing: "no"}
    listed = product(kind="shopper", papers=papers)
    task = ShopperTask(listed.item, 1, listed.offer.price, "JP")
    verdict = channel_c2c.check_shopper(context(channel_c2c, "c2c"), listed.offer.supplier, task)
    assert verdict is not None
    assert (verdict.code, verdict.level) == (expected, Level.DENY)


def test_c2c_denies_companies() -> None:
    verdict = channel_c2c.check_listing(context(channel_c2c, "c2c"), product())
    assert code(verdict) == "supplier_kind"


def test_kinds_judge_only_their_own_channels() -> None:
    bare = product(papers={}, facts={}, origin="")
    assert channel_m2c.check_listing(context(channel_m2c, "c2c"), bare) is None
    assert channel_b2c.check_listing(context(channel_b2c, "m2c"), bare) is None
    assert channel_c2c.check_listing(context(channel_c2c, "m2c"), bare) is None


BUYER = BuyerView(BuyerRef(new_id()), "CN")


@pytest.mark.parametrize(
    ("plugin", "kind"),
    [
        (channel_m2c, "m2c"),
        (channel_b2c, "b2c_bonded"),
        (channel_b2c, "b2c_direct"),
        (channel_c2c, "c2c"),
    ],
)
def test_hook_check_purchase_limits(plugin: Any, kind: str) -> None:
    ctx = context(plugin, kind, max_per_item=3)
    listed = product()
    within = plugin.check_purchase_limits(ctx, BUYER, [Line(listed.item, 3)], now())
    beyond = plugin.check_purchase_limits(ctx, BUYER, [Line(listed.item, 4)], now())
    assert within is None
    assert code(beyond) == "personal_use_quantity"
    assert beyond.level >= Level.HOLD


def test_c2c_counts_the_pieces_of_the_whole_parcel() -> None:
    ctx = context(channel_c2c, "c2c", max_per_item=6, max_per_order=10)
    lines = [Line(product().item, 6), Line(product().item, 5)]
    verdict = channel_c2c.check_purchase_limits(ctx, BUYER, lines, now())
    assert code(verdict) == "personal_use_quantity"


def draft(goods: str, currency: str = "CNY") -> QuoteDraft:
    listed = product()
    money = Money(Decimal(goods), currency)
    line = QuotedLine(Line(listed.item, 1, listed.offer), money)
    return QuoteDraft(currency, "CN", "", (line,), money, now())


@pytest.mark.parametrize(
    ("goods", "currency", "fee", "rule"),
    [
        ("1000.00", "CNY", "80.00", "channel_c2c.fee_percent"),
        ("250.00", "CNY", "20.00", "channel_c2c.fee_percent"),
        ("249.00", "CNY", "20.00", "channel_c2c.fee_minimum"),
        ("100.00", "EUR", "8.00", "channel_c2c.fee_percent"),
    ],
)
def test_hook_add_price_components(goods: str, currency: str, fee: str, rule: str) -> None:
    ctx = context(channel_c2c, "c2c")
    (component,) = channel_c2c.add_price_components(ctx, draft(goods, currency))
    assert component.amount == Money(Decimal(fee), currency)
    assert component.rule_id == rule
    assert component.basis == Money(Decimal(goods), currency)


def offers(*rows: tuple[str, int | None, int, dict[str, str]]) -> list[OfferView]:
    base = product().offer
    return [
        replace(
            base,
            ref=OfferRef(new_id()),
            price=Money(Decimal(price), "JPY"),
            available=available,
            lead_time_days=days,
            facts=facts,
        )
        for price, available, days, facts in rows
    ]


def test_hook_offer_sourcing() -> None:
    line = Line(product().item, 2)
    rows = offers(("90", 1, 0, {}), ("100", 5, 3, {"warehouse": "Ningbo"}), ("110", 5, 1, {}))
    soonest = channel_m2c.offer_sourcing(context(channel_m2c, "m2c"), line, rows)
    stocked = channel_b2c.offer_sourcing(context(channel_b2c, "b2c_bonded"), line, rows)
    cheapest = channel_c2c.offer_sourcing(context(channel_c2c, "c2c"), line, rows)
    assert soonest is not None
    assert soonest.offer == rows[2].ref
    assert stocked is not None
    assert stocked.offer == rows[1].ref
    assert cheapest is not None
    assert cheapest.offer == rows[1].ref


def test_hook_offer_fulfilment() -> None:
    listed = product(facts={"warehouse": "Ningbo"})
    order = OrderView(
        ref=OrderRef(new_id()),
        number="H1",
        channel="x",
        state="paid",
        buyer=BUYER,
        lines=(Line(listed.item, 1, listed.offer),),
        total=Money(Decimal(1), "CNY"),
        quote=QuoteRef(new_id()),
        placed_at=now(),
    )
    bonded = channel_b2c.offer_fulfilment(context(channel_b2c, "b2c_bonded"), order)
    posted = channel_c2c.offer_fulfilment(context(channel_c2c, "c2c"), order)
    brand = channel_m2c.offer_fulfilment(context(channel_m2c, "m2c"), order)
    assert (bonded.method.value, bonded.warehouse) == ("bonded", "Ningbo")
    assert (posted.method.value, posted.carrier) == ("postal", "s10")
    assert (brand.method.value, brand.warehouse) == ("direct_mail", "JP")


KINDS = [channel_m2c.M2C, *channel_b2c.KINDS.values(), channel_c2c.C2C]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_hook_register_channel_kinds_have_a_flow_that_ends(kind: Any) -> None:
    states = set(kind.flow.states) | set(kind.flow.side_states)
    ways: dict[str, set[str]] = {}
    for step in kind.flow.transitions:
        assert {step.source, step.target} <= states
        assert set(step.by) <= {"buyer", "operator", "supplier", "system"}
        ways.setdefault(step.source, set()).add(step.target)
    assert all(after in ways[before] for before, after in pairwise(kind.flow.states))
    reached, todo = {"draft"}, ["draft"]
    while todo:
        for target in ways.get(todo.pop(), set()) - reached:
            reached.add(target)
            todo.append(target)
    assert reached == states
    pairs = [(step.source, step.target) for step in kind.flow.transitions]
    assert len(pairs) == len(set(pairs))


def test_bonded_goods_are_cleared_before_they_are_ready() -> None:
    states = channel_b2c.BONDED.flow.states
    assert states.index("declared") < states.index("cleared") < states.index("ready")


def test_a_shopper_never_uses_the_e_commerce_regime() -> None:
    assert not any(prefix.startswith("cn.cbec") for prefix in channel_c2c.C2C.regimes)
