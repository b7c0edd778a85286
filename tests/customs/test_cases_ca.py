"""Import into Canada: the worked cases, and examples around every threshold and place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.pluginapi import Assessment, Outcome, ShipmentFacts, ShipmentLine, TariffRate, TariffView
from plugins.duty_ca.regimes import DATA, Courier, Postal
from tests.customs.americas import first, line, sent, stated, tariff, wrong_cases
from tests.customs.regimes import duty_of, tax_of, vat_of

D = Decimal
DAY = date(2026, 11, 22)
REGIMES = (Courier(), Postal())


def ca(*lines: ShipmentLine, **fields: Any) -> ShipmentFacts:
    return sent("CA", *lines, **{"channel": "courier", "shipped_from": "CN", **fields})


def assess(shipment: ShipmentFacts, on: date = DAY, view: TariffView | None = None) -> Assessment:
    return first(REGIMES, DATA, shipment, on, view)


def taxed(price: str, duty: str = "18", vat: str = "5", quantity: int = 1) -> ShipmentLine:
    return line(price, quantity, rates={"duty": duty, "vat": vat})


@pytest.mark.django_db
def test_every_case_of_canada_agrees(shared_dir: Path, tmp_path: Path) -> None:
    assert wrong_cases("CA", shared_dir, tmp_path) == []


@pytest.mark.parametrize("near", ["US", "MX"])
@pytest.mark.parametrize(
    ("price", "duty", "vat"),
    [
        ("20.01", "0", "0"),
        ("40.00", "0", "0"),
        ("40.01", "0", "2.00"),
        ("150.00", "0", "7.50"),
        ("150.01", "27.00", "8.85"),
        ("500", "90.00", "29.50"),
    ],
)
def test_courier_from_the_neighbours_is_relieved_in_steps(
    near: str, price: str, duty: str, vat: str
) -> None:
    made = assess(ca(taxed(price), shipped_from=near))
    assert (duty_of(made), vat_of(made)) == (D(duty), D(vat))
    assert (made.outcome is Outcome.EXEMPT) == (not D(vat))


@pytest.mark.parametrize(
    ("place", "channel"),
    [("CN", "courier"), ("JP", "courier"), ("", "courier"), ("US", "postal"), ("MX", "postal")],
)
@pytest.mark.parametrize(
    ("price", "duty", "vat"),
    [("20.00", "0", "0"), ("20.01", "3.60", "1.18"), ("40.00", "7.20", "2.36"),
     ("150.00", "27.00", "8.85")],
)  # fmt: skip
def test_from_elsewhere_and_by_mail_one_threshold_frees_of_all(
    place: str, channel: str, price: str, duty: str, vat: str
) -> None:
    made = assess(ca(taxed(price), shipped_from=place, channel=channel))
    assert (duty_of(made), vat_of(made)) == (D(duty), D(vat))


@pytest.mark.parametrize(
    ("channel", "regime"),
    [("postal", "ca.postal"), ("courier", "ca.courier"), ("", "ca.courier"),
     ("freight", "ca.courier")],
)  # fmt: skip
def test_the_channel_chooses_the_regime(channel: str, regime: str) -> None:
    assert assess(ca(taxed("100"), channel=channel)).regime == regime


def test_the_regime_that_is_asked_for_wins_over_the_channel() -> None:
    made = assess(ca(taxed("100"), channel="courier", shipped_from="US", regime="ca.postal"))
    assert (made.regime, duty_of(made)) == ("ca.postal", D("18.00"))


def test_the_origin_of_the_goods_does_not_matter_but_the_place_of_shipment() -> None:
    shirt = line("100", rates={"duty": "18", "vat": "5"}, origin="US")
    assert duty_of(assess(ca(shirt, shipped_from="CN"))) == D("18.00")
    made = line("100", rates={"duty": "18", "vat": "5"}, origin="CN")
    assert duty_of(assess(ca(made, shipped_from="US"))) == 0


def test_the_threshold_counts_all_goods_without_freight() -> None:
    made = assess(ca(taxed("10", quantity=2), freight="80", insurance="3"))
    assert made.outcome is Outcome.EXEMPT
    assert assess(ca(taxed("10"), taxed("10.01"))).outcome is Outcome.OK


@pytest.mark.parametrize(
    ("region", "on", "rate"),
    [
        ("", DAY, "5"),
        ("AB", DAY, "5"),
        ("ON", DAY, "13"),
        ("NB", DAY, "15"),
        ("NS", date(2025, 3, 31), "15"),
        ("NS", date(2025, 4, 1), "14"),
        ("QC", DAY, "5"),
    ],
)
def test_the_tax_is_that_of_the_province_on_the_day(region: str, on: date, rate: str) -> None:
    made = assess(ca(line("200", rates={"duty": "10"}), region=region), on)
    assert made.facts["vat_rate"] == rate
    assert vat_of(made) == D(220) * D(rate) / 100
    notes = " ".join(note.en for note in made.notes)
    assert ("No province" in notes) == (region == "")
    assert ("own sales tax" in notes) == (region == "QC")


def test_a_given_tax_wins_over_the_province() -> None:
    assert assess(ca(taxed("200", vat="7"), region="ON")).facts["vat_rate"] == "7"


def test_duty_is_rounded_by_line_and_tax_once_for_each_rate() -> None:
    made = assess(ca(taxed("33.33", "4.5", "13"), taxed("33.33", "4.5", "13"), taxed("9.99", "0")))
    assert duty_of(made) == D("3.00")
    assert vat_of(made) == D("9.56")  # 13 % of 69.66 is 9.0558, 5 % of 9.99 is 0.4995


def test_a_day_before_the_rule_is_not_open() -> None:
    made = assess(ca(taxed("100")), date(2020, 6, 30))
    assert (made.outcome, made.refusal_code) == (Outcome.NOT_OPEN, "no_rule")


def test_the_tariff_is_asked_only_where_duty_is_due() -> None:
    shirt = line("100", rates=None, hs_code="6109100000")
    unknown = tariff("CA", DAY)
    assert assess(ca(shirt), DAY, unknown).refusal_code == "tariff_unknown"
    assert vat_of(assess(ca(shirt, shipped_from="US"), DAY, unknown)) == D("5.00")
    known = tariff("CA", DAY, stated("CA", "610910", "18"))
    assert tax_of(assess(ca(shirt), DAY, known)) == D("23.90")


@pytest.mark.parametrize(("stated_tax", "rate"), [("5", "13"), ("0", "0")])
def test_the_federal_tax_of_the_tariff_gives_way_to_the_province(
    stated_tax: str, rate: str
) -> None:
    rates = {"duty": D("6.5"), "vat": D(stated_tax)}
    known = TariffRate("CA", "392410", rates, date(2020, 1, 1), None, "test table")
    goods = line("100", rates=None, hs_code="39241000")
    made = assess(ca(goods, region="ON"), DAY, tariff("CA", DAY, known))
    assert made.facts["vat_rate"] == rate


def test_the_highest_rate_of_a_category_is_never_a_rate() -> None:
    shirt = line("100", rates=None, hs_code="6109100000")
    most = TariffRate("CA", "610910", {"duty_max": D(18)}, date(2020, 1, 1), None, "test table")
    assert assess(ca(shirt), DAY, tariff("CA", DAY, most)).refusal_code == "tariff_unknown"


def test_wine_needs_its_excise_even_below_the_threshold() -> None:
    made = assess(ca(line("15", hs_code="2204210000")))
    assert (made.outcome, made.refusal_code) == (Outcome.NEEDS_EXCISE, "excise_rate_missing")


MONEY = st.integers(0, 60_000).map(lambda n: str(D(n) / 100))
LINES = st.lists(
    st.builds(taxed, MONEY, st.sampled_from(["0", "4.5", "18"]), st.sampled_from(["5", "13", "15"]),
              st.integers(1, 5)),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(deadline=None, derandomize=True, max_examples=80)
@given(LINES, st.sampled_from(["US", "CN"]), st.sampled_from(["courier", "postal"]))
def test_lines_sum_to_the_totals(lines: list[ShipmentLine], place: str, channel: str) -> None:
    made = assess(ca(*lines, shipped_from=place, channel=channel))
    by_line = sum((c.amount.amount for c in made.charges if c.line is not None), D(0))
    assert by_line == tax_of(made) == duty_of(made) + vat_of(made)


@settings(deadline=None, derandomize=True, max_examples=80)
@given(MONEY, MONEY, st.sampled_from(["US", "CN"]), st.sampled_from(["courier", "postal"]))
def test_tax_never_falls_when_value_rises(price: str, more: str, place: str, channel: str) -> None:
    low, high = (
        assess(ca(taxed(str(value)), shipped_from=place, channel=channel))
        for value in (D(price), D(price) + D(more))
    )
    assert tax_of(low) <= tax_of(high)
