"""How a regime's result is written: charges with basis, rate, rule and source, or a refusal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from core.pluginapi import (
    Assessment,
    Charge,
    ChargeKind,
    Money,
    Outcome,
    Rule,
    RuleSet,
    ShipmentFacts,
    Text,
)
from plugins.duty_cn import words
from plugins.duty_cn.goods import Found, Refusal, Valued

LABELS = {
    ChargeKind.DUTY: words.DUTY,
    ChargeKind.CONSUMPTION_TAX: words.CONSUMPTION,
    ChargeKind.VAT: words.VAT,
    ChargeKind.POSTAL_TAX: words.POSTAL_TAX,
}


def charge(
    kind: ChargeKind,
    amount: Decimal,
    item: Valued,
    *,
    basis: Decimal,
    found: Found,
    rule: Rule,
    formula: str,
    inputs: Mapping[str, Decimal],
) -> Charge:
    """Return one amount of one line, in yuan."""
    given = {name: f"{value:f}" for name, value in inputs.items()}
    return Charge(
        kind=kind,
        amount=Money(amount, "CNY"),
        basis=Money(basis, "CNY"),
        rate=found.rate,
        rule_id=rule.id,
        source=rule.source,
        formula=formula,
        line=item.index,
        inputs={**given, "rate_source": found.source},
        label=LABELS[kind],
    )


def assessed(
    regime: str,
    charges: list[Charge],
    *,
    value: Decimal,
    rules: tuple[Rule, ...],
    outcome: Outcome = Outcome.OK,
    facts: Mapping[str, str] | None = None,
    notes: tuple[Text, ...] = (),
    incoterm: str = "DDP",
) -> Assessment:
    """Return what a regime collects."""
    return Assessment(
        regime=regime,
        outcome=outcome,
        currency="CNY",
        customs_value=Money(value, "CNY"),
        charges=tuple(charges),
        rules_used=tuple(rule.id for rule in rules),
        facts=facts or {},
        notes=notes,
        incoterm=incoterm,
    )


def refused(
    regime: str, reason: Refusal, *, value: Decimal | None = None, fallback: str = ""
) -> Assessment:
    """Return why a regime cannot be used."""
    facts = {} if reason.line is None else {"path": f"$.shipment.lines[{reason.line}]"}
    return Assessment(
        regime=regime,
        outcome=_outcome(reason),
        currency="CNY",
        customs_value=None if value is None else Money(value, "CNY"),
        refusal_code=reason.code,
        message=words.REFUSALS[reason.code],
        fallback_regime=fallback,
        facts=facts,
    )


NOT_OPEN = frozenset({"other_mode", "no_rule", "cbec_open", "above_single_limit",
                      "within_single_limit"})  # fmt: skip


def _outcome(reason: Refusal) -> Outcome:
    if reason.code in NOT_OPEN:
        return Outcome.NOT_OPEN
    return Outcome.NEEDS_EXCISE if reason.excise else Outcome.REFUSED


def only_for(key: str, shipment: ShipmentFacts, modes: Iterable[str], *, family: str = "") -> None:
    """Let a shipment through that asks for the regime or comes by ``modes``. Raises Refusal."""
    asked = shipment.regime in (key, family) if shipment.regime else shipment.channel in modes
    if not asked:
        raise Refusal("other_mode")


def required(shipment: ShipmentFacts, rules: RuleSet, *keys: str) -> list[Rule]:
    """Return the rules of ``keys`` on that day, for a shipment in yuan. Raises Refusal."""
    if shipment.currency != "CNY":
        raise Refusal("currency_not_supported")
    found = [rule for key in keys if (rule := rules.get(key))]
    if len(found) < len(keys):
        raise Refusal("no_rule")
    return found


def is_asked(regime: str, shipment: ShipmentFacts) -> bool:
    """Say whether the shipment names this regime or its family."""
    return shipment.regime == regime
