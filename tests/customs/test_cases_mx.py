"""Import into Mexico by courier: the worked cases, and examples around every limit and day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.pluginapi import Assessment, Outcome, ShipmentFacts, ShipmentLine
from plugins.duty_mx.regime import SimplifiedCourier
from tests.customs.americas import first, line, sent, wrong_cases
from tests.customs.regimes import duty_of, tax_of

D = Decimal
DAY = date(2026, 11, 22)
REGIMES = (SimplifiedCourier(),)


def mexico(*lines: ShipmentLine, **fields: Any) -> ShipmentFacts:
    return sent("MX", *lines, **{"channel": "courier", **fields})


def assess(shipment: ShipmentFacts, on: date = DAY) -> Assessment:
    return first(REGIMES, SimplifiedCourier.data, shipment, on)


def of(group: Any) -> dict[str, Any]:
    return {"facts": {"origin_group": group}}


@pytest.mark.django_db
def test_every_case_of_mexico_agrees(shared_dir: Path, tmp_path: Path) -> None:
    assert wrong_cases("MX", shared_dir, tmp_path) == []


@pytest.mark.parametrize(
    ("group", "price", "rate", "tax"),
    [
        ("US", "50.00", "0", "0"),
        ("US", "50.01", "17", "8.50"),
        ("CA", "117.00", "17", "19.89"),
        ("CA", "117.01", "19", "22.23"),
        ("US", "2500", "19", "475.00"),
        (["US", "CA"], "60", "17", "10.20"),
        ("CPTPP", "1.00", "0", "0"),
        ("CPTPP", "1.01", "33.5", "0.34"),
        ("CPTPP", "50", "33.5", "16.75"),
        ("CN", "1.00", "33.5", "0.34"),
        ("EU", "100", "33.5", "33.50"),
        ("CN", "2500.00", "33.5", "837.50"),
    ],
)
def test_origin_and_value_choose_the_rate(group: Any, price: str, rate: str, tax: str) -> None:
    made = assess(mexico(line(price), **of(group)), date(2025, 8, 15))
    assert made.facts["global_rate_percent"] == rate
    assert tax_of(made) == D(tax)
    assert (made.outcome is Outcome.EXEMPT) == (not D(tax))
    assert made.incoterm == ("DAP" if D(tax) else "DDP")
    assert any("processing fee" in note.en for note in made.notes)


@pytest.mark.parametrize(
    ("group", "on", "rate"),
    [
        ("CN", date(2025, 1, 1), "19"),
        ("CN", date(2025, 8, 14), "19"),
        ("CN", date(2025, 8, 15), "33.5"),
        ("US", date(2025, 8, 14), "17"),
        ("US", date(2025, 8, 15), "17"),
    ],
)
def test_the_general_rate_rose_on_a_day(group: str, on: date, rate: str) -> None:
    assert assess(mexico(line("100"), **of(group)), on).facts["global_rate_percent"] == rate


def test_a_day_before_the_rules_is_not_open() -> None:
    made = assess(mexico(line("100"), **of("CN")), date(2024, 12, 31))
    assert (made.outcome, made.refusal_code) == (Outcome.NOT_OPEN, "no_rule")


@pytest.mark.parametrize("regime", ["", "mx.courier"])
def test_above_the_limit_the_simplified_entry_is_not_open(regime: str) -> None:
    made = assess(mexico(line("2500.01"), regime=regime, **of("US")))
    assert made.refusal_code == "above_limit"


def test_rounded_pesos_do_not_lift_a_value_over_a_limit_in_dollars() -> None:
    pesos = {"currency": "MXN", "fx": {"USD": Decimal("18.3457")}}  # 50 dollars are 917.285
    made = assess(mexico(line("917.29"), **pesos, **of("US")))
    assert (made.outcome, made.facts["global_rate_percent"]) == (Outcome.EXEMPT, "0")


def test_freight_and_insurance_belong_to_the_value() -> None:
    made = assess(mexico(line("45"), freight="4", insurance="1.01", **of("US")))
    assert made.facts["global_rate_percent"] == "17"
    assert tax_of(made) == D("8.50")


@pytest.mark.parametrize(
    ("origin", "shipped_from", "rate"),
    [
        ("US", "", "17"),
        ("", "US", "17"),
        ("CN", "US", "33.5"),
        ("JP", "", "33.5"),
        ("", "", "33.5"),
    ],
)
def test_without_a_group_the_origin_of_the_line_counts(
    origin: str, shipped_from: str, rate: str
) -> None:
    made = assess(mexico(line("100", origin=origin), shipped_from=shipped_from))
    assert made.facts["global_rate_percent"] == rate
    assert any("No origin" in note.en for note in made.notes) == (not origin + shipped_from)


def test_lines_of_two_origins_have_two_rates_by_the_value_of_all() -> None:
    made = assess(mexico(line("60", origin="US"), line("60", origin="CN")))
    assert "global_rate_percent" not in made.facts
    assert duty_of(made) == D("31.50")  # 19 % because all is above 117, and 33.5 %


@pytest.mark.parametrize("group", [3, {"US": 1}, ["US", 4]])
def test_a_group_that_is_no_text_is_refused(group: Any) -> None:
    made = assess(mexico(line("100"), **of(group)))
    assert (made.outcome, made.refusal_code) == (Outcome.REFUSED, "invalid_input")
    assert made.facts["path"] == "$.shipment.facts.origin_group"


def test_pesos_are_measured_against_the_limits_in_dollars() -> None:
    rate = {"fx": {"USD": D("20")}}
    free = assess(mexico(line("1000"), currency="MXN", **rate, **of("US")))
    assert free.outcome is Outcome.EXEMPT
    made = assess(mexico(line("1000.01"), currency="MXN", **rate, **of("US")))
    assert tax_of(made) == D("170.00")
    missing = assess(mexico(line("1000"), currency="MXN", **of("US")))
    assert (missing.outcome, missing.refusal_code) == (Outcome.REFUSED, "rate_missing")


def test_tobacco_is_not_taxed_at_the_global_rate() -> None:
    made = assess(mexico(line("100", hs_code="240220"), **of("CN")))
    assert made.outcome is Outcome.NEEDS_EXCISE


MONEY = st.integers(0, 30_000).map(lambda n: str(D(n) / 100))
ORIGIN = st.sampled_from(["US", "CA", "JP", "CN", ""])
LINES = st.lists(
    st.builds(lambda price, origin: line(price, origin=origin), MONEY, ORIGIN),
    min_size=1, max_size=7,
)  # fmt: skip


@settings(deadline=None, derandomize=True, max_examples=80)
@given(LINES, MONEY)
def test_lines_sum_to_the_totals(lines: list[ShipmentLine], freight: str) -> None:
    made = assess(mexico(*lines, freight=freight))
    assert len(made.charges) == len(lines)
    by_line = sum((c.amount.amount for c in made.charges if c.line is not None), D(0))
    assert by_line == tax_of(made) == duty_of(made)


@settings(deadline=None, derandomize=True, max_examples=80)
@given(MONEY, MONEY, ORIGIN)
def test_tax_never_falls_when_value_rises(price: str, more: str, origin: str) -> None:
    low, high = (
        tax_of(assess(mexico(line(str(value), origin=origin))))
        for value in (D(price), D(price) + D(more))
    )
    assert low <= high
