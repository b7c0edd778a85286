"""What plug-ins may ask through ``ctx.verbs``: the same services, bound to their channel."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.catalog.models import Offer
from core.orders import verbs
from core.orders.models import Order
from core.orders.payments import confirm_payment, start_payment
from core.pluginapi import InvalidInput, Money, OrderRef, QuoteRef
from core.shared.ids import new_id
from suppliers.models import Supplier
from tests.orders.conftest import Customer, Market


def placed(market: Market, who: Customer, **change: Any) -> Any:
    quote = market.quote("m2c", buyer=who.buyer.ref)
    given: dict[str, Any] = {
        "buyer": who.buyer.ref,
        "address": str(who.address.pk),
        "idempotency_key": "k",
    }
    channel = change.pop("channel", market.channels["m2c"].ref)
    return verbs._place_order("p", channel, QuoteRef(quote.pk), **(given | change))


def test_a_plugin_places_an_order_of_its_channel(market: Market, ann: Customer) -> None:
    market.sell("m2c")
    order = Order.objects.get(pk=placed(market, ann))
    assert (order.state, order.idempotency_key) == ("placed", "p:k")
    (step,) = order.transitions.all()
    assert (step.by, step.actor) == ("system", "plugin:p")


@pytest.mark.parametrize("change", [{"buyer": new_id()}, {"address": "x"}, {"address": ""}])
def test_what_it_names_wrongly_is_refused(
    market: Market, ann: Customer, change: dict[str, Any]
) -> None:
    market.sell("m2c")
    with pytest.raises(InvalidInput):
        placed(market, ann, **change)
    assert not Order.objects.exists()


def test_it_cannot_reach_into_another_channel(market: Market, ann: Customer) -> None:
    market.sell("m2c")
    other = market.channels["c2c"].ref
    with pytest.raises(InvalidInput):
        placed(market, ann, channel=other)
    order = OrderRef(placed(market, ann))
    for channel in (other, None):
        with pytest.raises(InvalidInput):
            verbs._request_transition("p", channel, order, "cancelled", reason="")
        with pytest.raises(InvalidInput):
            verbs._release_escrow("p", channel, order, reason="")


def test_it_asks_for_a_step_of_the_flow(market: Market, ann: Customer) -> None:
    market.sell("m2c")
    order = OrderRef(placed(market, ann))
    here = market.channels["m2c"].ref
    with pytest.raises(InvalidInput):
        verbs._request_transition("p", here, order, "delivered", reason="hm")
    assert verbs._request_transition("p", here, order, "cancelled", reason="r") == "cancelled"


def test_it_releases_held_money_once(market: Market, ann: Customer) -> None:
    market.sell("c2c")
    order = market.order("c2c", ann)
    start_payment(order, "sandbox")
    confirm_payment(order)
    here = market.channels["c2c"].ref
    with pytest.raises(InvalidInput):
        verbs._release_escrow("p", here, OrderRef(order.pk), reason="early")
    Order.objects.filter(pk=order.pk).update(state="delivered")
    assert verbs._release_escrow("p", here, OrderRef(order.pk), reason="dispute decided")
    assert not verbs._release_escrow("p", here, OrderRef(order.pk), reason="again")


def test_it_publishes_an_offer_through_the_listing_checks(market: Market) -> None:
    item = market.sell("m2c", gtin="").item_id
    seller = Supplier.objects.create(key="sup_x", name="X", kind="company", country="JP")
    here = market.channels["b2c_direct"].ref
    given: dict[str, Any] = {
        "supplier": seller.pk,
        "sku": "X1",
        "price": Money(Decimal("10"), "EUR"),
        "quantity": 3,
        "facts": {},
    }
    denied = Offer.objects.get(pk=verbs._publish_offer("p", here, item, **given))
    assert denied.state == "denied"
    given["facts"] = {"purchase_invoice": "INV"}
    shown = Offer.objects.get(pk=verbs._publish_offer("p", here, item, **given))
    assert (shown.state, shown.pk, shown.ship_from) == ("published", denied.pk, "JP")
    assert shown.item_id == item
    for change in ({"supplier": new_id()}, {"sku": ""}, {"quantity": -1}):
        with pytest.raises(InvalidInput):
            verbs._publish_offer("p", here, item, **(given | change))
    with pytest.raises(InvalidInput):
        verbs._publish_offer("p", here, new_id(), **given)
    with pytest.raises(InvalidInput):
        verbs._publish_offer("p", None, item, **given)
