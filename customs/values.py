"""An assessment as JSON: the tree from an amount to its formula, inputs, rule, date and source."""

from __future__ import annotations

from decimal import Decimal

from core.pluginapi import Assessment, Charge, ChargeKind, Json, Money, Outcome, Rule
from customs.types import AssessmentReport, Considered


def assessment_json(report: AssessmentReport) -> dict[str, Json]:
    """Return the report with every text in three languages and every amount as a string."""
    rules: dict[str, Json] = {key: _rule(rule) for key, rule in sorted(report.rules.items())}
    return {
        "on": report.on.isoformat(),
        "currency": report.currency,
        "chosen": _assessment(report.chosen) if report.chosen else None,
        "considered": [_considered(one) for one in report.considered],
        "refusal_code": report.refusal_code,
        "message": dict(report.message.as_dict()) if report.message else None,
        "path": report.path,
        "epoch": report.epoch,
        "rules": rules,
    }


def totals(made: Assessment) -> dict[ChargeKind, Decimal]:
    """Return what is collected by kind, in the assessment's currency."""
    sums: dict[ChargeKind, Decimal] = {}
    for charge in made.charges:
        if not charge.apart:
            sums[charge.kind] = sums.get(charge.kind, Decimal(0)) + charge.amount.amount
    return sums


def tax_total(made: Assessment) -> Decimal:
    """Return the sum of all charges, fees included, without what stands apart."""
    return sum((charge.amount.amount for charge in made.charges if not charge.apart), Decimal(0))


def fees(made: Assessment) -> dict[str, Decimal]:
    """Return the fees by code, those that stand apart too."""
    found: dict[str, Decimal] = {}
    for charge in made.charges:
        if charge.kind is ChargeKind.FEE:
            found[charge.code] = found.get(charge.code, Decimal(0)) + charge.amount.amount
    return found


def _considered(one: Considered) -> dict[str, Json]:
    return {
        "regime": one.regime,
        "plugin": one.plugin,
        "title": dict(one.title.as_dict()),
        "applicable": one.applicable,
        "outcome": one.assessment.outcome.value if one.assessment else "refused",
        "tax_total": _collected(one.assessment),
        "code": one.code,
        "message": dict(one.message.as_dict()) if one.message else None,
    }


def _collected(made: Assessment | None) -> Json:
    if made is None or made.outcome not in (Outcome.OK, Outcome.EXEMPT):
        return None
    return f"{tax_total(made):f}"


def _assessment(made: Assessment) -> dict[str, Json]:
    return {
        "regime": made.regime,
        "outcome": made.outcome.value,
        "incoterm": made.incoterm,
        "customs_value": _money(made.customs_value),
        "totals": {kind.value: f"{amount:f}" for kind, amount in totals(made).items()},
        "tax_total": f"{tax_total(made):f}",
        "charges": [_charge(charge) for charge in made.charges],
        "rules_used": list(made.rules_used),
        "notes": [dict(note.as_dict()) for note in made.notes],
        "facts": dict(made.facts),
    }


def _charge(charge: Charge) -> dict[str, Json]:
    return {
        "kind": charge.kind.value,
        "code": charge.code,
        "apart": charge.apart,
        "label": dict(charge.label.as_dict()) if charge.label else None,
        "line": charge.line,
        "amount": f"{charge.amount.amount:f}",
        "currency": charge.amount.currency,
        "basis": f"{charge.basis.amount:f}",
        "rate": None if charge.rate is None else f"{charge.rate:f}",
        "formula": charge.formula,
        "inputs": {
            name: f"{value:f}" if isinstance(value, Decimal) else value
            for name, value in charge.inputs.items()
        },
        "rule_id": charge.rule_id,
        "source": charge.source,
    }


def _rule(rule: Rule) -> dict[str, Json]:
    return {
        "title": dict(rule.title.as_dict()),
        "valid_from": rule.valid_from.isoformat(),
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else None,
        "values": dict(rule.values),
        "source": rule.source,
        "confidence": rule.confidence,
        "unverified": list(rule.unverified),
    }


def _money(amount: Money | None) -> Json:
    return None if amount is None else f"{amount.amount:f}"
