"""Builds the quote of one channel, step by step; what is missing refuses, nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from core.kernel import hooks
from core.orders.errors import Refusal
from core.orders.quota import quota_json
from core.orders.quoting import freight as freighting
from core.orders.quoting import imports
from core.orders.quoting.document import amount_text, component_json, in_order, line_json
from core.orders.quoting.pinning import rule_json, shipment_json
from core.orders.quoting.rates import Rates
from core.orders.quoting.sourcing import goods_components, price_lines
from core.orders.quoting.types import BasketLine, Component, Offers, PricedLine, Situation
from core.pluginapi import (
    Assessment,
    CostComponent,
    Json,
    LandedCostDraft,
    Level,
    Line,
    Money,
    MoneyError,
    PriceComponent,
    QuotedLine,
    QuoteDraft,
    ShipmentFacts,
    Text,
    total,
)
from customs.types import AssessmentReport


class Builder:
    """One quote in the making. ``document`` holds what is known, also when it is refused."""

    def __init__(
        self,
        situation: Situation,
        basket: Sequence[BasketLine],
        offers: Offers,
        facts: dict[str, Json],
    ) -> None:
        self.situation = situation
        self.basket = basket
        self.offers = offers
        self.facts = facts
        self.rates = Rates(situation)
        self.components: list[Component] = []
        self.plugins: set[str] = {situation.kind_plugin}
        self.document: dict[str, Any] = {}

    def build(self) -> dict[str, Any]:
        """Return the document's own part: an offer to sell, or a refusal with code and message."""
        try:
            self._price()
            outcome: dict[str, Any] = {"outcome": "ok", "code": "", "message": None}
        except Refusal as refusal:
            outcome = self._refused(refusal.code, refusal.text)
        except MoneyError as problem:
            outcome = self._refused("amount_invalid", Text(str(problem)))
        self.plugins |= self.rates.plugins() | {one.plugin for one in self.components}
        pinned = {"fx": self.rates.pinned(), "rounding": "HALF_UP, R-APPORTION"}
        return {**self.document, **pinned, **outcome}

    def _refused(self, code: str, text: Text) -> dict[str, Any]:
        return {
            "outcome": "refused",
            "code": code,
            "message": text.as_dict(),
            "components": [],
            "found": [component_json(one) for one in in_order(self.components)],
            "total": None,
            "payable": None,
            "due_at_border": None,
        }

    def _price(self) -> None:
        currency = self.situation.currency
        lines = self._lines()
        self.document["lines"] = [line_json(line) for line in lines]
        self._check_limits(lines)
        self.components += goods_components(lines, self.rates, currency)
        goods = total((line.goods for line in lines), currency)
        self._add_fees(lines, goods)
        freight = self._freight(lines)
        cost = total((one.amount for one in freight), currency)
        assessment = self._assess(lines, cost)
        self._add_costs(goods, cost, assessment)
        self._sum_up()

    def _lines(self) -> tuple[PricedLine, ...]:
        return price_lines(self.situation, self.basket, self.offers, self.rates)

    def _freight(self, lines: Sequence[PricedLine]) -> Sequence[Component]:
        freight = freighting.freight_of(self.situation, lines, self.rates)
        self.components += freight.components
        self.document |= {
            "days": list(freight.days),
            "carriers": list(freight.carriers),
            "unanswered": list(freight.unanswered),
        }
        return freight.components

    def _check_limits(self, lines: Sequence[PricedLine]) -> None:
        buyer = self.situation.buyer
        if buyer is None:
            return
        judged = hooks.check_purchase_limits(
            self.situation.place,
            buyer=buyer,
            lines=tuple(Line(p.basket.item, p.basket.quantity, p.offer) for p in lines),
            at=self.situation.at,
        )
        for answer in judged.reasons:
            if answer.value.level == judged.level >= Level.HOLD:
                raise Refusal(answer.value.code, answer.value.message)

    def _add_fees(self, lines: Sequence[PricedLine], goods: Money) -> None:
        situation = self.situation
        draft = QuoteDraft(
            currency=situation.currency,
            destination=situation.country,
            region=situation.region,
            lines=tuple(
                QuotedLine(Line(p.basket.item, p.basket.quantity, p.offer), p.goods) for p in lines
            ),
            goods=goods,
            at=situation.at,
            buyer=situation.buyer,
        )
        for answer in hooks.add_price_components(situation.place, quote=draft):
            self._take(answer.plugin, answer.value, order=40)

    def _add_costs(self, goods: Money, freight: Money, assessment: Assessment) -> None:
        situation = self.situation
        draft = LandedCostDraft(
            currency=situation.currency,
            country=situation.country,
            goods=goods,
            freight=freight,
            insurance=Money.zero(situation.currency),
            assessment=assessment,
        )
        for answer in hooks.add_cost_components(situation.place, draft=draft):
            if answer.value.amount.amount < 0:
                raise Refusal(
                    "component_negative",
                    Text(
                        f"{answer.plugin} gave a cost below zero.",
                        f"{answer.plugin} 给出了负数费用。",
                        f"{answer.plugin} 給出了負數費用。",
                    ),
                )
            self._take(answer.plugin, answer.value, order=80)

    def _take(self, plugin: str, given: PriceComponent | CostComponent, *, order: int) -> None:
        """Take a plug-in's component; a code that is taken gets the plug-in's name before it."""
        code = given.code
        if any(one.code == code for one in self.components):
            code = f"{plugin}.{code}"
        self.plugins.add(plugin)
        self.components.append(
            Component(
                code=code,
                kind="insurance" if given.code == "insurance" else "fee",
                label=given.label,
                amount=given.amount.rounded(),
                basis=given.basis,
                rate=given.rate,
                rule_id=given.rule_id,
                source=given.source,
                plugin=plugin,
                order=order,
            )
        )

    def _shipment(self, lines: Sequence[PricedLine], freight: Money) -> ShipmentFacts:
        return imports.shipment_of(self.situation, lines, freight, self.rates, self.facts)

    def _report(self, shipment: ShipmentFacts) -> AssessmentReport:
        return imports.assessed(self.situation, shipment)

    def _assess(self, lines: Sequence[PricedLine], freight: Money) -> Assessment:
        situation = self.situation
        shipment = self._shipment(lines, freight)
        self.document["shipment"] = shipment_json(shipment)
        report = self._report(shipment)
        self.document |= {
            "regimes_considered": imports.considered_json(report),
            "rules_in_force": {key: rule_json(rule) for key, rule in report.rules.items()},
            "epoch": report.epoch,
        }
        self.plugins.update(one.plugin for one in report.considered)
        found = imports.chosen(report)
        plugin = next((one.plugin for one in report.considered if one.assessment is found), "")
        self.components += imports.charge_components(
            found, plugin, lines, self.rates, situation.currency
        )
        self.document |= {
            "regime": found.regime,
            "incoterm": found.incoterm,
            "customs_value": amount_text(found.customs_value) if found.customs_value else None,
            "customs_currency": found.currency,
            "rules": list(found.rules_used),
            "notes": [note.as_dict() for note in found.notes],
            "quota": quota_json(found.quota),
            "assessment_facts": {str(k): str(v) for k, v in found.facts.items()},
            "duties_paid_by": "platform" if found.incoterm == "DDP" else "buyer",
        }
        return found

    def _sum_up(self) -> None:
        currency = self.situation.currency
        ordered = in_order(self.components)
        whole = total((one.amount for one in ordered), currency)
        border = _sum_of(ordered, "border", currency)
        payable = whole - border
        if payable.amount < 0:
            raise Refusal(
                "total_negative",
                Text(
                    "Discounts exceed the price.",
                    "优惠金额超过了价格。",
                    "優惠金額超過了價格。",
                ),
            )
        self.document |= {
            "components": [component_json(one) for one in ordered],
            "total": amount_text(whole),
            "payable": amount_text(payable),
            "due_at_border": amount_text(border),
        }


def _sum_of(components: Iterable[Component], paid_by: str, currency: str) -> Money:
    return total((one.amount for one in components if one.paid_by == paid_by), currency)
