"""What the border takes: the shipment as customs sees it, its assessment, and its charges."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.numbers import get_territory_currencies

from core.kernel import providers
from core.orders.errors import Refusal
from core.orders.quoting.document import amount_text
from core.orders.quoting.rates import Rates
from core.orders.quoting.types import Component, PricedLine, Situation
from core.pluginapi import (
    Assessment,
    ChannelRef,
    Charge,
    ChargeKind,
    Json,
    Money,
    Outcome,
    Purpose,
    ShipmentFacts,
    ShipmentLine,
    Text,
    total,
)
from core.pluginapi.duty.words import LABELS
from core.shared.money import apportion
from customs.services import assess
from customs.types import AssessmentReport

NOT_ASSESSED = Text(
    "No customs regime takes this basket.",
    "没有海关制度适用于此购物篮。",
    "沒有海關制度適用於此購物籃。",
)


def counted_in(place: ChannelRef, country: str, currency: str) -> str:
    """Return the currency that customs of ``country`` counts in: ``currency`` where it may be.

    The destination's regimes say it; without any it is the country's own.
    """
    regimes = providers.regimes(place, country)
    counted = next((one.object.currencies for one in regimes if one.object.currencies), ())
    if counted:
        return currency if currency in counted else counted[0]
    return _territory_currency(country) or currency


@lru_cache(maxsize=512)
def _territory_currency(country: str) -> str:
    current = get_territory_currencies(country)
    return str(current[0]) if current else ""


def shipment_of(
    situation: Situation,
    lines: Sequence[PricedLine],
    freight: Money,
    rates: Rates,
    facts: dict[str, Json],
) -> ShipmentFacts:
    """Return what customs sees. Amounts are in the destination's currency. Raises Refusal.

    Freight is the quote's own, converted where the destination counts in another currency.
    """
    to = situation.customs_currency
    return ShipmentFacts(
        country=situation.country,
        region=situation.region,
        currency=to,
        channel=situation.kind.import_mode.value,
        lines=tuple(_line(line, to, rates) for line in lines),
        freight=_customs_amount(freight, to, rates).amount,
        shipped_from=lines[0].offer.ship_from or lines[0].offer.supplier.country,
        facts=facts,
        fx=foreign_rates(situation, rates),
    )


def converted_again(
    shipment: ShipmentFacts, lines: Sequence[PricedLine], freight: Money, rates: Rates
) -> ShipmentFacts:
    """Return a shipment with its amounts converted anew. Raises Refusal."""
    to = shipment.currency
    prices = [_customs_amount(line.unit_price, to, rates).amount for line in lines]
    return replace(
        shipment,
        lines=tuple(
            replace(line, unit_price=price)
            for line, price in zip(shipment.lines, prices, strict=True)
        ),
        freight=_customs_amount(freight, to, rates).amount,
        fx={code: _rate(code, to, rates) for code in shipment.fx},
    )


def foreign_rates(situation: Situation, rates: Rates) -> dict[str, Decimal]:
    """Return the customs rates that the destination's regimes need and that are known."""
    to = situation.customs_currency
    regimes = providers.regimes(situation.place, situation.country)
    found: dict[str, Decimal] = {}
    for code in sorted({code for one in regimes for code in one.object.foreign} - {to}):
        # A regime that needs a rate that is missing refuses by itself, the others do not need it.
        with suppress(Refusal):
            found[code] = _rate(code, to, rates)
    return found


def _rate(code: str, to: str, rates: Rates) -> Decimal:
    return rates.conversion(Money(Decimal(1), code), to, purpose=Purpose.CUSTOMS).rate.value


def assessed(
    situation: Situation, shipment: ShipmentFacts, *, among: Collection[str] | None = None
) -> AssessmentReport:
    """Assess every regime that the channel's kind may use, or those ``among`` some."""
    return assess(
        shipment,
        channel=situation.place,
        on=situation.on,
        prefer=situation.kind.regimes,
        known_at=situation.known_at,
        among=among,
    )


