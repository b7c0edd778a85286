"""Whatever the prices, quantities and currencies: parts sum to the whole, to the last cent."""

from __future__ import annotations

import json
from decimal import Decimal
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.catalog.models import Offer
from core.orders.ledger import Entry, Unbalanced, _sellers
from core.orders.quotes import QuoteRequest, WantedLine, preview_quote
from core.orders.quoting.document import canonical, intact, sealed
from core.pluginapi import Money
from core.shared.money import exponent
from tests.orders.conftest import Market

PRICES = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("4000"), places=2)
BASKET = st.lists(
    st.tuples(PRICES, st.sampled_from(["JPY", "EUR", "USD", "CNY"]), st.integers(1, 9)),
    min_size=1,
    max_size=3,
)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(basket=BASKET, currency=st.sampled_from(["CNY", "EUR", "JPY"]))
def test_lines_always_sum_to_the_total(
    market: Market, basket: list[tuple[Decimal, str, int]], currency: str
) -> None:
    Offer.objects.all().delete()
    for number, (price, money, _) in enumerate(basket):
        whole = price.quantize(Decimal(1)) + 1 if money == "JPY" else price
        market.sell("c2c", sku=f"S{number}", price=Money(whole, money), quantity=100)
        market.sell("m2c", sku=f"S{number}", price=Money(whole, money), quantity=100)
    for kind in ("c2c", "m2c"):
        ids = list(
            Offer.objects.filter(channel__key=kind).order_by("sku").values_list("item", flat=True)
        )
        lines = tuple(
            WantedLine(str(item), quantity)
            for item, (_, _, quantity) in zip(ids, basket, strict=True)
        )
        request = QuoteRequest(country="CN", lines=lines, currency=currency, channels=(kind,))
        (quote,) = preview_quote(request)
        document = quote.document
        if not quote.is_ok:
            assert document["code"]
            continue
        amounts = [Decimal(one["amount"]) for one in document["components"]]
        places = Decimal(1).scaleb(-exponent(currency))
        assert sum(amounts, Decimal(0)) == Decimal(document["total"])
        assert all(amount == amount.quantize(places) for amount in amounts)


@given(
    goods=st.lists(PRICES, min_size=1, max_size=6),
    fee=st.decimals(min_value=Decimal("0"), max_value=Decimal("900"), places=2),
    held=st.booleans(),
)
def test_a_fee_is_shared_out_whole(goods: list[Decimal], fee: Decimal, held: bool) -> None:
    shares = {str(n): Money(price, "CNY") for n, price in enumerate(goods)}
    entries = _sellers(shares, [Entry("fee", Money(fee, "CNY"))], held=held)
    assert sum((entry.amount.amount for entry in entries), Decimal(0)) == sum(goods) + fee


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=10,
)


@given(document=st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), JSON))
def test_a_document_has_one_form_and_a_hash_that_tells(document: dict[str, object]) -> None:
    body, digest = sealed(document)
    assert intact(body, digest)
    assert not intact(body + b" ", digest)
    assert sealed(dict(reversed(document.items()))) == (body, digest)


@pytest.mark.parametrize("value", [0.1, [0.1], {"a": {"b": 0.5}}])
def test_a_float_never_enters_a_document(value: object) -> None:
    with pytest.raises(TypeError):
        canonical({"x": value})
    with pytest.raises(TypeError):
        sealed({"a": "", "x": value})


@pytest.mark.parametrize("name", ["a", "hash", "hashed", "z"])
def test_the_hash_is_of_the_document_without_it(name: str) -> None:
    body, digest = sealed({name: "1", "m": [1, "2.5"]})
    held = json.loads(body)
    assert held.pop("hash") == digest
    assert sha256(canonical(held)).hexdigest() == digest
    assert body == canonical(held | {"hash": digest})


def test_unbalanced_is_a_defect_not_a_refusal() -> None:
    assert not issubclass(Unbalanced, ValueError)
