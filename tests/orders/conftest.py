"""A small market: channels of every kind to CN and one to DE, offers, rates, freight, a buyer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.accounts.models import User
from core.buyers.models import Address, Buyer
from core.buyers.services import add_address, add_identity, ensure_buyer
from core.buyers.types import AddressInput
from core.catalog.models import Offer
from core.catalog.services import publish_offer
from core.catalog.types import PublishRequest
from core.fx.services import set_rate
from core.kernel import activation, providers, snapshot
from core.kernel.models import Channel
from core.orders.models import Order, StoredQuote
from core.orders.placing import place_order
from core.orders.quotes import QuoteRequest, WantedLine, make_quote
from core.pluginapi import Money, Pair, Purpose, SupplierRef, SupplierView
from core.shared.clock import today
from core.shared.ids import new_id
from customs.services import load_rules

PLUGIN_OF = {
    "m2c": "channel_m2c",
    "b2c_bonded": "channel_b2c",
    "b2c_direct": "channel_b2c",
    "c2c": "channel_c2c",
}
PAPERS = {
    "authorised_brands": "Acme",
    "overseas_retail_licence": "JP-1",
    "origin_evidence": "COO-1",
    "local_return_address": "Shanghai",
    "identity_verified": "yes",
    "residence_proof": "yes",
    "deposit_paid": "yes",
}
FACTS = {"filing_number": "330-1", "warehouse": "Ningbo", "purchase_invoice": "INV-1"}
GTIN = "04912345678904"


@dataclass
class Market:
    """What a test sells in, and how."""

    channels: dict[str, Channel] = field(default_factory=dict)
    company: SupplierView = field(
        default_factory=lambda: SupplierView(
            SupplierRef(new_id()), "Acme Japan", "company", "JP", PAPERS
        )
    )
    shopper: SupplierView = field(
        default_factory=lambda: SupplierView(SupplierRef(new_id()), "Aki", "shopper", "JP", PAPERS)
    )

    def open(self, key: str, kind: str, *, market: str = "CN", currency: str = "CNY") -> Channel:
        channel = Channel.objects.create(
            key=key,
            kind=kind,
            names={"en": key},
            market=market,
            currency=currency,
            demonstration=True,
        )
        for plugin in (PLUGIN_OF[kind], "carrier_manual", "carrier_s10", "pay_sandbox"):
            if not activation.is_on(plugin, channel):
                activation.enable(plugin, channel, actor="test")
        if market != "CN":
            activation.enable("duty_flat", channel, actor="test")
            flat = {"country": market, "duty_percent": "3", "vat_percent": "19"}
            assert not activation.save_settings("duty_flat", channel, flat, actor="test")
        rows = [freight_row(origin, market) for origin in ("JP", "CN", "DE")]
        wrong = activation.save_settings("carrier_manual", channel, {"tariff": rows}, actor="t")
        assert not wrong
        self.channels[key] = channel
        return channel

    def sell(self, key: str, *, sku: str = "CREAM", **given: Any) -> Offer:
        channel = self.channels[key]
        values: dict[str, Any] = {
            "supplier": self.shopper if channel.kind == "c2c" else self.company,
            "sku": sku,
            "titles": {"en": f"Face cream {sku}", "zh-Hans": "面霜"},
            "price": Money(Decimal("2000"), "JPY"),
            "brand": "Acme",
            "gtin": GTIN if sku == "CREAM" else "",
            "hs_code": "3304990039",
            "origin": "JP",
            "net_grams": 50,
            "gross_grams": 180,
            "net_content": "50 g",
            "quantity": 10,
            "ship_from": "CN" if channel.kind == "b2c_bonded" else "JP",
            "facts": FACTS,
        }
        result = publish_offer(channel, PublishRequest(**(values | given)))
        offer = Offer.objects.get(pk=result.offer)
        assert result.published, offer.reasons
        return offer

    def quote(
        self, key: str, *, sku: str = "CREAM", quantity: int = 1, **given: Any
    ) -> StoredQuote:
        channel = self.channels[key]
        (quote,) = make_quote(
            QuoteRequest(
                country=channel.market,
                lines=(WantedLine(sku, quantity),),
                channels=(key,),
                **given,
            )
        )
        return quote

    def order(self, key: str, customer: Customer, **given: Any) -> Order:
        quote = self.quote(key, buyer=customer.buyer.ref, **given)
        assert quote.is_ok, quote.document["message"]
        return place_order(
            quote.pk,
            buyer=customer.buyer,
            address_id=customer.address.pk,
            idempotency_key=str(new_id()),
        )


@dataclass
class Customer:
    """Someone who may order."""

    buyer: Buyer
    address: Address


def freight_row(origin: str, destination: str) -> dict[str, Any]:
    return {
        "title": "Parcel",
        "origin": origin,
        "destination": destination,
        "first_grams": 500,
        "first_price": "30.00",
        "step_grams": 500,
        "step_price": "10.00",
        "currency": "CNY" if destination == "CN" else "EUR",
        "days_min": 4,
        "days_max": 9,
    }


def rate(base: str, quote: str, value: str) -> None:
    set_rate(
        Pair(base, quote),
        Decimal(value),
        as_of=today(),
        max_age=timedelta(days=30),
        actor="test",
        purpose=Purpose.QUOTE,
        confirmed=True,
    )


def customer(name: str, *, country: str = "CN", identity: bool = True) -> Customer:
    user = User.objects.create_user(f"{name}@example.org", None)
    buyer = ensure_buyer(user, country=country)
    given = AddressInput(
        recipient="张三",
        phone="13800138000",
        country=country,
        region="上海市",
        city="上海市",
        district="浦东新区",
        street="世纪大道 1 号",
        postcode="200120" if country == "CN" else "10115",
    )
    address = add_address(buyer, given, make_default=True)
    if identity:
        add_identity(buyer, name="张三", number="11010519491231002X")
    return Customer(buyer, address)


@pytest.fixture
def market(db: None) -> Iterator[Market]:
    """Every kind of channel to CN, open and empty, with rates for yen, euro and dollar."""
    yield from build_market()


def build_market() -> Iterator[Market]:
    snapshot.forget()
    if not activation.is_on("duty_cn", None):
        activation.enable("duty_cn", None, actor="test")
    load_rules([one for one in providers.all_regimes() if one.plugin == "duty_cn"])
    for base, value in (("JPY", "0.0481"), ("EUR", "7.9123"), ("USD", "7.0511")):
        rate(base, "CNY", value)
    found = Market()
    for kind in PLUGIN_OF:
        found.open(kind, kind)
    yield found
    snapshot.forget()


@pytest.fixture
def ann(market: Market) -> Customer:
    """A buyer in China with an address and an identity."""
    return customer("ann")


@pytest.fixture
def bob(market: Market) -> Customer:
    """Another one, without identity."""
    return customer("bob", identity=False)