def chosen(report: AssessmentReport) -> Assessment:
    """Return the assessment that holds. Raises Refusal with the authority's code."""
    found = report.chosen
    if found is None:
        raise Refusal(report.refusal_code or "no_regime", report.message or NOT_ASSESSED)
    if found.outcome not in (Outcome.OK, Outcome.EXEMPT):
        raise Refusal(found.refusal_code or found.outcome.value, found.message or NOT_ASSESSED)
    return found


def charge_components(
    assessment: Assessment, plugin: str, lines: Sequence[PricedLine], rates: Rates, to: str
) -> list[Component]:
    """Return the charges in the quote's currency, one component each.

    Charges of one kind are rounded together, half up, and share the rounded whole (rule
    R-APPORTION): the last takes the residual cent, and none turns negative.
    """
    found: list[Component] = []
    paid_by = "order" if assessment.incoterm == "DDP" else "border"
    for kind in ChargeKind:
        charges = [
            charge for charge in assessment.charges if charge.kind is kind and not charge.apart
        ]
        if not charges:
            continue
        exact = [rates.exact(charge.amount, to) for charge in charges]
        whole = total(exact, to).rounded()
        rounded = apportion(whole, [amount.amount for amount in exact])
        found.extend(
            _charge(charge, amount, number, plugin, paid_by)
            for number, (charge, amount) in enumerate(zip(charges, rounded, strict=True), 1)
        )
    return found


def considered_json(report: AssessmentReport) -> list[dict[str, Any]]:
    """Return every regime that was asked, with what it said."""
    return [
        {
            "regime": one.regime,
            "plugin": one.plugin,
            "applies": one.applicable,
            "chosen": report.chosen is not None and one.assessment is report.chosen,
            "outcome": one.assessment.outcome.value if one.assessment else None,
            "charges": _charges_total(one.assessment),
            "code": one.code,
            "message": one.message.as_dict() if one.message else None,
        }
        for one in report.considered
    ]


def _charges_total(assessment: Assessment | None) -> str | None:
    if assessment is None or assessment.outcome not in (Outcome.OK, Outcome.EXEMPT):
        return None
    parts = [charge.amount for charge in assessment.charges if not charge.apart]
    return amount_text(total(parts, assessment.currency).rounded())


def _line(line: PricedLine, to: str, rates: Rates) -> ShipmentLine:
    item = line.basket.item
    facts = {**item.facts, **line.offer.facts}
    net = item.net_grams * line.basket.quantity if item.net_grams else None
    return ShipmentLine(
        description=item.title.en,
        unit_price=_customs_amount(line.unit_price, to, rates).amount,
        quantity=line.basket.quantity,
        hs_code=item.hs_code,
        origin=item.origin,
        net_content=item.net_content,
        net_kg=Decimal(net) / 1000 if net is not None else None,
        litres=_number(facts.get("litres"), line.basket.quantity),
        abv=_number(facts.get("abv"), 1),
        category=facts.get("customs_category", ""),
    )


def _customs_amount(amount: Money, to: str, rates: Rates) -> Money:
    if amount.currency == to:
        return amount
    return rates.rounded(amount, to, purpose=Purpose.CUSTOMS)


def _number(text: str | None, times: int) -> Decimal | None:
    try:
        number = Decimal((text or "").strip() or "NaN")
    except ArithmeticError:
        return None
    return number * times if number.is_finite() and 0 <= number < 100_000 else None


def _charge(charge: Charge, amount: Money, number: int, plugin: str, paid_by: str) -> Component:
    line = charge.line + 1 if charge.line is not None else None
    return Component(
        code=f"{charge.kind.value}.{number}",
        kind=charge.kind.value,
        label=charge.label or LABELS[charge.kind],
        amount=amount,
        basis=charge.basis,
        rate=charge.rate,
        rule_id=charge.rule_id,
        source=charge.source,
        line=line,
        formula=charge.formula,
        inputs={key: f"{v:f}" if isinstance(v, Decimal) else v for key, v in charge.inputs.items()},
        plugin=plugin,
        paid_by=paid_by,
        order=60,
    )
