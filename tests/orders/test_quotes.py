"""Quotes: exact sums, every amount explained, refused when anything is missing, immutable."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from core.catalog.models import Item, Offer
from core.fx.models import RateRow
from core.kernel import activation
from core.orders.errors import QuoteInvalid, QuoteNotFound
from core.orders.models import StoredQuote
from core.orders.quotes import QuoteRequest, WantedLine, is_intact, load_quote, make_quote
from core.orders.quoting.reading import read_request
from core.pluginapi import Money
from core.shared.clock import today
from core.shared.ids import new_id
from tests.orders.conftest import Customer, Market, rate

KINDS = ("m2c", "b2c_bonded", "b2c_direct", "c2c")


def summed(document: dict[str, Any]) -> Decimal:
    return sum((Decimal(one["amount"]) for one in document["components"]), Decimal(0))


@pytest.mark.parametrize("kind", KINDS)
def test_components_sum_exactly_to_the_total(market: Market, kind: str) -> None:
    market.sell(kind)
    document = market.quote(kind, quantity=3).document
    assert document["outcome"] == "ok", document
    assert summed(document) == Decimal(document["total"])
    assert Decimal(document["payable"]) + Decimal(document["due_at_border"]) == summed(document)


@pytest.mark.parametrize("kind", KINDS)
def test_every_amount_has_a_rule_and_a_source(market: Market, kind: str) -> None:
    market.sell(kind)
    document = market.quote(kind).document
    for component in document["components"]:
        assert component["rule_id"], component
        assert component["source"], component
        assert component["basis"], component
        assert component["currency"] == "CNY"
    goods = next(one for one in document["components"] if one["kind"] == "goods")
    assert (goods["basis"], goods["basis_currency"], goods["rate"]) == ("2000", "JPY", "0.0481")
    assert goods["amount"] == "96.20"


def test_channels_are_quoted_side_by_side_by_their_own_regimes(market: Market) -> None:
    for kind in KINDS:
        market.sell(kind)
    lines = (WantedLine("04912345678904", 1),)
    quotes = make_quote(QuoteRequest(country="CN", lines=lines))
    regimes = {quote.channel.kind: quote.document["regime"] for quote in quotes}
    assert len(quotes) == len(KINDS)
    assert regimes["c2c"] == "cn.postal"
    assert {regimes[kind] for kind in KINDS if kind != "c2c"} == {"cn.cbec.preferential"}
    assert all(quote.document["regimes_considered"] for quote in quotes)


def test_the_shoppers_fee_is_an_amount_of_its_own(market: Market) -> None:
    market.sell("c2c")
    document = market.quote("c2c", quantity=5).document
    (fee,) = [one for one in document["components"] if one["code"] == "shopper_fee"]
    assert (fee["amount"], fee["rate"], fee["plugin"]) == ("38.48", "8", "channel_c2c")
    assert document["plugins"]["channel_c2c"] == "1.0.0"


def test_a_stored_quote_survives_rate_and_price_changes(market: Market) -> None:
    offer = market.sell("m2c")
    quote = market.quote("m2c")
    before = bytes(quote.body)
    rate("JPY", "CNY", "0.0600")
    Offer.objects.filter(pk=offer.pk).update(price=Money(Decimal("9999"), "JPY").stored())
    again = market.quote("m2c")
    assert bytes(StoredQuote.objects.get(pk=quote.pk).body) == before
    assert again.document["total"] != quote.document["total"]
    assert is_intact(StoredQuote.objects.get(pk=quote.pk))


def test_a_quote_pins_the_rate_rows_that_it_used(market: Market) -> None:
    market.sell("m2c")
    document = market.quote("m2c").document
    (pinned,) = [one for one in document["fx"] if one["pair"] == "JPY/CNY"]
    assert RateRow.objects.filter(pk__in=pinned["rows"]).count() == 1
    assert (pinned["rounding"], pinned["margin_percent"]) == ("HALF_UP", "0")


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_a_quote(market: Market, change: str) -> None:
    market.sell("m2c")
    rows = StoredQuote.objects.filter(pk=market.quote("m2c").pk)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows.update(body=b"{}") if change == "update" else rows.delete()


def test_an_altered_body_is_noticed(market: Market) -> None:
    market.sell("m2c")
    quote = market.quote("m2c")
    quote.body = bytes(quote.body).replace(b'"quantity":1', b'"quantity":2')
    assert not is_intact(quote)


def refused(quote: StoredQuote) -> str:
    document = quote.document
    assert document["outcome"] == "refused"
    assert document["total"] is None
    assert document["components"] == []
    assert all(document["message"][language] for language in ("en", "zh-Hans", "zh-Hant"))
    return str(document["code"])


def test_it_refuses_without_an_offer(market: Market) -> None:
    market.sell("m2c")
    assert refused(market.quote("b2c_direct")) == "no_offer"


def test_it_refuses_more_than_is_in_stock(market: Market) -> None:
    market.sell("m2c", quantity=2)
    assert refused(market.quote("m2c", quantity=3)) == "out_of_stock"


def test_it_refuses_without_a_rate(market: Market) -> None:
    market.sell("m2c", price=Money(Decimal("10"), "GBP"))
    assert refused(market.quote("m2c")) == "fx_missing"


def test_it_refuses_a_stale_rate(market: Market) -> None:
    market.sell("m2c")
    later = today() + timedelta(days=60)
    assert refused(market.quote("m2c", on=later)) == "fx_stale"


def test_it_refuses_without_freight(market: Market) -> None:
    market.sell("m2c", ship_from="US")
    assert refused(market.quote("m2c")) == "no_freight"


def test_it_refuses_an_unknown_weight(market: Market) -> None:
    market.sell("m2c", gross_grams=None)
    assert refused(market.quote("m2c")) == "weight_missing"


def test_unknown_is_not_zero_without_an_hs_code(market: Market) -> None:
    offer = market.sell("m2c")
    Item.objects.filter(pk=offer.item_id).update(hs_code="")
    assert refused(market.quote("m2c"))


def test_it_refuses_more_than_personal_use_to_a_known_buyer(market: Market, ann: Customer) -> None:
    market.sell("c2c", quantity=100)
    assert refused(market.quote("c2c", quantity=7, buyer=ann.buyer.ref)) == "personal_use_quantity"


def test_it_refuses_when_the_channels_plugin_is_off(market: Market) -> None:
    market.sell("m2c")
    activation.disable("channel_m2c", market.channels["m2c"], actor="test")
    assert refused(market.quote("m2c")) == "kind_missing"


def test_a_quote_of_another_day_cannot_be_ordered(market: Market) -> None:
    market.sell("m2c")
    assert not market.quote("m2c", on=today() + timedelta(days=1)).orderable


def test_a_quote_is_seen_by_its_buyer_alone(market: Market, ann: Customer, bob: Customer) -> None:
    market.sell("m2c")
    own = market.quote("m2c", buyer=ann.buyer.ref)
    assert load_quote(own.pk, buyer=ann.buyer.pk).pk == own.pk
    for stranger in (None, bob.buyer.pk):
        with pytest.raises(QuoteNotFound):
            load_quote(own.pk, buyer=stranger)
    with pytest.raises(QuoteNotFound):
        load_quote("no-uuid")
    with pytest.raises(QuoteNotFound):
        load_quote(new_id())


GOOD: dict[str, Any] = {
    "destination": {"country": "CN"},
    "currency": "CNY",
    "lines": [{"sku": "CREAM", "quantity": 1}],
}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"lines": [{"sku": "A", "quantity": 0}]}, "$.lines[0].quantity"),
        ({"lines": [{"sku": "A", "quantity": -3}]}, "$.lines[0].quantity"),
        ({"lines": [{"sku": "A", "quantity": 1.5}]}, "$.lines[0].quantity"),
        ({"lines": [{"sku": "A", "quantity": True}]}, "$.lines[0].quantity"),
        ({"lines": [{"sku": "A", "quantity": 10**30}]}, "$.lines[0].quantity"),
        ({"lines": [{"sku": "A\x00", "quantity": 1}]}, "$.lines[0].sku"),
        ({"lines": [{"sku": "\ud800", "quantity": 1}]}, "$.lines[0].sku"),
        ({"lines": [{"sku": "A", "quantity": 1, "hs_code": "1"}]}, "$.lines[0].hs_code"),
        ({"lines": [{"sku": "A", "quantity": 1, "price": "0.01"}]}, "$.lines[0].price"),
        ({"lines": []}, "$.lines"),
        ({"lines": "x"}, "$.lines"),
        ({"lines": [3]}, "$.lines[0]"),
        ({"lines": [{"sku": "A", "quantity": 1}] * 1001}, "$.lines"),
        ({"currency": "yuan"}, "$.currency"),
        ({"currency": "ZZZ"}, "$.currency"),
        ({"currency": 3}, "$.currency"),
        ({"on": "22.11.2026"}, "$.on"),
        ({"on": "9999-99-99"}, "$.on"),
        ({"destination": {"country": "China"}}, "$.destination.country"),
        ({"destination": None}, "$.destination"),
        ({"destination": {"country": "CN", "region": {}}}, ""),
        ({"channels": []}, "$.channels"),
        ({"total": "1"}, "$.total"),
    ],
)
def test_bad_requests_name_the_place(change: dict[str, Any], path: str) -> None:
    if not path:
        return
    with pytest.raises(QuoteInvalid) as wrong:
        read_request({**GOOD, **change})
    assert wrong.value.path == path


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"lines": [{"sku": "NOPE", "quantity": 1}]}, "sku_unknown"),
        ({"destination": {"country": "BR"}}, "no_channel"),
        ({"channels": ["none"]}, "channel_unknown"),
    ],
)
def test_requests_without_any_answer(market: Market, change: dict[str, Any], code: str) -> None:
    market.sell("m2c")
    with pytest.raises(QuoteInvalid) as wrong:
        make_quote(read_request({**GOOD, **change}))
    assert wrong.value.code == code
    assert not StoredQuote.objects.exists()


def test_one_sku_of_two_items_is_ambiguous(market: Market) -> None:
    market.sell("m2c", sku="X1")
    market.sell("c2c", sku="X1", titles={"en": "Another thing"})
    with pytest.raises(QuoteInvalid) as wrong:
        market.quote("m2c", sku="X1")
    assert wrong.value.code == "sku_ambiguous"


def test_the_command_prints_quotes_and_shows_stored_bytes(market: Market, tmp_path: Any) -> None:
    for kind in KINDS:
        market.sell(kind)
    basket = tmp_path / "basket.json"
    basket.write_text(json.dumps(GOOD | {"lines": [{"sku": "04912345678904", "quantity": 2}]}))
    out = StringIO()
    call_command("quote", str(basket), stdout=out)
    quotes = json.loads(out.getvalue())["quotes"]
    assert [quote["outcome"] for quote in quotes] == ["ok"] * 4
    assert {"id", "channel", "components", "total", "expires_at", "hash"} <= set(quotes[0])
    rate("JPY", "CNY", "0.07")
    shown = StringIO()
    call_command("quote", show=quotes[0]["id"], stdout=shown)
    assert shown.getvalue().encode() == bytes(StoredQuote.objects.get(pk=quotes[0]["id"]).body)
    assert json.loads(shown.getvalue()) == quotes[0]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b"null"])
def test_the_command_refuses_rubbish(db: None, tmp_path: Any, content: bytes) -> None:
    basket = tmp_path / "basket.json"
    basket.write_bytes(content)
    with pytest.raises(CommandError):
        call_command("quote", str(basket))


def test_the_command_refuses_unknown_quotes(db: None, tmp_path: Any) -> None:
    for name in ("x", str(new_id())):
        with pytest.raises(CommandError):
            call_command("quote", show=name)
    with pytest.raises(CommandError):
        call_command("quote", str(tmp_path / "absent.json"))
    with pytest.raises(CommandError):
        call_command("quote")


@pytest.mark.parametrize(
    ("moment", "day"),
    [("2026-12-31T15:59:59+00:00", "2026-12-31"), ("2026-12-31T16:00:00+00:00", "2027-01-01")],
)
def test_the_rules_are_those_of_the_destinations_day(
    market: Market, monkeypatch: pytest.MonkeyPatch, moment: str, day: str
) -> None:
    market.sell("b2c_bonded")
    monkeypatch.setattr("core.orders.quotes.now", lambda: datetime.fromisoformat(moment))
    assert market.quote("b2c_bonded").document["on"] == day
