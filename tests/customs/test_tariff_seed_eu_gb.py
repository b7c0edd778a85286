"""The tariff lines that come with duty_eu and duty_gb: computed, or refused by name."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from core.pluginapi import Outcome, ShipmentFacts, ShipmentLine, TariffRate, TariffView
from core.pluginapi.duty import DutyData, Regime
from core.pluginapi.duty.expressions import parse
from customs.services import assess
from plugins.duty_eu import union
from plugins.duty_eu.standard import Standard as EuStandard
from plugins.duty_gb import kingdom
from plugins.duty_gb.standard import Standard as GbStandard
from tests.customs.regimes import considered, duty_of

DAY = date(2026, 11, 22)
SIDES = [(EuStandard(), union.DATA, "DE", "EUR"), (GbStandard(), kingdom.DATA, "GB", "GBP")]
REFUSALS = {
    "tariff_unreadable",  # agricultural components
    "quantity_missing",  # lactic matter, dry matter
    "excise_rate_missing",
}


def of_line(code: str, country: str, currency: str, *, measured: bool) -> ShipmentFacts:
    known = {"net_kg": Decimal(3), "litres": Decimal(2), "abv": Decimal(12)} if measured else {}
    line = ShipmentLine("goods", Decimal("200.01"), 3, hs_code=code, **known)
    return ShipmentFacts(country, "", currency, "", (line,))


@pytest.mark.parametrize(("regime", "data", "country", "currency"), SIDES)
def test_every_line_is_computed_or_refused_by_name(
    regime: Regime, data: DutyData, country: str, currency: str
) -> None:
    by_code: dict[str, list[TariffRate]] = {}
    for rate in data.tariff:
        by_code.setdefault(rate.code, []).append(rate)
    codes: Counter[str] = Counter()
    for code, lines in by_code.items():
        view = TariffView(DAY, data.jurisdiction, {code: tuple(lines)})
        sent = of_line(code, country, currency, measured=True)
        made = considered([regime], data, sent, DAY, view)
        codes[made.refusal_code] += 1
        if made.outcome is Outcome.OK and lines[0].rates.get("duty"):
            assert duty_of(made) > 0
    assert codes[""] > 400
    assert set(codes) - {""} <= REFUSALS


@pytest.mark.parametrize(("regime", "data", "country", "currency"), SIDES)
def test_a_duty_by_quantity_is_refused_without_it(
    regime: Regime, data: DutyData, country: str, currency: str
) -> None:
    specific = [rate for rate in data.tariff if rate.expression]
    assert len(specific) > 60
    for rate in specific:
        view = TariffView(DAY, data.jurisdiction, {rate.code: (rate,)})
        sent = of_line(rate.code, country, currency, measured=False)
        made = considered([regime], data, sent, DAY, view)
        if made.refusal_code not in REFUSALS:
            assert parse(rate.expression).needs <= {"items", "value"}, rate


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("country", "currency", "code", "regime", "duty"),
    [
        ("DE", "EUR", "61091000", "eu.standard", "72.00"),
        ("GB", "GBP", "61091000", "gb.standard", "72.00"),
    ],
)
def test_the_shipped_lines_are_used_where_no_rate_is_given(
    country: str, currency: str, code: str, regime: str, duty: str
) -> None:
    report = assess(of_line(code, country, currency, measured=False), channel=None, on=DAY)
    assert report.chosen is not None
    assert report.chosen.regime == regime
    assert round(duty_of(report.chosen), 2) == Decimal(duty)


@pytest.mark.django_db
def test_a_line_that_the_tariff_does_not_know_is_refused() -> None:
    report = assess(of_line("97019900", "DE", "EUR", measured=False), channel=None, on=DAY)
    assert (report.chosen, report.refusal_code) == (None, "tariff_unknown")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("postal", "code"), [("DE", "eu.low_value_flat_duty"), ("GB", "gb.low_value")]
)
def test_a_small_parcel_needs_no_tariff(postal: str, code: str) -> None:
    line = ShipmentLine("goods", Decimal("20"), 1, hs_code="97019900")
    currency = {"DE": "EUR", "GB": "GBP"}[postal]
    report = assess(ShipmentFacts(postal, "", currency, "", (line,)), channel=None, on=DAY)
    assert report.chosen is not None
    assert report.chosen.regime == code
