"""Personal postal articles: one composite rate a class, nothing collected up to CNY 50."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from core.pluginapi import (
    Assessment,
    Charge,
    ChargeKind,
    Context,
    Outcome,
    Rule,
    RuleSet,
    ShipmentFacts,
    TariffRate,
    TariffView,
)
from plugins.duty_cn import words
from plugins.duty_cn.answers import assessed, charge, only_for, refused, required
from plugins.duty_cn.goods import (
    HUNDRED,
    ZERO,
    Found,
    Refusal,
    Valued,
    articles,
    cents,
    postal_rate,
    valued,
)

MODES = frozenset({"postal", "courier"})
NEAR = frozenset({"HK", "MO", "TW"})
PROCEDURE = "cn.return_or_goods_procedure"


class PostalArticles:
    """Parcels that one person sends to another for personal use."""

    key = "cn.postal"
    title = words.POSTAL
    family = ""
    countries = frozenset({"CN"})
    jurisdiction = "CN"
    currencies = ("CNY",)
    foreign: Sequence[str] = ()
    order = 30

    def rules(self) -> Sequence[Rule]:
        """Return nothing: the rules come with the preferential regime."""
        return ()

    def tariff(self) -> Sequence[TariffRate]:
        """Return nothing: the tariff comes with the preferential regime."""
        return ()

    def assess(
        self,
        ctx: Context,
        shipment: ShipmentFacts,
        rules: RuleSet,
        tariff: TariffView,
        at: date,
    ) -> Assessment:
        """Compute the tax of each line; at or below the exemption nothing is collected."""
        value: Decimal | None = None
        personal = not shipment.channel and shipment.facts.get("personal_use") is True
        modes = {*MODES, ""} if personal else MODES
        try:
            only_for(self.key, shipment, modes)
            (rule,) = required(shipment, rules, "cn.postal")
            items = valued(shipment, with_charges=False)
            value = sum((item.goods for item in items), ZERO)
            _check(shipment, value, rule)
            found = [(item, postal_rate(item, rule, rules, tariff)) for item in items]
        except Refusal as reason:
            limit = reason.code == "parcel_limit_exceeded_multiple_articles"
            return refused(self.key, reason, value=value, fallback=PROCEDURE if limit else "")
        taxes = [cents(item.goods * rate.rate / HUNDRED) for item, rate in found]
        total = sum(taxes, ZERO)
        exempt = total <= Decimal(rule.values["tax_exempt_at_or_below_cny"])
        return assessed(
            self.key,
            [
                _charge(item, rate, tax, total, rule, exempt=exempt)
                for (item, rate), tax in zip(found, taxes, strict=True)
            ],
            value=value,
            rules=(rule,),
            outcome=Outcome.EXEMPT if exempt else Outcome.OK,
            facts={"assessed_tax": f"{total:f}"},
        )


def _check(shipment: ShipmentFacts, value: Decimal, rule: Rule) -> None:
    if shipment.facts.get("personal_use") is False:
        raise Refusal("not_for_personal_use")
    limit = rule.values["parcel_limit_cny"]
    if shipment.shipped_from in NEAR:
        limit = rule.values.get("parcel_limit_cny_hk_mo_tw", limit)
    if value > Decimal(limit) and articles(shipment) > 1:
        raise Refusal("parcel_limit_exceeded_multiple_articles")


def _charge(
    item: Valued, rate: Found, tax: Decimal, total: Decimal, rule: Rule, *, exempt: bool
) -> Charge:
    formula = "goods × rate"
    if exempt:
        formula += ", not collected: total_tax is at or below exempt_up_to"
    return charge(
        ChargeKind.POSTAL_TAX,
        ZERO if exempt else tax,
        item,
        basis=item.goods,
        found=rate,
        rule=rule,
        formula=formula,
        inputs={
            "goods": item.goods,
            "assessed": tax,
            "total_tax": total,
            "exempt_up_to": Decimal(rule.values["tax_exempt_at_or_below_cny"]),
        },
    )
