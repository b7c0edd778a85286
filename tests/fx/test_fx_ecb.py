"""The ECB's files over a local server: read, stored once, and never trusted blindly."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from rate_server import envelope

from core.fx.models import RateRow
from core.fx.services import convert, fetch
from core.jobs import enqueue, run_due
from core.kernel import hooks, providers
from core.kernel.activation import enable, save_settings
from core.kernel.errors import ProviderFailed
from core.pluginapi import InvalidInput, Money, Purpose
from plugins.fx_ecb.documents import read

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]
SATURDAY = datetime(2025, 5, 10, 9, tzinfo=UTC)


@pytest.fixture
def ecb(bank: Any) -> Any:
    enable("fx_ecb", None, actor="test")
    assert not save_settings("fx_ecb", None, {"base_url": bank.url}, actor="test")
    return bank


@pytest.fixture(autouse=True)
def saturday() -> Any:
    with time_machine.travel(SATURDAY, tick=False):
        yield


def test_hook_register_fx_sources(ecb: Any) -> None:
    assert "fx_ecb" in [one.key for one in providers.fx_sources(None)]


def test_the_real_daily_file_is_stored_once(ecb: Any, daily: bytes) -> None:
    ecb.files["eurofxref-daily.xml"] = daily
    report = fetch("fx_ecb")
    assert (report.added, report.held) == (30, 0)
    made = convert(Money(Decimal(100), "GBP"), "CNY", at=SATURDAY, purpose=Purpose.QUOTE)
    assert made.result == Money(Decimal("961.07"), "CNY")
    assert {one.source for one in made.path} == {"fx_ecb"}
    ecb.files["eurofxref-hist-90d.xml"] = daily
    again = fetch("fx_ecb")
    assert (again.added, again.unchanged) == (0, 30)
    assert RateRow.objects.count() == 30


def test_missing_days_are_filled_from_the_history_and_gaps_are_left_out(ecb: Any) -> None:
    ecb.files["eurofxref-hist-90d.xml"] = envelope(
        d2025_05_09={"USD": "1.1252", "CNY": "8.1470", "RUB": "N/A"},
        d2025_05_08={"USD": "1.1297", "CNY": "8.1700"},
        d2025_04_30={"USD": "1.1373"},
    )
    out = StringIO()
    call_command("fx", "fetch", "fx_ecb", "--since", "2025-05-01", stdout=out)
    assert "4 added" in out.getvalue()
    assert ecb.asked == ["eurofxref-hist-90d.xml"]
    call_command("fx", "fetch", "fx_ecb", "--history", stdout=out)
    assert RateRow.objects.count() == 5


def zipped(content: bytes, name: str = "eurofxref-hist.csv") -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, content)
    return whole.getvalue()


def test_an_old_gap_is_filled_from_the_zip_of_the_whole_history(ecb: Any) -> None:
    ecb.files["eurofxref-hist.zip"] = zipped(
        b"Date,USD,JPY,ZZX,\n2004-01-02,1.2592,134.8,41158,\n1999-01-04,1.1789,133.73,N/A,\n"
    )
    call_command("fx", "fetch", "fx_ecb", "--since", "1998-12-31", stdout=StringIO())
    assert {row.quote for row in RateRow.objects.all()} == {"USD", "JPY"}
    assert RateRow.objects.count() == 4
    assert ecb.asked == ["eurofxref-hist.zip"]


def test_the_real_history_is_read_whole_and_gaps_stay_gaps(shared_dir: Path) -> None:
    path = shared_dir / "customs" / "fx_samples" / "ecb_eurofxref-hist_sample.csv"
    days = read(zipped(path.read_bytes()))
    assert len(days) == 120
    newest = days[date(2026, 4, 13)]
    assert (newest["USD"], newest["CNY"]) == (Decimal("1.1684"), Decimal("7.9827"))
    assert "CYP" not in newest
    assert all(day.weekday() < 5 for day in days)


def test_the_real_csv_of_the_day_is_read_like_the_xml(ecb: Any, shared_dir: Path) -> None:
    path = shared_dir / "customs" / "fx_samples" / "ecb_eurofxref.csv"
    assert not save_settings(
        "fx_ecb", None, {"base_url": ecb.url, "daily": "eurofxref.zip"}, actor="test"
    )
    ecb.files["eurofxref.zip"] = zipped(path.read_bytes(), "eurofxref.csv")
    with time_machine.travel(datetime(2026, 4, 13, 18, tzinfo=UTC), tick=False):
        assert fetch("fx_ecb").added == 29
    row = RateRow.objects.get(quote="IDR")
    assert (row.as_of, row.value) == (date(2026, 4, 13), Decimal("20082.05"))


@pytest.mark.parametrize(
    "body",
    [
        b"PK\x03\x04 broken",
        zipped(b"Date,USD\n2026-04-13,1.1,2.2\n"),
        zipped(b"Date,USD\n2026-04-13,N/A\n"),
        zipped(b"Datum,USD\n2026-04-13,1.1\n"),
        zipped(b"Date,USD,USD\n2026-04-13,1.1,1.2\n"),
        zipped(b"Date,USD\nsoon,1.1\n"),
        zipped(b"0" * (33 << 20)),
    ],
    ids=["torn", "cells", "empty", "head", "contradiction", "date", "bomb"],
)
def test_a_history_that_is_not_the_bank_s_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidInput):
        read(body)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>maintenance</html>",
        b"",
        b"not xml",
        b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
        envelope(d2025_05_09={}),
        envelope(d2025_05_09={"USD": "0"}),
        envelope(d2025_05_09={"USD": "-1.1"}),
        envelope(d2025_05_09={"USD": "1e1000000"}),
        envelope(d2025_05_09={"USD": "1,12"}),
        envelope(d2025_05_09={"usd": "1.12"}),
        envelope(d2025_13_09={"USD": "1.12"}),
        500,
        404,
    ],
)
def test_rubbish_stores_nothing_and_keeps_what_was_there(
    ecb: Any, body: Any, rate: Make, store: Make
) -> None:
    store(rate("EUR/USD", "1.12", "2025-05-08", source="fx_ecb"))
    ecb.files |= {"eurofxref-daily.xml": body, "eurofxref-hist-90d.xml": body}
    with pytest.raises(ProviderFailed) as caught:
        fetch("fx_ecb")
    assert "fx_ecb" in str(caught.value)
    assert RateRow.objects.count() == 1
    kept = convert(Money(Decimal(1), "EUR"), "USD", at=SATURDAY, purpose=Purpose.QUOTE)
    assert kept.result.amount == Decimal("1.12")


def test_a_figure_moved_by_ten_is_held_and_the_rest_stored(
    ecb: Any, rate: Make, store: Make
) -> None:
    store(
        rate("EUR/USD", "1.12", "2025-05-08", source="fx_ecb"),
        rate("EUR/CNY", "8.15", "2025-05-08", source="fx_ecb"),
    )
    ecb.files["eurofxref-hist-90d.xml"] = envelope(d2025_05_09={"USD": "11.25", "CNY": "8.14"})
    report = fetch("fx_ecb")
    assert (report.added, report.held) == (1, 1)


def test_the_command_says_in_one_sentence_that_a_source_did_not_answer(ecb: Any) -> None:
    errors = StringIO()
    with pytest.raises(CommandError, match="1 of 1"):
        call_command("fx", "fetch", "fx_ecb", stdout=StringIO(), stderr=errors)
    assert "404" in errors.getvalue()


def test_the_recurring_job_asks_every_source_that_is_on(ecb: Any, daily: bytes) -> None:
    ecb.files["eurofxref-daily.xml"] = daily
    enqueue("fx.refresh", {})
    run_due()
    run_due()
    assert RateRow.objects.filter(source="fx_ecb").count() == 30


def test_hook_test_connection_and_health(ecb: Any, daily: bytes) -> None:
    ecb.files["eurofxref-daily.xml"] = daily
    fetch("fx_ecb")
    health = [a.value for a in hooks.add_health(None) if a.plugin == "fx_ecb"]
    assert health[0].code == "newest_rates"


def test_entities_are_refused_before_they_are_read() -> None:
    bomb = b"<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'aa'>]><l>&a;</l>"
    with pytest.raises(InvalidInput) as caught:
        read(bomb)
    assert caught.value.code == "xml_entities"
