"""General trade, and the full tax that a single expensive article pays."""

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
from plugins.duty_cn import words
from plugins.duty_cn.answers import assessed, charge, is_asked, only_for, refused, required
from plugins.duty_cn.eligibility import LIMITS, check, check_limits
from plugins.duty_cn.goods import (
    HUNDRED,
    ZERO,
    Refusal,
    Valued,
    cents,
    consumption_tax,
    rate_of,
    valued,
)

MODES = frozenset({"", "freight", "bonded", "direct_mail"})
RETAIL = frozenset({"bonded", "direct_mail"})


class GeneralTrade:
    """Duty on the CIF value, consumption tax on its own base, VAT on all of it."""

    key = "cn.general_trade"
    title = words.TRADE
    family = ""
    countries = frozenset({"CN"})
    jurisdiction = "CN"
    currencies = ("CNY",)
    foreign: Sequence[str] = ()
    order = 40

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
        """Compute duty, consumption tax and VAT of each line, or refuse."""
        value: Decimal | None = None
        try:
            only_for(self.key, shipment, MODES)
            (rule,) = required(shipment, rules, "cn.general_trade")
            items = valued(shipment)
            value = sum((item.dutiable for item in items), ZERO)
            exceeded = "" if is_asked(self.key, shipment) else _limit(shipment, value, rules)
            charges = full_charges(items, rule, rules, tariff)
        except Refusal as reason:
            return refused(self.key, reason, value=value)
        return assessed(
            self.key,
            charges,
            value=value,
            rules=(rule,),
            facts={"cbec_refusal": exceeded} if exceeded else {},
            incoterm="DAP",
        )


def full_charges(
    items: Sequence[Valued], rule: Rule, rules: RuleSet, tariff: TariffView
) -> list[Charge]:
    """Return duty, consumption tax and VAT of each line, each to 0.01. Raises Refusal."""
    return list(chain.from_iterable(_full(item, rule, rules, tariff) for item in items))


def _limit(shipment: ShipmentFacts, value: Decimal, rules: RuleSet) -> str:
    """Return the limit that closes retail import; another reason, or none, refuses trade too."""
    limit = rules.get("cn.cbec.limit")
    if shipment.channel not in RETAIL or limit is None:
        return ""
    try:
        check(shipment, rules)
        check_limits(shipment, value, limit)
    except Refusal as reason:
        if reason.code in LIMITS:
            return reason.code
        raise
    raise Refusal("cbec_open")


def _full(item: Valued, rule: Rule, rules: RuleSet, tariff: TariffView) -> Iterable[Charge]:
    rate = rate_of(item, "duty", tariff)
    consumed = consumption_tax(item, rules, tariff)
    vat = rate_of(item, "vat", tariff)
    duty = cents(item.dutiable * rate.rate / HUNDRED)
    ct = consumed.rate / HUNDRED
    base = item.dutiable + duty
    tax = cents((base + consumed.specific) / (1 - ct) * ct + consumed.specific)
    yield charge(
        ChargeKind.DUTY, duty, item, basis=item.dutiable, found=rate, rule=rule,
        formula="dutiable × rate", inputs={"dutiable": item.dutiable},
    )  # fmt: skip
    if consumed.rate or consumed.specific:
        yield charge(
            ChargeKind.CONSUMPTION_TAX, tax, item, basis=base, found=consumed, rule=rule,
            formula="(dutiable + duty + per_litre) ÷ (1 − rate) × rate + per_litre",
            inputs={"dutiable": item.dutiable, "duty": duty, "per_litre": consumed.specific},
        )  # fmt: skip
    yield charge(
        ChargeKind.VAT, cents((base + tax) * vat.rate / HUNDRED), item, basis=base + tax,
        found=vat, rule=rule, formula="(dutiable + duty + consumption_tax) × rate",
        inputs={"dutiable": item.dutiable, "duty": duty, "consumption_tax": tax},
    )  # fmt: skip
