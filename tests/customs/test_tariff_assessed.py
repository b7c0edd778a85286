"""What is in the tariff is what an assessment charges, and what is not there it refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from core.accounts.models import User
from core.pluginapi import ChargeKind, ShipmentFacts, ShipmentLine
from customs.loading import load_rules
from customs.models import TariffEdition, TariffLine
from customs.services import assess
from customs.tariff.overriding import OwnRate, override_rate
from customs.types import AssessmentReport
from tests.customs.tariff_files import generic, load

pytestmark = pytest.mark.django_db
JUNE, JULY = date(2026, 6, 30), date(2026, 7, 1)


@pytest.fixture
def sent() -> Callable[..., AssessmentReport]:
    """Assess goods worth 5,000 pounds, sent to Great Britain."""
    load_rules()

    def make(code: str, on: date = JULY, **fields: Any) -> AssessmentReport:
        line = ShipmentLine("goods", Decimal(5000), 1, hs_code=code, rates=None, **fields)
        shipment = ShipmentFacts("GB", "", "GBP", "", (line,), Decimal(0), Decimal(0))
        return assess(shipment, channel=None, on=on)

    return make


def charged(report: AssessmentReport) -> Any:
    assert report.chosen is not None, report.refusal_code
    return next(one for one in report.chosen.charges if one.kind is ChargeKind.DUTY)


def test_a_shipped_rate_holds_until_an_edition_and_again_before_its_first_day(
    sent: Callable[..., AssessmentReport], tmp_path: Path
) -> None:
    shipped = charged(sent("610910"))
    assert shipped.amount.amount == 600
    assert "UK Global Tariff, state 2021-01-01 is 2007 days old" in shipped.inputs["rate_source"]
    rows = generic({"code": "6109100010", "duty": "10"}, {"code": "6109100090", "duty": "10"})
    load(tmp_path, rows, jurisdiction="GB", valid_from=JULY)
    duty = charged(sent("610910"))
    assert (duty.amount.amount, duty.rate) == (500, 10)
    assert duty.inputs["rate_source"] == (
        "6109100010: all 2 national lines of 610910 known here agree; the gazette; edition 1; "
        "confidence low"
    )
    assert charged(sent("610910", JUNE)).amount.amount == 600


def test_lines_that_differ_words_and_missing_quantities_refuse(
    sent: Callable[..., AssessmentReport], tmp_path: Path
) -> None:
    rows = generic(
        {"code": "6109100010", "duty": "10"}, {"code": "6109100090", "duty": "9"},
        {"code": "2009", "expression": "as for the juice"},
        {"code": "0406", "expression": "2 GBP/kg"},
    )  # fmt: skip
    load(tmp_path, rows, jurisdiction="GB", valid_from=JULY)
    codes = ("610910", "200990", "040690")
    assert [sent(code).refusal_code for code in codes] == [
        "tariff_ambiguous", "tariff_unreadable", "quantity_missing",
    ]  # fmt: skip
    assert charged(sent("040690", net_kg=Decimal(3))).amount.amount == 6


def test_an_operators_rate_is_charged_and_named(
    sent: Callable[..., AssessmentReport], tmp_path: Path
) -> None:
    override_rate(OwnRate("GB", "610910", "duty", "2%", JULY, None, "ruling 7", "mei"))
    duty = charged(sent("610910"))
    assert duty.amount.amount == 100
    assert "override by mei: ruling 7" in str(duty.inputs)
    assert charged(sent("610910", JUNE)).amount.amount == 600


def test_every_shipped_table_is_stored_with_source_edition_and_days() -> None:
    reports = load_rules()
    assert [report.problem for report in reports if report.problem] == []
    places = set(TariffLine.objects.values_list("jurisdiction", flat=True))
    assert {"US", "JP", "EU", "GB", "AU", "SG", "HK", "CH", "NO", "KR", "CA", "CN"} <= places
    assert not TariffLine.objects.filter(source="").exists()
    assert not TariffLine.objects.filter(edition="").exists()
    assert [(one.added, one.superseded) for one in load_rules()] == [(0, 0)] * len(reports)


def test_operators_read_editions_lines_and_overrides_in_the_console(
    client: Client, tmp_path: Path
) -> None:
    load(tmp_path, generic({"code": "610910", "duty": "12"}))
    row = override_rate(OwnRate("XX", "610910", "duty", "2%", JULY, None, "ruling 7", "mei"))
    operator = User.objects.create_superuser("op@example.com", name="Op", language="en")
    client.force_login(operator)
    edition = TariffEdition.objects.get()
    for page, shown in (
        ("tariffedition/", "generic-csv"), (f"tariffedition/{edition.pk}/change/", edition.sha256),
        ("tariffline/", "610910"), ("tariffoverride/", "ruling 7"),
        (f"tariffoverride/{row.pk}/change/", "mei"),
    ):  # fmt: skip
        answer = client.get(f"/records/customs/{page}")
        assert answer.status_code == 200, page
        assert shown in answer.content.decode(), page
    assert client.get("/records/customs/tariffedition/add/").status_code == 403
