"""Reads cases of ``manage.py customs assess`` and writes their results. Pure.

The shape is stable: see docs/reference/commands.md. Amounts, rates and counts are decimal strings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from core.pluginapi import (
    Assessment,
    ChargeKind,
    InvalidInput,
    Json,
    Outcome,
    Rule,
    ShipmentFacts,
    ShipmentLine,
    SpecificDuty,
)
from core.pluginapi.duty import cents
from core.pluginapi.duty.reference_dates import Occasion, reference_date
from core.shared.money import exponent
from customs.case_faults import AMOUNTS, CHARGES, faults_of, is_number, stated_rates
from customs.types import AssessmentReport
from customs.values import assessment_json, fees, tax_total, totals

RuleOf = Callable[[str, date], Rule | None]
BESIDE = ("annual_used_after",)
"""Facts of an assessment that stand beside the components of a result."""

TOLD = (Outcome.REFUSED, Outcome.NEEDS_EXCISE)
"""How a refusal is told: to be refused by a regime that was not open is the same to a reader."""

ABSENT = ("buyer_id_verified", "payer_is_buyer", "positive_list", "three_documents_match")
"""Facts that do not hold unless they are stated as true."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case to assess."""

    id: str
    on: date
    shipment: ShipmentFacts


class BadValue(Exception):
    """A value of the case cannot be used; ``path`` is its JSON path."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def read_all(content: Any) -> list[Mapping[str, Any]]:
    """Return the cases of a file: a list, or an object with ``cases``. Raises InvalidInput."""
    cases = content.get("cases") if isinstance(content, dict) else content
    if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
        raise InvalidInput("expected a list of cases, or an object with 'cases'")
    return cases


def read_case(raw: Mapping[str, Any]) -> Case:
    """Return one case of kind ``assess``. Raises BadValue with the first fault's path."""
    on = _day(raw.get("on"), "$.on")
    shipment = raw.get("shipment")
    if not isinstance(shipment, dict):
        raise BadValue("$.shipment")
    fault = next(faults_of(shipment), None)
    if fault:
        raise BadValue(fault)
    return Case(str(raw.get("id", "")), on, _facts(shipment))


def up_to_lines(raw: Mapping[str, Any], path: str) -> Case | None:
    """Return a case without what comes after its lines, where its first fault ``path`` is there.

    None where the fault is before them or in them. What a regime finds missing in a line, such as
    a code, then comes first in the document.
    """
    given = raw.get("shipment")
    shipment: Mapping[str, Any] = given if isinstance(given, dict) else {}
    names = list(shipment)
    at = path.removeprefix("$.shipment.").partition(".")[0]
    if "lines" not in names or at not in names[names.index("lines") + 1 :]:
        return None
    kept = {name: shipment[name] for name in names if name not in (*CHARGES, "charges_currency")}
    facts = kept.get("facts")
    stated = facts if isinstance(facts, dict) else {}
    kept["facts"] = {name: value for name, value in stated.items() if name not in AMOUNTS}
    try:
        return read_case({**raw, "shipment": kept})
    except BadValue:
        return None


def reference_result(raw: Mapping[str, Any], rule_of: RuleOf) -> dict[str, Json]:
    """Return the result of a case of kind ``fx_date``; ``rule_of`` finds a jurisdiction's rule.

    Raises BadValue.
    """
    asked = raw.get("fx")
    if not isinstance(asked, dict):
        raise BadValue("$.fx")
    rule = rule_of(str(asked.get("jurisdiction")), _day(raw.get("on"), "$.on"))
    if rule is None:
        return {"outcome": "refused", "refusal_reason": "no_rule"}
    declared = _day(asked.get("declared_on"), "$.fx.declared_on")
    exported = asked.get("exported_on")
    sent = None if exported is None else _day(exported, "$.fx.exported_on")
    holidays = asked.get("holidays") or []
    if not isinstance(holidays, list):
        raise BadValue("$.fx.holidays")
    closed = {_day(day, f"$.fx.holidays[{index}]") for index, day in enumerate(holidays)}
    try:
        found = reference_date(rule.values, Occasion(declared, sent, closed))
    except InvalidInput as error:
        raise BadValue(f"$.fx.{error.path}") from None
    return {"outcome": "ok", "rate_reference_date": found.isoformat(), "rule_id": rule.id}


def _day(value: Any, path: str) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadValue(path) from None


def refused(path: str) -> dict[str, Json]:
    """Return the result of a case that cannot be read."""
    return {
        "outcome": "refused",
        "refusal_reason": "invalid_input",
        "components": {"path": path},
    }


def result_of(case: Case, report: AssessmentReport) -> dict[str, Json]:
    """Return the result with the keys of the contract, and the explanation beside them."""
    explained = {"explanation": assessment_json(report)}
    made = report.chosen
    if made is None:
        return _refusal(report) | explained
    assert made.customs_value is not None  # noqa: S101  # what holds has a value
    places = exponent(report.currency)
    sums = totals(made)
    tax = tax_total(made)
    goods = sum((line.goods for line in case.shipment.lines), Decimal(0))
    sent = case.shipment
    carried = sent.freight + sent.insurance + sent.inland_transport
    components: dict[str, Json] = {
        name: value for name, value in made.facts.items() if name not in BESIDE
    }
    answer: dict[str, Json] = {
        "outcome": made.outcome.value,
        "regime": made.regime,
        "customs_value": _shown_value(made.customs_value.amount, places),
        "duty": _shown(sums.get(ChargeKind.DUTY, Decimal(0)), places),
        "consumption_tax": _shown(sums.get(ChargeKind.CONSUMPTION_TAX, Decimal(0)), places),
        "vat": _shown(sums.get(ChargeKind.VAT, Decimal(0)), places),
        "tax_total": _shown(tax, places),
        "landed_total": _shown_value(goods + carried + tax, places),
        "fees": {code: _shown(amount, places) for code, amount in fees(made).items()},
        "incoterm": made.incoterm,
        "lines": [dict(line) for line in _lines(made, len(sent.lines), places)],
        "components": components,
    }
    beside = {name: made.facts[name] for name in BESIDE if name in made.facts}
    return answer | beside | explained


