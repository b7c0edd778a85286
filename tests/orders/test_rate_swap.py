"""Input fx_import-16: a rate that changes between the quote and the payment changes nothing."""

from __future__ import annotations

from core.fx.models import RateRow
from core.orders.placing import place_order
from core.pluginapi import Money
from core.shared.ids import new_id
from tests.orders.conftest import Customer, Market, rate


def test_fx_import_16_an_order_keeps_the_rate_rows_of_its_quote(
    market: Market, ann: Customer
) -> None:
    market.sell("m2c")
    quote = market.quote("m2c", buyer=ann.buyer.ref)
    pinned = quote.document["fx"]
    rate("JPY", "CNY", "0.0600")
    order = place_order(
        quote.pk, buyer=ann.buyer, address_id=ann.address.pk, idempotency_key=str(new_id())
    )
    assert order.quote.document["fx"] == pinned
    assert f"{Money.of(order.total).rounded().amount}" == quote.document["total"]
    (row,) = RateRow.objects.filter(pk__in=pinned[0]["rows"])
    assert f"{row.value.normalize():f}" == pinned[0]["rate"]
    fresh = market.quote("m2c", buyer=ann.buyer.ref)
    assert fresh.document["fx"][0]["rate"] == "0.06"
    assert fresh.document["fx"][0]["rows"] != pinned[0]["rows"]
