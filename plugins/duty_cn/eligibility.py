"""Who and what may use cross-border e-commerce import. An absent fact is not yet known.

A quote is made before there is an order or a payment; what is absent is checked again at the
declaration. What is stated and wrong refuses at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from core.pluginapi import QuotaUse, Rule, Text
from core.pluginapi.duty import ZERO, Found, Refusal, Sheet, articles, decimal_of
from plugins.duty_cn import words
from plugins.duty_cn.base import parts_of
from plugins.duty_cn.goods import kilograms

LIMITS = frozenset(
    {
        "annual_limit_exceeded",
        "single_limit_exceeded",
        "single_limit_exceeded_multiple_articles",
    }
)
TRADE = "cn.general_trade"
ELIGIBILITY, LIMIT, LIST = "cn.cbec.eligibility", "cn.cbec.limit", "cn.cbec.list"
ANNUAL, SINGLE = "annual_per_person_cny", "single_transaction_cny"
PER_YEAR = "_kg_per_year"
PAID = re.compile(r"amount|paid|fee|total")
LARGEST = Decimal("1E13")


def admit(sheet: Sheet) -> tuple[Rule, Decimal]:
    """Return the limits of the day and the value, once all conditions hold for the shipment.

    Sets the sheet's customs value. Raises Refusal; one of a limit names general trade, which stays
    open; NotOpen (no_rule) on days without e-commerce import.
    """
    limit = sheet.rule(LIMIT)
    sheet.customs_value = value = sheet.cif
    rule = sheet.maybe(ELIGIBILITY)
    if rule:
        _check_list(sheet)
        _check_identity(sheet)
        _check_documents(sheet.shipment.facts.get("documents"))
        if sheet.shipment.facts.get("three_documents_match") is False:
            raise Refusal("order_payment_mismatch")
        _check_weights(sheet, rule)
    _check_limits(sheet, value, limit)
    return limit, value


def used(sheet: Sheet) -> Decimal:
    """Return the yuan that the buyer used of the year before this shipment. Raises Refusal."""
    return sheet.amount("annual_used")


def quota(sheet: Sheet, value: Decimal) -> tuple[QuotaUse, ...]:
    """Return what the shipment takes of the buyer's year: yuan, and kilograms of rice and sugar."""
    uses = [
        QuotaUse(
            "annual_used", words.ANNUAL, value, sheet.currency, LIMIT, ANNUAL,
            "annual_limit_exceeded",
        )
    ]  # fmt: skip
    rule = sheet.rules.get(ELIGIBILITY)
    for category, weight in _weights(sheet, rule).items() if rule else ():
        uses.append(
            QuotaUse(
                f"person_year_used_kg.{category}",
                words.CATEGORIES.get(category, words.CAPPED),
                weight,
                "kg",
                ELIGIBILITY,
                f"{category}{PER_YEAR}",
                "person_year_quantity_exceeded",
            )
        )
    return tuple(uses)


def list_notes(sheet: Sheet, rates: Iterable[Found]) -> tuple[Text, ...]:
    """Return what to say of the positive list: nothing where somebody vouched for all lines.

    ``rates`` are the rates of VAT of the lines, whose tariff lines say what is known of the list.
    """
    if sheet.is_true("positive_list"):
        return ()
    rule = sheet.rules.get(LIST)
    listed = parts_of(rule.values["listed"]) if rule else ()
    for item, rate in zip(sheet.items, rates, strict=True):
        known = rate.line is not None and rate.line.notes.get("positive_list") == "yes"
        if not known and not item.line.hs_code.startswith(listed):
            return (words.LISTED_UNKNOWN,)
    return ()


def _check_list(sheet: Sheet) -> None:
    """Refuse what is said or known not to be on the list; what is unknown is not refused."""
    if sheet.shipment.facts.get("positive_list") is False:
        raise Refusal("not_on_positive_list")
    rule = sheet.maybe(LIST)
    barred = parts_of(rule.values["not_listed"]) if rule else ()
    for item in sheet.items if barred else ():
        if item.line.hs_code.startswith(barred):
            raise Refusal("not_on_positive_list", line=item.place)


def _check_identity(sheet: Sheet) -> None:
    facts = sheet.shipment.facts
    if facts.get("buyer_id_verified") is False and not sheet.is_true("payer_is_buyer"):
        raise Refusal("identity_not_verified")


def _check_documents(documents: Any) -> None:
    order = documents.get("order") if isinstance(documents, Mapping) else None
    if not isinstance(order, Mapping):
        return
    path = "$.shipment.facts.documents"
    fee = _amount(order.get("order_fee"), f"{path}.order.order_fee")
    parts = [name for name in ("product_fee", "transport_fee") if name in order]
    amounts = [_amount(order[name], f"{path}.order.{name}") for name in parts]
    if amounts and fee != sum(amounts, ZERO):
        raise Refusal("order_fee_not_sum")
    payment = documents.get("payment")
    for name, paid in payment.items() if isinstance(payment, Mapping) else ():
        if PAID.search(name) and _amount(paid, f"{path}.payment.{name}") != fee:
            raise Refusal("order_payment_mismatch")


def _check_weights(sheet: Sheet, rule: Rule) -> None:
    before = sheet.shipment.facts.get("person_year_used_kg")
    path = "$.shipment.facts.person_year_used_kg"
    if before is not None and not isinstance(before, Mapping):
        raise Refusal("invalid_input", path=path)
    for category, weight in _weights(sheet, rule).items():
        earlier = _amount((before or {}).get(category), f"{path}.{category}")
        if weight + earlier > decimal_of(rule.values[f"{category}{PER_YEAR}"]):
            raise Refusal("person_year_quantity_exceeded")


def _weights(sheet: Sheet, rule: Rule) -> dict[str, Decimal]:
    """Return the kilograms of each category that has a cap of the year. Raises Refusal."""
    found: dict[str, Decimal] = {}
    for item in sheet.items:
        category = item.line.category
        if not category or f"{category}{PER_YEAR}" not in rule.values:
            continue
        weight = kilograms(item.line)
        if weight is None:
            raise Refusal("quantity_missing", line=item.place)
        found[category] = found.get(category, ZERO) + weight
    return found


def _check_limits(sheet: Sheet, value: Decimal, rule: Rule) -> None:
    """Check the limits of the year and of one transaction, both inclusive."""
    if used(sheet) + value > decimal_of(rule.values[ANNUAL]):
        raise Refusal("annual_limit_exceeded", fallback=TRADE)
    if value <= decimal_of(rule.values[SINGLE]):
        return
    if articles(sheet.shipment) > 1:
        raise Refusal("single_limit_exceeded_multiple_articles", fallback=TRADE)
    if rule.values["full_tax_for_one_article"] != "yes":
        raise Refusal("single_limit_exceeded", fallback=TRADE)


def _amount(value: Any, path: str) -> Decimal:
    """Return an amount of the facts, 0 when absent. Raises Refusal (invalid_input)."""
    if value is None:
        return ZERO
    try:
        number = Decimal(value) if isinstance(value, str | int) else Decimal("NaN")
    except ArithmeticError:
        number = Decimal("NaN")
    if isinstance(value, bool) or not number.is_finite() or not 0 <= number < LARGEST:
        raise Refusal("invalid_input", path=path)
    return number
