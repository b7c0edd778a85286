"""Import into Brazil: the worked cases, and examples around every limit and day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.pluginapi import Assessment, Outcome, ShipmentFacts, ShipmentLine
from plugins.duty_br.regime import Simplified
from tests.customs.americas import first, line, sent, wrong_cases
from tests.customs.regimes import duty_of, tax_of, vat_of

D = Decimal
DAY = date(2026, 11, 22)
REGIMES = (Simplified(),)
CERTIFIED = {"facts": {"certified_site": True}}


def brazil(*lines: ShipmentLine, **fields: Any) -> ShipmentFacts:
    return sent("BR", *lines, **fields)


def assess(shipment: ShipmentFacts, on: date = DAY) -> Assessment:
    return first(REGIMES, Simplified.data, shipment, on)


def taxed(price: str, vat: str = "17", quantity: int = 1) -> ShipmentLine:
    return line(price, quantity, rates={"vat": vat})


@pytest.mark.django_db
def test_every_case_of_brazil_agrees(shared_dir: Path, tmp_path: Path) -> None:
    assert wrong_cases("BR", shared_dir, tmp_path) == []


@pytest.mark.parametrize(
    ("price", "duty", "icms"),
    [
        ("50.00", "10.00", "12.29"),
        ("50.01", "10.01", "12.29"),
        ("100.00", "40.00", "28.67"),
        ("3000.00", "1780.00", "979.04"),
    ],
)
def test_a_certified_site_pays_by_value(price: str, duty: str, icms: str) -> None:
    made = assess(brazil(taxed(price), **CERTIFIED))
    assert (duty_of(made), vat_of(made), made.incoterm) == (D(duty), D(icms), "DDP")


@pytest.mark.parametrize(("price", "duty"), [("30", "18.00"), ("50", "30.00"), ("3000", "1800")])
def test_another_site_pays_sixty_percent(price: str, duty: str) -> None:
    made = assess(brazil(taxed(price)))
    assert (duty_of(made), made.incoterm) == (D(duty), "DAP")
    assert duty_of(assess(brazil(taxed(price), facts={"certified_site": False}))) == D(duty)


def test_freight_and_insurance_belong_to_the_value() -> None:
    made = assess(brazil(taxed("45"), freight="5", insurance="0.01", **CERTIFIED))
    assert duty_of(made) == D("10.01")  # 50.01: sixty percent less 20


@pytest.mark.parametrize("facts", [CERTIFIED, {}])
@pytest.mark.parametrize("regime", ["", "br.simplified"])
def test_above_the_limit_it_is_not_open(facts: dict[str, Any], regime: str) -> None:
    made = assess(brazil(taxed("3000.01"), regime=regime, **facts))
    assert made.refusal_code == "above_limit"


def test_the_deduction_is_taken_once_and_shared_by_value() -> None:
    made = assess(brazil(taxed("60"), taxed("20", quantity=2), **CERTIFIED))
    assert duty_of(made) == D("40.00")
    assert [c.amount.amount for c in made.charges if c.code == "ii"] == [D("24.00"), D("16.00")]


@pytest.mark.parametrize(
    ("region", "on", "rate"),
    [
        ("SP", DAY, "17"),
        ("MG", date(2025, 3, 31), "17"),
        ("MG", date(2025, 4, 1), "20"),
        ("BA", DAY, "20"),
        ("", DAY, "17"),
        ("RR", date(2025, 3, 31), "17"),
    ],
)
def test_icms_is_that_of_the_state_on_the_day(region: str, on: date, rate: str) -> None:
    made = assess(brazil(line("100"), region=region), on)
    assert made.facts["vat_rate"] == rate
    part = D(rate) / 100
    assert vat_of(made) == (160 / (1 - part) * part).quantize(D("0.01"), "ROUND_HALF_UP")
    assert any("No state" in note.en for note in made.notes) == (region == "")


@pytest.mark.parametrize("state", ["AP", "RR"])
def test_a_state_on_which_the_sources_differ_is_refused_unless_given(state: str) -> None:
    made = assess(brazil(line("100"), region=state))
    assert (made.outcome, made.refusal_code) == (Outcome.REFUSED, "state_tax_unknown")
    assert assess(brazil(taxed("100", "20"), region=state)).outcome is Outcome.OK


@pytest.mark.parametrize("rate", ["100", "250"])
def test_a_tax_inside_its_base_cannot_be_all_of_it(rate: str) -> None:
    made = assess(brazil(taxed("10"), taxed("10", rate)))
    assert (made.outcome, made.refusal_code) == (Outcome.REFUSED, "invalid_input")
    assert made.facts["path"] == "$.shipment.lines[1].rates.vat"


def test_the_base_of_icms_holds_the_tax() -> None:
    made = assess(brazil(taxed("50"), **CERTIFIED))
    assert (made.facts["vat_base"], made.facts["vat_rate"]) == ("72.29", "17")


def test_reais_are_measured_against_the_limits_in_dollars() -> None:
    rate = {"fx": {"USD": D("5.00")}}
    made = assess(brazil(taxed("250"), currency="BRL", **rate, **CERTIFIED))
    assert duty_of(made) == D("50.00")
    above = assess(brazil(taxed("300"), currency="BRL", **rate, **CERTIFIED))
    assert duty_of(above) == D("80.00")  # sixty percent less 20 dollars
    uneven = {"fx": {"USD": D("5.4321")}}  # 50 dollars are 271.605 reais, told as 271.61
    edge = assess(brazil(taxed("271.61"), currency="BRL", **uneven, **CERTIFIED))
    assert duty_of(edge) == D("54.32")
    missing = assess(brazil(taxed("250"), currency="BRL", **CERTIFIED))
    assert (missing.outcome, missing.refusal_code) == (Outcome.REFUSED, "rate_missing")


def test_a_day_before_the_rule_is_not_open() -> None:
    made = assess(brazil(taxed("30")), date(2024, 7, 31))
    assert (made.outcome, made.refusal_code) == (Outcome.NOT_OPEN, "no_rule")
    assert assess(brazil(taxed("30")), date(2024, 8, 1)).outcome is Outcome.OK


def test_spirits_are_outside_simplified_taxation() -> None:
    assert assess(brazil(line("30", hs_code="220830"))).outcome is Outcome.NEEDS_EXCISE


MONEY = st.integers(0, 40_000).map(lambda n: str(D(n) / 100))
LINES = st.lists(
    st.builds(taxed, MONEY, st.sampled_from(["17", "20", "0"]), st.integers(1, 2)),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(deadline=None, derandomize=True, max_examples=80)
@given(LINES, MONEY, st.booleans())
def test_lines_sum_to_the_totals(lines: list[ShipmentLine], freight: str, certified: bool) -> None:
    facts = {"certified_site": certified}
    made = assess(brazil(*lines, freight=freight, facts=facts))
    by_line = sum((c.amount.amount for c in made.charges if c.line is not None), D(0))
    assert by_line == tax_of(made) == duty_of(made) + vat_of(made)


@settings(deadline=None, derandomize=True, max_examples=80)
@given(MONEY, MONEY, st.booleans())
def test_tax_never_falls_when_value_rises(price: str, more: str, certified: bool) -> None:
    facts = {"certified_site": certified}
    low, high = (
        tax_of(assess(brazil(taxed(str(value)), facts=facts)))
        for value in (D(price), D(price) + D(more))
    )
    assert low <= high
