"""What a rule asks for beside the shipment: the buyer's year, identity, who pays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from core.orders.models import Order
from core.orders.quoting.rates import plain
from core.orders.quoting.types import BasketLine
from core.pluginapi import BuyerView, Json

CHINA = ZoneInfo("Asia/Shanghai")
VOID = ("cancelled", "refunding", "refunded")


def facts_for(
    country: str, buyer: BuyerView | None, basket: Sequence[BasketLine], on: date
) -> dict[str, Json]:
    """Return the facts of a quote. Who pays is the buyer: an order of anyone else is refused.

    For nobody signed in the identity counts as given, because it is asked for before an order.
    """
    facts: dict[str, Json] = {
        "payer_is_buyer": True,
        "buyer_id_verified": buyer.identity_verified if buyer else True,
        "personal_use": True,
    }
    # The tariff knows what is on the list; a listed item can be excluded by its own facts.
    if any(line.item.facts.get("positive_list") == "no" for line in basket):
        facts["positive_list"] = False
    if country == "CN":
        facts["annual_used"] = plain(annual_used(buyer, on)) if buyer else "0"
    return facts


def annual_used(buyer: BuyerView, on: date) -> Decimal:
    """Return the yuan of e-commerce imports that a buyer ordered in the Chinese calendar year.

    By account; the ledger per person that binds an order is kept by customs.
    """
    begin = datetime(on.year, 1, 1, tzinfo=CHINA)
    end = datetime(on.year + 1, 1, 1, tzinfo=CHINA)
    orders = Order.objects.filter(
        buyer_id=buyer.ref,
        placed_at__gte=begin,
        placed_at__lt=end,
        regime__startswith="cn.cbec.",
    ).exclude(state__in=VOID)
    values = (order.quote.document.get("customs_value") for order in orders.select_related("quote"))
    return sum((Decimal(value) for value in values if value), Decimal(0))