def _lines(made: Assessment, count: int, places: int) -> list[dict[str, Json]]:
    """Return what each line bears, by kind; what is of the whole shipment is left out."""
    sums: list[dict[ChargeKind, Decimal]] = [{} for _ in range(count)]
    for charge in made.charges:
        if charge.line is not None and not charge.apart:
            line = sums[charge.line]
            line[charge.kind] = line.get(charge.kind, Decimal(0)) + charge.amount.amount
    return [
        {"line": number, **{kind.value: _shown(amount, places) for kind, amount in line.items()}}
        for number, line in enumerate(sums)
    ]


def _refusal(report: AssessmentReport) -> dict[str, Json]:
    first = next((one.assessment for one in report.considered if one.code == report.refusal_code
                  and one.assessment), None)  # fmt: skip
    answer: dict[str, Json] = {
        "outcome": first.outcome.value if first and first.outcome in TOLD else "refused",
        "refusal_reason": report.refusal_code,
    }
    if first and first.outcome is Outcome.NEEDS_EXCISE:
        answer["regime"] = first.regime
    if report.path:
        answer["components"] = {"path": report.path}
    if first and first.customs_value:
        places = exponent(first.currency)
        answer["customs_value"] = _shown_value(first.customs_value.amount, places)
    if first and first.fallback_regime:
        answer["fallback_regime"] = first.fallback_regime
    return answer


def _shown_value(amount: Decimal, places: int) -> str:
    """Write a value: goods converted to 0.01 may have cents in a currency that has none."""
    return _shown(amount, places if amount == amount.to_integral_value() else max(places, 2))


def _shown(amount: Decimal, places: int) -> str:
    return f"{amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"


def _number(shipment: Mapping[str, Any], name: str) -> Decimal:
    return Decimal(shipment.get(name) or "0")


def _converted(shipment: Mapping[str, Any], amount: Decimal, currency: str | None) -> Decimal:
    if not currency or currency == shipment["currency"]:
        return amount
    return cents(amount * Decimal(stated_rates(shipment)[currency]))


def _facts(shipment: Mapping[str, Any]) -> ShipmentFacts:
    charges = shipment.get("charges_currency")
    destination = shipment["destination"]
    stated = {name: value for name, value in shipment.get("facts", {}).items() if name != "fx"}
    agreed = {name: stated.get(name) is True for name in ABSENT}
    return ShipmentFacts(
        country=destination["country"],
        region=destination.get("region") or "",
        currency=shipment["currency"],
        channel=shipment.get("channel") or "",
        lines=tuple(_line(shipment, line) for line in shipment["lines"]),
        freight=_converted(shipment, _number(shipment, "freight"), charges),
        insurance=_converted(shipment, _number(shipment, "insurance"), charges),
        shipped_from=shipment.get("shipped_from") or "",
        mode=shipment.get("mode") or "",
        regime=shipment.get("regime") or "",
        facts={**stated, **agreed},
        inland_transport=_number(shipment, "inland_transport"),
        fx={
            code: Decimal(rate) for code, rate in stated_rates(shipment).items() if is_number(rate)
        },
    )


def _percentages(given: Mapping[str, Any]) -> dict[str, Decimal]:
    return {kind: Decimal(rate) for kind, rate in given.items() if isinstance(rate, str)}


def _specific(duty: Mapping[str, Any]) -> SpecificDuty:
    layer = str(duty.get("layer") or "specific")
    return SpecificDuty(layer, duty["per"], Decimal(duty["amount"]), duty["currency"])


def _line(shipment: Mapping[str, Any], line: Mapping[str, Any]) -> ShipmentLine:
    price, quantity = Decimal(line["unit_price"]), line["quantity"]
    currency = line.get("currency")
    foreign = bool(currency) and currency != shipment["currency"]
    value = _converted(shipment, price * quantity, currency) if foreign else None
    given = line.get("rates")
    rates = given or {}
    measured = {name: Decimal(line[name]) for name in ("net_kg", "litres", "abv") if line.get(name)}
    return ShipmentLine(
        description=str(line.get("description") or ""),
        unit_price=price if value is None else value / quantity,
        quantity=quantity,
        hs_code=str(line.get("hs_code") or ""),
        origin=str(line.get("origin") or ""),
        rates=None if given is None else _percentages(given),
        layers={code: Decimal(rate) for code, rate in rates.get("layers", {}).items()},
        caps={code: Decimal(rate) for code, rate in rates.get("caps", {}).items()},
        specific=tuple(_specific(duty) for duty in rates.get("specific", ())),
        net_content=str(line.get("net_content") or ""),
        net_kg=measured.get("net_kg"),
        litres=measured.get("litres"),
        abv=measured.get("abv"),
        category=str(line.get("category") or ""),
        value=value,
    )
