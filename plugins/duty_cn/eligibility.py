"""Who and what may use cross-border e-commerce import. An absent fact is not yet known.

A quote is made before there is an order or a payment; what is absent is checked again at the
declaration. What is stated and wrong refuses at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from core.pluginapi import Json, Rule, RuleSet, ShipmentFacts
from plugins.duty_cn.goods import ZERO, Refusal, articles

LIMITS = frozenset(
    {
        "annual_limit_exceeded",
        "single_limit_exceeded",
        "single_limit_exceeded_multiple_articles",
        "above_single_limit",
    }
)
PAID = ("amount", "amount_paid", "paid", "payment_fee", "pay_amount", "total_fee", "total")


def check(shipment: ShipmentFacts, rules: RuleSet) -> None:
    """Check list, identity, documents and quantities of a year. Raises Refusal."""
    rule = rules.get("cn.cbec.eligibility")
    if rule is None:
        return
    facts = shipment.facts
    if facts.get("positive_list") is False:
        raise Refusal("not_on_positive_list")
    if facts.get("buyer_id_verified") is False and not facts.get("payer_is_buyer"):
        raise Refusal("identity_not_verified")
    _check_documents(facts)
    _check_quantities(shipment, rule)


def check_limits(shipment: ShipmentFacts, value: Decimal, rule: Rule) -> None:
    """Check the limits of the year and of one transaction, both inclusive. Raises Refusal."""
    if used(shipment) + value > Decimal(rule.values["annual_per_person_cny"]):
        raise Refusal("annual_limit_exceeded")
    if value <= Decimal(rule.values["single_transaction_cny"]):
        return
    if articles(shipment) > 1:
        raise Refusal("single_limit_exceeded_multiple_articles")
    if rule.values["full_tax_for_one_article"] != "yes":
        raise Refusal("single_limit_exceeded")


def used(shipment: ShipmentFacts) -> Decimal:
    """Return what the buyer already used of the year."""
    return number(shipment.facts.get("annual_used"))


def fallback(reason: Refusal) -> str:
    """Return the regime that stays open when a limit is exceeded."""
    return "cn.general_trade" if reason.code in LIMITS else ""


def number(value: Json) -> Decimal:
    """Read an amount of ``facts``; an absent one is zero. Raises Refusal on anything else."""
    if value is None:
        return ZERO
    try:
        read = Decimal(str(value))
    except InvalidOperation:
        read = Decimal("NaN")
    if not read.is_finite() or not 0 <= read < Decimal("1E13"):
        raise Refusal("order_payment_mismatch")
    return read


def _check_documents(facts: Mapping[str, Json]) -> None:
    documents = facts.get("documents")
    if isinstance(documents, dict):
        order, payment = documents.get("order"), documents.get("payment")
        if isinstance(order, dict):
            _check_order(order, payment if isinstance(payment, dict) else {})
    if facts.get("three_documents_match") is False:
        raise Refusal("order_payment_mismatch")


def _check_order(order: Mapping[str, Json], payment: Mapping[str, Json]) -> None:
    fee = number(order.get("order_fee"))
    parts = [order[name] for name in ("product_fee", "transport_fee") if name in order]
    if parts and fee != sum((number(part) for part in parts), ZERO):
        raise Refusal("order_fee_not_sum")
    paid = next((payment[name] for name in PAID if name in payment), None)
    if paid is not None and number(paid) != fee:
        raise Refusal("order_payment_mismatch")


def _check_quantities(shipment: ShipmentFacts, rule: Rule) -> None:
    before = shipment.facts.get("person_year_used_kg")
    bought: dict[str, Decimal] = {}
    for line in shipment.lines:
        if line.net_kg is not None:
            bought[line.category] = bought.get(line.category, ZERO) + line.net_kg
    for category, kilograms in bought.items():
        cap = rule.values.get(f"{category}_kg_per_year")
        earlier = before.get(category) if isinstance(before, dict) else None
        if cap and kilograms + number(earlier) > Decimal(cap):
            raise Refusal("person_year_quantity_exceeded")
