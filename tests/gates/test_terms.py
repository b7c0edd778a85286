"""Every name in a formula or among its inputs reads as words in three languages."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.kernel import providers
from core.pluginapi import (
    Assessment,
    Charge,
    Outcome,
    RuleSet,
    ShipmentFacts,
    ShipmentLine,
    SpecificDuty,
    TariffView,
)
from core.pluginapi.duty.terms import NAME, TERMS
from customs.cases import BadValue, read_all, read_case

CASES = Path(os.environ.get("HAITAO_SHARED", "../shared")) / "customs" / "cases.json"
DAYS = (date(2019, 3, 1), date(2023, 6, 1), date(2025, 6, 2), date(2026, 2, 2), date(2026, 11, 22))
MODES = ("", "bonded", "direct_mail", "postal", "courier", "freight")
PRICES = ("3", "40", "400", "9000")
FACTS: tuple[dict[str, Any], ...] = (
    {
        "personal_use": True,
        "buyer_id_verified": True,
        "payer_is_buyer": True,
        "positive_list": True,
        "uk_duty": "10",
        "eu_duty": "12",
    },
    {"seller_registered": True, "certified_site": True, "payer_is_buyer": True},
    {"gift": True, "personal_use": True},
    {"list_clearance": True, "positive_list": True},
)


def shipments(country: str, currency: str, foreign: Iterable[str]) -> Iterator[ShipmentFacts]:
    """Yield shipments of every size by every way, with every kind of duty."""
    rates = {kind: Decimal(7) for kind in ("duty", "vat", "consumption_tax")}
    layers = {"mfn": Decimal(5), "excise": Decimal(10)}
    specific = (SpecificDuty("mfn", "kg", Decimal(2), currency),)
    for price in map(Decimal, PRICES):
        plain = ShipmentLine("", price, 2, "640411", "CN", rates, "50 ml", Decimal(2), Decimal(1))
        lines = (
            (plain, replace(plain, hs_code="610910", rates={})),
            (replace(plain, quantity=1, rates={**rates, "postal": Decimal(13)}),),
            (replace(plain, rates=None, layers=layers, hs_code="330499"),),
            (replace(plain, rates={"vat": Decimal(5)}, specific=specific),),
            (replace(plain, rates={}, layers=layers, caps={"mfn": Decimal(15)}),),
        )
        for mode in MODES:
            for goods in lines:
                for facts in FACTS:
                    for region in ("", {"GB": "NI", "BR": "SP", "CA": "BC"}.get(country, "X")):
                        yield ShipmentFacts(
                            country, region, currency, mode, goods, Decimal(9), Decimal(1), "JP",
                            "sea", "", facts, Decimal(1), dict.fromkeys(foreign, Decimal(1)),
                        )  # fmt: skip


def rules_on(regime: Any, day: date) -> RuleSet:
    held = (r for r in regime.rules() if r.valid_from <= day and (r.valid_to or date.max) >= day)
    return RuleSet(day, {rule.key or rule.id: rule for rule in held})


def made_by(regime: Any, shipment: ShipmentFacts, day: date) -> Assessment:
    tariff = TariffView(day, regime.jurisdiction, {})
    made: Assessment = regime.assess(WITHOUT, shipment, rules_on(regime, day), tariff, day)
    return made


def names_of(charges: Iterable[Charge]) -> set[str]:
    return {name for charge in charges for name in (*NAME.findall(charge.formula), *charge.inputs)}


WITHOUT = SimpleNamespace(settings=None)
REGIMES = [one for one in providers.all_regimes() if one.plugin.startswith("duty_")]
NEEDS_SETTINGS = {"flat.import"}


@pytest.mark.parametrize("provided", REGIMES, ids=lambda one: one.key)
def test_every_name_that_a_regime_uses_is_a_term(provided: Any) -> None:
    regime = provided.object
    country = sorted(set(regime.countries) - {"*"} or {"DE"})[0]
    currency = (regime.currencies or ("EUR",))[0]
    used: set[str] = set()
    held = False
    for shipment in shipments(country, currency, regime.foreign):
        for day in DAYS:
            for asked in (shipment, replace(shipment, regime=regime.key)):
                made = made_by(regime, asked, day)
                held = held or made.outcome in (Outcome.OK, Outcome.EXEMPT)
                used |= names_of(made.charges)
    assert held or provided.key in NEEDS_SETTINGS, f"no shipment here is for {provided.key}"
    assert used <= set(TERMS), f"{provided.key}: add {sorted(used - set(TERMS))} to duty/terms.py"


@pytest.mark.skipif(not CASES.exists(), reason="the worked cases are not on this machine")
def test_every_name_in_the_worked_cases_is_a_term() -> None:
    used: set[str] = set()
    for raw in read_all(json.loads(CASES.read_bytes())):
        if raw.get("kind", "assess") != "assess":
            continue
        try:
            case = read_case(raw)
        except BadValue:
            continue
        for one in REGIMES:
            if case.shipment.country in one.object.countries:
                used |= names_of(made_by(one.object, case.shipment, case.on).charges)
    assert len(used) > 10
    assert used <= set(TERMS), sorted(used - set(TERMS))


@pytest.mark.parametrize("name", sorted(TERMS))
def test_every_term_has_three_languages(name: str) -> None:
    text = TERMS[name]
    assert text.en
    assert text.zh_hans
    assert text.zh_hant
