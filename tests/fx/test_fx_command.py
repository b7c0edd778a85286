"""``manage.py fx`` and the typed rates."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from core.fx.models import RateRow
from core.fx.services import fetch
from core.kernel.activation import enable, save_settings

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def november() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("fx", *arguments, stdout=out)
    return out.getvalue()


def test_set_and_show() -> None:
    run("set", "USD", "CNY", "7.1", "--as-of", "2026-11-20", "--max-age-days", "3")
    assert "1 USD = 7.1 CNY" in run("show", "USD/CNY")
    shown = json.loads(run("show", "CNYUSD", "--on", "2026-11-20", "--json"))
    assert shown["path"][0]["source"] == "operator"
    assert Decimal(shown["value"]).quantize(Decimal("0.0001")) == Decimal("0.1408")


@pytest.mark.parametrize(
    "arguments",
    [
        ("set", "USD", "CNY", "-7"),
        ("set", "USD", "CNY", "0"),
        ("set", "USD", "CNY", "NaN"),
        ("set", "USD", "CNY", "1e1000000"),
        ("set", "USD", "ZZZ", "7"),
        ("set", "USD", "USD", "1"),
        ("set", "USD", "CNY", "7", "--as-of", "2027-01-01"),
        ("set", "USD", "CNY", "7", "--as-of", "soon"),
        ("set", "USD", "CNY", "7", "--max-age-days", "-1"),
        ("show", "USD"),
        ("show", "USD/CNY"),
        ("fetch", "fx_nobody"),
        ("release", "x", "--reason", "y"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    assert str(caught.value)
    assert not RateRow.objects.exists()


def test_typed_rates_land_in_the_store_with_their_long_age() -> None:
    enable("fx_manual", None, actor="test")
    rates = (
        "# demonstration\nEUR CNY 7.98 2026-11-01 3650 demonstration rates\n"
        "JPY/CNY 0.0472 2026-11-01 3650\nUSD CNY 7.10 2026-12-31 3650 not yet"
    )
    assert not save_settings("fx_manual", None, {"rates": rates}, actor="test")
    report = fetch("fx_manual")
    assert report.added == 4
    assert fetch("fx_manual").added == 0
    assert "1 EUR = 7.98 CNY" in run("show", "EUR/CNY")
    assert "fx_manual, usable 3650 days" in run("show", "EUR/CNY", "--purpose", "customs")
    with pytest.raises(CommandError, match="no exchange rate"):
        run("show", "USD/CHF")


@pytest.mark.parametrize(
    "rates",
    ["EUR CNY", "EUR CNY 0 2026-11-01", "EUR CNY -1 2026-11-01", "EUR ZZZ 1 2026-11-01",
     "EUR EUR 1 2026-11-01", "EUR CNY 7 2026-13-01", "EUR CNY １ 2026-11-01"],
)  # fmt: skip
def test_a_typed_line_that_cannot_be_read_is_refused_by_number(rates: str) -> None:
    enable("fx_manual", None, actor="test")
    errors = save_settings("fx_manual", None, {"rates": "# note\n" + rates}, actor="test")
    assert "line 2" in str(errors)
