"""What a rule asks for beside the shipment: the buyer's year, identity, who pays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from core.buyers.queries import quota_index
from core.orders.quoting.types import BasketLine
from core.pluginapi import BuyerView, Json
from core.shared.clock import now
from customs.quota.queries import used_facts


def facts_for(
    country: str, buyer: BuyerView | None, basket: Sequence[BasketLine], on: date
) -> dict[str, Json]:
    """Return the facts of a quote. Who pays is the buyer: an order of anyone else is refused.

    For nobody signed in the identity counts as given, because it is asked for before an order.
    What was imported already is the person's, in all of their accounts: by the ledger of customs.
    """
    facts: dict[str, Json] = {
        "payer_is_buyer": True,
        "buyer_id_verified": buyer.identity_verified if buyer else True,
        "personal_use": True,
    }
    # The tariff knows what is on the list; a listed item can be excluded by its own facts.
    if any(line.item.facts.get("positive_list") == "no" for line in basket):
        facts["positive_list"] = False
    person = quota_index(buyer.ref) if buyer and buyer.identity_verified else None
    if person is not None:
        facts |= used_facts(person, jurisdiction=country, at=_moment(on))
    return facts


def _moment(on: date) -> datetime:
    """Return now for today, else noon: whose year it is depends on the country's own calendar."""
    moment = now()
    return moment if on == moment.date() else datetime.combine(on, time(12), UTC)
