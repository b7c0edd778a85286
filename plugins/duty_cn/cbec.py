"""Cross-border e-commerce retail import: preferential within the limits, full for one article."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain

from core.pluginapi import (
    Assessment,
    Charge,
    ChargeKind,
    Context,
    Rule,
    RuleSet,
    ShipmentFacts,
    TariffRate,
    TariffView,
)
from plugins.duty_cn import data, words
from plugins.duty_cn.answers import assessed, charge, only_for, refused, required
from plugins.duty_cn.eligibility import check, check_limits, fallback, used
from plugins.duty_cn.goods import (
    HUNDRED,
    ZERO,
    Found,
    Refusal,
    Valued,
    cents,
    consumption_tax,
    known,
    rate_of,
    valued,
)
from plugins.duty_cn.trade import full_charges

MODES = frozenset({"", "bonded", "direct_mail"})


class Preferential:
    """Within the limits: no duty, 70 % of VAT and consumption tax."""

    key = "cn.cbec.preferential"
    family = "cn.cbec"
    title = words.PREFERENTIAL
    countries = frozenset({"CN"})
    jurisdiction = "CN"
    currencies = ("CNY",)
    foreign: Sequence[str] = ()
    order = 10

    def rules(self) -> Sequence[Rule]:
        """Return the rules of all of China's regimes: they are loaded once for the plug-in."""
        return data.rules()

    def tariff(self) -> Sequence[TariffRate]:
        """Return China's tariff lines."""
        return data.tariff()

    def assess(
        self,
        ctx: Context,
        shipment: ShipmentFacts,
        rules: RuleSet,
        tariff: TariffView,
        at: date,
    ) -> Assessment:
        """Compute VAT and consumption tax of each line, or refuse."""
        value: Decimal | None = None
        try:
            only_for(self.key, shipment, MODES, family=self.family)
            limit, tax = required(shipment, rules, "cn.cbec.limit", "cn.cbec.tax")
            items = valued(shipment)
            value = sum((item.dutiable for item in items), ZERO)
            check(shipment, rules)
            check_limits(shipment, value, limit)
            if value > Decimal(limit.values["single_transaction_cny"]):
                raise Refusal("above_single_limit")
            charges = list(
                chain.from_iterable(_preferential(item, tax, rules, tariff) for item in items)
            )
        except Refusal as reason:
            return refused(self.key, reason, value=value, fallback=fallback(reason))
        return assessed(
            self.key,
            charges,
            value=value,
            rules=(limit, tax),
            facts={"annual_used_after": f"{used(shipment) + value:f}"},
            notes=() if _listed(items, shipment, tariff) else (words.LISTED_UNKNOWN,),
        )


class Full:
    """One article above the limit of a transaction: duty and taxes in full, within the year."""

    key = "cn.cbec.full"
    family = "cn.cbec"
    title = words.FULL
    countries = frozenset({"CN"})
    jurisdiction = "CN"
    currencies = ("CNY",)
    foreign: Sequence[str] = ()
    order = 20

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
        """Compute duty, consumption tax and VAT of the one article, or refuse."""
        value: Decimal | None = None
        try:
            only_for(self.key, shipment, MODES, family=self.family)
            limit, trade = required(shipment, rules, "cn.cbec.limit", "cn.general_trade")
            items = valued(shipment)
            value = sum((item.dutiable for item in items), ZERO)
            check(shipment, rules)
            check_limits(shipment, value, limit)
            if value <= Decimal(limit.values["single_transaction_cny"]):
                raise Refusal("within_single_limit")
            charges = full_charges(items, trade, rules, tariff)
        except Refusal as reason:
            return refused(self.key, reason, value=value, fallback=fallback(reason))
        return assessed(
            self.key,
            charges,
            value=value,
            rules=(limit, trade),
            facts={"annual_used_after": f"{used(shipment) + value:f}"},
        )


def _preferential(item: Valued, tax: Rule, rules: RuleSet, tariff: TariffView) -> Iterable[Charge]:
    consumed = consumption_tax(item, rules, tariff)
    vat = rate_of(item, "vat", tariff)
    ct, share = consumed.rate / HUNDRED, Decimal(tax.values["consumption_tax_fraction"])
    # The consumption tax is part of its own base; a tax per litre is part of it too.
    full = (item.dutiable + consumed.specific) / (1 - ct) * ct + consumed.specific
    vat_full = (item.dutiable + full) * vat.rate / HUNDRED
    yield charge(
        ChargeKind.DUTY,
        cents(item.dutiable * Decimal(tax.values["duty"]) / HUNDRED),
        item,
        basis=item.dutiable,
        found=Found(Decimal(tax.values["duty"]), tax.id),
        rule=tax,
        formula="dutiable × duty",
        inputs={"dutiable": item.dutiable},
    )
    if consumed.rate or consumed.specific:
        yield charge(
            ChargeKind.CONSUMPTION_TAX,
            cents(full * share),
            item,
            basis=item.dutiable,
            found=consumed,
            rule=tax,
            formula="((dutiable + per_litre) ÷ (1 − rate) × rate + per_litre) × fraction",
            inputs={
                "dutiable": item.dutiable,
                "per_litre": consumed.specific,
                "fraction": share,
            },
        )
    yield charge(
        ChargeKind.VAT,
        cents(vat_full * Decimal(tax.values["vat_fraction"])),
        item,
        basis=cents(item.dutiable + full),
        found=vat,
        rule=tax,
        formula="(dutiable + consumption_tax_full) × rate × fraction",
        inputs={
            "dutiable": item.dutiable,
            "consumption_tax_full": cents(full),
            "fraction": Decimal(tax.values["vat_fraction"]),
        },
    )


def _listed(items: Sequence[Valued], shipment: ShipmentFacts, tariff: TariffView) -> bool:
    """Say whether somebody vouched for the positive list, or the tariff shows every line on it."""
    if shipment.facts.get("positive_list") is True:
        return True
    return all(known(tariff, item, "positive_list") for item in items)
