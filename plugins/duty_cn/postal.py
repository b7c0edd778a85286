"""Personal postal articles: one composite rate a class, nothing collected up to CNY 50."""

from __future__ import annotations

from decimal import Decimal

from core.pluginapi import Assessment, ChargeKind, Outcome, Rule, ShipmentFacts
from core.pluginapi.duty import (
    HUNDRED,
    ZERO,
    Found,
    Refusal,
    Sheet,
    Valued,
    articles,
    cents,
    decimal_of,
)
from plugins.duty_cn import words
from plugins.duty_cn.base import China
from plugins.duty_cn.goods import postal_rate

MODES = frozenset({"postal", "courier"})
NEAR = frozenset({"HK", "MO", "TW"})
PROCEDURE = "cn.return_or_goods_procedure"


class PostalArticles(China):
    """Parcels that one person sends to another for personal use."""

    key = "cn.postal"
    title = words.POSTAL
    order = 30

    def compute(self, sheet: Sheet) -> Assessment:
        """Compute the tax of each line; at or below the exemption nothing is collected."""
        self._check_mode(sheet)
        rule = sheet.rule("cn.postal")
        sheet.customs_value = value = sheet.goods
        _check(sheet.shipment, value, rule)
        found = [(item, postal_rate(sheet, item, rule)) for item in sheet.items]
        taxes = [cents(item.goods * rate.rate / HUNDRED) for item, rate in found]
        total = sum(taxes, ZERO)
        exempt = total <= decimal_of(rule.values["tax_exempt_at_or_below_cny"])
        for (item, rate), tax in zip(found, taxes, strict=True):
            _charge(sheet, item, rate, rule, tax=tax, total=total, exempt=exempt)
        return sheet.close(
            Outcome.EXEMPT if exempt else Outcome.OK,
            customs_value=value,
            facts={"assessed_tax": f"{total:f}"},
        )

    def _check_mode(self, sheet: Sheet) -> None:
        """Let through what comes by post or courier, or is said to be for personal use."""
        shipment = sheet.shipment
        if not shipment.channel and not shipment.regime and sheet.is_true("personal_use"):
            return
        self.only_for(shipment, MODES)


def _check(shipment: ShipmentFacts, value: Decimal, rule: Rule) -> None:
    limit = rule.values["parcel_limit_cny"]
    if shipment.shipped_from in NEAR:
        limit = rule.values.get("parcel_limit_cny_hk_mo_tw", limit)
    if value > decimal_of(limit) and articles(shipment) > 1:
        raise Refusal("parcel_limit_exceeded_multiple_articles", fallback=PROCEDURE)
    if shipment.facts.get("personal_use") is False:
        raise Refusal("not_for_personal_use")


def _charge(
    sheet: Sheet,
    item: Valued,
    rate: Found,
    rule: Rule,
    *,
    tax: Decimal,
    total: Decimal,
    exempt: bool,
) -> None:
    formula = "total_tax ≤ exempt_up_to ⇒ 0" if exempt else "goods × rate"
    sheet.charge(
        ChargeKind.POSTAL_TAX, ZERO if exempt else tax, rule, basis=item.goods, item=item,
        found=rate, formula=formula,
        inputs={
            "goods": item.goods,
            "assessed": tax,
            "total_tax": total,
            "exempt_up_to": decimal_of(rule.values["tax_exempt_at_or_below_cny"]),
        },
    )  # fmt: skip
