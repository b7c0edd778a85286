"""Import into India: the worked cases, and examples of each rate."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.pluginapi import Assessment, Outcome, ShipmentFacts, ShipmentLine, TariffView
from plugins.duty_in.regime import CourierImport
from tests.customs.americas import first, line, sent, stated, tariff, wrong_cases
from tests.customs.regimes import duty_of, tax_of, vat_of

D = Decimal
DAY = date(2026, 11, 22)
REGIMES = (CourierImport(),)


def india(*lines: ShipmentLine, **fields: Any) -> ShipmentFacts:
    return sent("IN", *lines, **{"channel": "courier", **fields})


def assess(shipment: ShipmentFacts, on: date = DAY, view: TariffView | None = None) -> Assessment:
    return first(REGIMES, CourierImport.data, shipment, on, view)


def taxed(price: str, duty: str, surcharge: str, vat: str, quantity: int = 1) -> ShipmentLine:
    rates = {"duty": duty, "surcharge_on_duty": surcharge, "vat": vat}
    return line(price, quantity, rates=rates)


@pytest.mark.django_db
def test_every_case_of_india_agrees(shared_dir: Path, tmp_path: Path) -> None:
    assert wrong_cases("IN", shared_dir, tmp_path) == []


def test_the_surcharge_is_on_the_duty_and_the_tax_on_all() -> None:
    made = assess(india(taxed("10000", "20", "10", "18")))
    assert made.facts["bcd"] == "2000.00"
    assert made.facts["sws"] == "200.00"
    assert duty_of(made) == D("2200.00")
    assert vat_of(made) == D("2196.00")  # 18 % of 12,200


def test_freight_and_insurance_belong_to_the_value() -> None:
    made = assess(india(taxed("900", "10", "10", "18"), freight="90", insurance="10"))
    assert made.customs_value is not None
    assert made.customs_value.amount == D("1000.00")
    assert tax_of(made) == D("309.80")  # 100, 10, and 18 % of 1,110


@pytest.mark.parametrize(
    ("rates", "duty", "vat"),
    [
        ({}, "0", "180.00"),
        ({"duty": "20"}, "200.00", "216.00"),
        ({"duty": "20", "vat": "28"}, "200.00", "336.00"),
        ({"duty": "0", "vat": "0"}, "0", "0"),
    ],
)
def test_an_absent_rate_is_zero_and_the_tax_the_standard_one(
    rates: dict[str, str], duty: str, vat: str
) -> None:
    made = assess(india(line("1000", rates=rates)))
    assert (duty_of(made), vat_of(made)) == (D(duty), D(vat))
    assert (made.outcome is Outcome.EXEMPT) == (tax_of(made) == 0)


@pytest.mark.parametrize(
    ("facts", "bcd", "sws", "vat"),
    [({"personal_use": True}, "100.00", "10.00", "199.80"), ({}, "200.00", "0.00", "216.00")],
)
def test_without_rates_the_flat_ones_of_the_rule_hold(
    facts: dict[str, Any], bcd: str, sws: str, vat: str
) -> None:
    made = assess(india(line("1000", rates=None), facts=facts))
    assert (made.facts["bcd"], made.facts["sws"]) == (bcd, sws)
    assert vat_of(made) == D(vat)
    assert any("flat rates" in note.en for note in made.notes)


def test_by_freight_the_tariff_is_asked_and_states_nothing() -> None:
    goods = line("1000", rates=None, hs_code="610910")
    made = assess(india(goods, channel="freight"))
    assert (made.outcome, made.refusal_code) == (Outcome.REFUSED, "tariff_unknown")
    one = tariff("IN", DAY, stated("IN", "610910", "20"))
    assert assess(india(goods, channel="freight"), DAY, one).refusal_code == "tariff_unknown"


def test_a_day_before_the_rule_is_not_open() -> None:
    made = assess(india(taxed("100", "10", "10", "18")), date(2024, 12, 31))
    assert (made.outcome, made.refusal_code) == (Outcome.NOT_OPEN, "no_rule")
    assert assess(india(taxed("100", "10", "10", "18")), date(2025, 1, 1)).outcome is Outcome.OK


def test_spirits_are_not_taxed_at_the_flat_rates() -> None:
    made = assess(india(line("1000", rates=None, hs_code="220830")))
    assert made.outcome is Outcome.NEEDS_EXCISE


MONEY = st.integers(0, 9_000_000).map(lambda n: str(D(n) / 100))
PERCENT = st.sampled_from(["0", "7.5", "10", "20", "35"])
LINES = st.lists(
    st.builds(taxed, MONEY, PERCENT, st.sampled_from(["0", "10"]), st.sampled_from(["5", "18"]),
              st.integers(1, 9)),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(deadline=None, derandomize=True, max_examples=80)
@given(LINES, MONEY, MONEY)
def test_lines_sum_to_the_totals(lines: list[ShipmentLine], freight: str, insurance: str) -> None:
    made = assess(india(*lines, freight=freight, insurance=insurance))
    assert made.customs_value is not None
    goods = sum((one.goods for one in lines), D(0))
    assert made.customs_value.amount == goods + D(freight) + D(insurance)
    by_line = sum((c.amount.amount for c in made.charges if c.line is not None), D(0))
    assert by_line == tax_of(made)
    assert D(str(made.facts["bcd"])) + D(str(made.facts["sws"])) == duty_of(made)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(MONEY, MONEY, PERCENT)
def test_tax_never_falls_when_value_rises(price: str, more: str, duty: str) -> None:
    low, high = (
        tax_of(assess(india(taxed(str(value), duty, "10", "18"))))
        for value in (D(price), D(price) + D(more))
    )
    assert low <= high
