"""Regimes of a plug-in without the platform: the rules of a day, and the first that is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from core.pluginapi import (
    Assessment,
    ChargeKind,
    DutyRegime,
    Outcome,
    RuleSet,
    ShipmentFacts,
    TariffView,
)
from core.pluginapi.duty import DutyData


def in_force(data: DutyData, on: date) -> RuleSet:
    """Return the rules of a day."""
    held = {
        rule.key: rule
        for rule in data.rules
        if rule.valid_from <= on and (rule.valid_to is None or on <= rule.valid_to)
    }
    return RuleSet(on, held)


def considered(
    regimes: Sequence[DutyRegime],
    data: DutyData,
    shipment: ShipmentFacts,
    on: date,
    tariff: TariffView | None = None,
) -> Assessment:
    """Return the first assessment that holds, else the first refusal, else the first answer."""
    view = tariff or TariffView(on, data.jurisdiction, {})
    ctx: Any = None
    asked = [one for one in regimes if shipment.regime in ("", one.key, one.family or "no family")]
    made = [
        one.assess(ctx, shipment, in_force(data, on), view, on)
        for one in sorted(asked, key=lambda one: one.order)
    ]
    holds = [one for one in made if one.outcome in (Outcome.OK, Outcome.EXEMPT)]
    meant = [one for one in made if one.outcome is not Outcome.NOT_OPEN]
    return (holds or meant or made)[0]


def collected(made: Assessment, *kinds: ChargeKind) -> Decimal:
    """Return the sum of the charges of ``kinds`` that do not stand apart."""
    return sum(
        (c.amount.amount for c in made.charges if c.kind in kinds and not c.apart), Decimal(0)
    )


def duty_of(made: Assessment) -> Decimal:
    """Return the duty."""
    return collected(made, ChargeKind.DUTY)


def vat_of(made: Assessment) -> Decimal:
    """Return the VAT."""
    return collected(made, ChargeKind.VAT)


def tax_of(made: Assessment) -> Decimal:
    """Return everything that is collected."""
    return collected(made, *ChargeKind)
