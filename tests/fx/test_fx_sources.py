"""Every source over a local server: what is published is stored as published, rubbish is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import documents
import pytest
import time_machine
from django.core.cache import cache
from rate_server import Bank, packed

from core.fx.models import RateRow, SourceState
from core.fx.services import convert, fetch
from core.kernel import activation, hooks
from core.kernel.errors import ProviderFailed
from core.kernel.models import Incident
from core.kernel.registry import registry
from core.pluginapi import Money, Purpose

pytestmark = pytest.mark.django_db
SUNDAY = datetime(2026, 11, 22, 9, tzinfo=UTC)
Use = Callable[..., Bank]


@pytest.fixture(autouse=True)
def november() -> Any:
    with time_machine.travel(SUNDAY, tick=False):
        yield


@pytest.fixture
def use(bank: Bank) -> Use:
    """Switch a source on, with the local server as its address."""

    def switch_on(plugin: str, path: str = "", **settings: str) -> Bank:
        activation.enable(plugin, None, actor="test")
        given = {"base_url": bank.url + path, **settings}
        assert not activation.save_settings(plugin, None, given, actor="test")
        return bank

    return switch_on


def stored(code: str) -> tuple[str, str, int, Decimal]:
    row = RateRow.objects.filter(base=code).first() or RateRow.objects.get(quote=code)
    return row.base, row.quote, row.quantity, row.value


PUBLISHED: dict[str, dict[str, bytes]] = {
    "fx_hmrc": {
        "monthly_xml_2026-11.xml": documents.hmrc_xml(
            "01/Nov/2026", "30/Nov/2026", ("USD", "1.3105"), ("EUR", "1.1402")
        )
    },
    "fx_cn_parity": {
        "ccpr.json": documents.parity_day(
            "2026-11-20 9:15", ("USD/CNY", "7.0876"), ("EUR/CNY", "8.1702")
        ),
        "CcprHisNew": documents.parity_days(
            ["USD/CNY", "EUR/CNY"], d2026_11_20=["7.0876", "8.1702"]
        ),
    },
    "fx_boc_ca": {"json": documents.valet(d2026_11_20={"FXUSDCAD": "1.3824"})},
    "fx_bazg": {
        "xmldaily": documents.bazg(
            "20.11.2026", ["21.11.2026", "22.11.2026", "23.11.2026"], ("usd", "1 USD", "0.8041")
        )
    },
    "fx_us": {"rates": documents.treasury(("2026-09-30", "Canada-Dollar", "1.379"))},
}
"""What each source publishes that day, by the name under which the server serves it."""

PATHS = {"fx_bazg": "/xmldaily", "fx_us": "/rates"}


@pytest.fixture
def source(request: Any, use: Use) -> tuple[str, Bank]:
    key: str = request.param
    server = use(key, PATHS.get(key, ""))
    server.files |= PUBLISHED[key]
    return key, server


each = pytest.mark.parametrize("source", sorted(PUBLISHED), indirect=True)


@each
def test_the_newest_rates_are_stored_once(source: tuple[str, Bank]) -> None:
    key, _ = source
    added = fetch(key).added
    assert added == RateRow.objects.filter(source=key).count() > 0
    assert fetch(key).added == 0


@each
def test_the_connection_is_tested_and_health_says_the_day(source: tuple[str, Bank]) -> None:
    key, server = source
    cache.clear()
    before = {a.value.state.name for a in hooks.add_health(None) if a.plugin == key}
    report = activation.call_own(registry().plugins[key], "test_connection", None)
    assert report.ok
    assert int(report.details["rates"]) > 0
    (health,) = [a.value for a in hooks.add_health(None) if a.plugin == key]
    assert (before, health.state.name) == ({"DEGRADED"}, "OK")
    with time_machine.travel(datetime(2027, 11, 22, tzinfo=UTC), tick=False):
        (old,) = [a.value for a in hooks.add_health(None) if a.plugin == key]
        assert old.state.name in {"FAILED", "DEGRADED"}
    server.files |= dict.fromkeys(PUBLISHED[key], 503)
    assert not activation.call_own(registry().plugins[key], "test_connection", None).ok


@each
@pytest.mark.parametrize(
    "body",
    [
        b"<html>maintenance</html>",
        b"<!DOCTYPE html><html></html>",
        b"",
        b"{}",
        b"[]",
        b"null",
        b"not a document",
        b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
        b'{"observations": [{"d": "2026-11-20", "FXUSDCAD": {"v": "1,38"}}]}',
        b'{"observations": [7]}',
        b"[" * 200_000,
        b"\xff\xfe\x00",
        500,
        302,
    ],
)
def test_rubbish_stores_nothing_and_is_remembered(source: tuple[str, Bank], body: Any) -> None:
    key, server = source
    fetch(key)
    count = RateRow.objects.count()
    server.files |= dict.fromkeys(PUBLISHED[key], body)
    with pytest.raises(ProviderFailed):
        fetch(key)
    assert RateRow.objects.count() == count
    state = SourceState.objects.get(source=key)
    assert (state.failing_since, bool(state.problem)) == (SUNDAY, True)
    server.files |= PUBLISHED[key]
    assert fetch(key).added == 0
    assert SourceState.objects.get(source=key).failing_since is None


BAD = ["0", "-1.3", "1,31", "1e3", "NaN", "Infinity", "", "9" * 40, "١٫٣", "1.3105 GBP"]


@pytest.mark.parametrize("rate", BAD)
@each
def test_one_unreadable_rate_refuses_the_document(source: tuple[str, Bank], rate: str) -> None:
    key, server = source
    if rate == "" and key in {"fx_cn_parity", "fx_boc_ca"}:
        pytest.skip("an empty cell is a rate that was not published")
    for name, content in PUBLISHED[key].items():
        changed = content
        for value in (b"1.1402", b"8.1702", b"1.3824", b"0.8041", b"1.379"):
            changed = changed.replace(value, rate.encode())
        server.files[name] = changed
    with pytest.raises(ProviderFailed):
        fetch(key)
    assert not RateRow.objects.exists()


def test_the_real_hmrc_month_is_taken_once_a_currency(use: Use, shared_dir: Path) -> None:
    path = shared_dir / "customs" / "fx_samples" / "hmrc_exrates-monthly-0721.xml"
    server = use("fx_hmrc", file="exrates-monthly-{mm}{yy}.xml")
    server.files["exrates-monthly-0721.xml"] = path.read_bytes()
    with time_machine.travel(datetime(2021, 7, 14, tzinfo=UTC), tick=False):
        report = fetch("fx_hmrc")
        assert report.added == RateRow.objects.values("quote").distinct().count() > 100
        row = RateRow.objects.get(quote="USD")
        assert (row.base, row.value, row.purpose) == ("GBP", Decimal("1.3969"), "customs")
        assert (row.valid_from, row.valid_to) == (date(2021, 7, 1), date(2021, 7, 31))
        held = convert(
            Money(Decimal("1396.90"), "USD"), "GBP",
            at=datetime(2021, 7, 31, 23, tzinfo=UTC), purpose=Purpose.CUSTOMS,
        )  # fmt: skip
        assert held.result == Money(Decimal("1000.00"), "GBP")


def test_hmrc_csv_says_the_same_as_its_xml(use: Use) -> None:
    rates = (("USD", "1.3105"), ("EUR", "1.1402"), ("USD", "1.3105"))
    server = use("fx_hmrc", file="{yy}{mm}.csv")
    server.files["2611.csv"] = documents.hmrc_csv("01/11/2026", "30/11/2026", *rates)
    assert fetch("fx_hmrc").added == 2
    row = RateRow.objects.get(quote="EUR")
    assert (row.as_of, row.valid_to) == (date(2026, 11, 1), date(2026, 11, 30))


def test_hmrc_entries_that_contradict_each_other_refuse_the_month(use: Use) -> None:
    server = use("fx_hmrc")
    server.files["monthly_xml_2026-11.xml"] = documents.hmrc_xml(
        "01/Nov/2026", "30/Nov/2026", ("USD", "1.31"), ("EUR", "1.14"), ("USD", "1.32")
    )
    with pytest.raises(ProviderFailed, match="two rates of GBP/USD"):
        fetch("fx_hmrc")


def test_hmrc_publishes_the_next_month_ahead_and_the_wrong_month_is_refused(use: Use) -> None:
    server = use("fx_hmrc")
    server.files |= {
        "monthly_xml_2026-11.xml": PUBLISHED["fx_hmrc"]["monthly_xml_2026-11.xml"],
        "monthly_xml_2026-12.xml": documents.hmrc_xml(
            "01/Dec/2026", "31/Dec/2026", ("USD", "1.3201"), ("EUR", "1.1420")
        ),
    }
    fetch("fx_hmrc")
    assert fetch("fx_hmrc").added == 2
    one = Money(Decimal(1), "GBP")
    for day, value in ((30, "1.31"), (31, "1.32")):
        at = datetime(2026, 11, 1, tzinfo=UTC).replace(day=min(day, 30))
        at = at if day == 30 else datetime(2026, 12, 1, tzinfo=UTC)
        made = convert(one, "USD", at=at, purpose=Purpose.CUSTOMS)
        assert made.result.amount == Decimal(value)
    server.files["monthly_xml_2026-12.xml"] = PUBLISHED["fx_hmrc"]["monthly_xml_2026-11.xml"]
    with pytest.raises(ProviderFailed, match="2026-12"):
        fetch("fx_hmrc")


def test_china_s_parity_is_kept_in_the_direction_and_quantity_of_publication(use: Use) -> None:
    server = use("fx_cn_parity")
    server.files["ccpr.json"] = documents.parity_day(
        "2026-11-20 9:15", ("USD/CNY", "7.0876"), ("100JPY/CNY", "4.5012"), ("CNY/MYR", "0.5840"),
        ("CNY/KRW", "207.45"), ("EUR/CNY", "---"),
    )  # fmt: skip
    assert fetch("fx_cn_parity").added == 4
    assert stored("USD") == ("USD", "CNY", 1, Decimal("7.0876"))
    assert stored("JPY") == ("JPY", "CNY", 100, Decimal("4.5012"))
    assert stored("MYR") == ("CNY", "MYR", 1, Decimal("0.5840"))
    yen = convert(Money(Decimal(12345), "JPY"), "CNY", at=SUNDAY, purpose=Purpose.QUOTE)
    assert yen.result == Money(Decimal("555.67"), "CNY")
    assert (yen.rate.value, yen.rate.quantity, yen.path[0].quantity) == (
        Decimal("0.045012"), 1, 100,
    )  # fmt: skip
    assert yen.age_days == 2
    won = convert(Money(Decimal("207.45"), "KRW"), "CNY", at=SUNDAY, purpose=Purpose.QUOTE)
    assert won.result == Money(Decimal("1.00"), "CNY")
    cross = convert(Money(Decimal(1), "USD"), "JPY", at=SUNDAY, purpose=Purpose.QUOTE)
    assert cross.unrounded == Decimal("157.460232826802")


def test_china_s_history_is_asked_by_range(use: Use) -> None:
    server = use("fx_cn_parity")
    server.files["CcprHisNew"] = documents.parity_days(
        ["USD/CNY", "100JPY/CNY"],
        d2026_11_20=["7.0876", "4.5012"],
        d2026_11_19=["7.0872", "---"],
    )
    assert fetch("fx_cn_parity", since=date(2026, 11, 18)).added == 3
    assert server.queries[-1]["startDate"] == "2026-11-19"
    assert server.queries[-1]["endDate"] == "2026-11-22"
    server.files["CcprHisNew"] = documents.parity_days(["USD/CNY"])
    assert fetch("fx_cn_parity").added == 0


def test_the_administration_s_table_is_per_hundred(use: Use) -> None:
    server = use("fx_cn_parity", layout="safe_table", day_path="/table.csv")
    server.files["table.csv"] = (
        "日期,美元,日元,韩元\n2026-11-20,708.76,4.5012,20745\n2026-11-19,708.72,4.4998,\n"
    ).encode()
    assert fetch("fx_cn_parity", since=date(2026, 11, 1)).added == 5
    assert stored("USD") == ("USD", "CNY", 100, Decimal("708.76"))
    row = RateRow.objects.get(quote="KRW")
    assert (row.base, row.quantity, row.value) == ("CNY", 100, Decimal("20745"))


@pytest.mark.parametrize(
    "body",
    [
        documents.parity_day("2026-11-20", ("USD/EUR", "1.1")),
        documents.parity_day("2026-11-20", ("7JPY/CNY", "4.5")),
        documents.parity_day("20.11.2026", ("USD/CNY", "7.1")),
        documents.parity_day("2026-11-20", ("USD/CNY", "7.1"), ("USD/CNY", "7.2")),
        documents.parity_day("2026-11-25 9:15", ("USD/CNY", "7.1")),
        documents.parity_day("0001-01-01", ("USD/CNY", "7.1")),
    ],
    ids=["foreign", "quantity", "date", "contradiction", "future", "year one"],
)
def test_a_parity_that_cannot_be_is_refused(use: Use, body: bytes) -> None:
    use("fx_cn_parity").files["ccpr.json"] = body
    with pytest.raises(Exception, match=r"pair|date|two rates|is for"):
        fetch("fx_cn_parity")
    assert not RateRow.objects.exists()


def test_canada_s_series_name_the_direction(use: Use) -> None:
    server = use("fx_boc_ca")
    server.files["json"] = documents.valet(
        d2026_11_19={"FXUSDCAD": "1.3811", "FXTHBCAD": ""},
        d2026_11_20={"FXUSDCAD": "1.3824", "FXJPYCAD": "0.008779"},
    )
    assert fetch("fx_boc_ca").added == 2
    assert stored("JPY") == ("JPY", "CAD", 1, Decimal("0.008779"))
    assert server.queries[-1] == {"recent": "1"}
    assert fetch("fx_boc_ca", since=date(2026, 11, 18)).added == 1
    assert server.queries[-1] == {"start_date": "2026-11-19", "end_date": "2026-11-22"}
    server.files["json"] = documents.valet(d2026_11_20={"V39079": "2.25"})
    with pytest.raises(ProviderFailed, match="V39079"):
        fetch("fx_boc_ca")


def test_swiss_rates_hold_on_the_days_that_they_state(use: Use) -> None:
    server = use("fx_bazg", "/xmldaily")
    weekend = ["21.11.2026", "22.11.2026", "23.11.2026"]
    documents_of = {
        "20261119": documents.bazg("19.11.2026", ["20.11.2026"], ("jpy", "100 JPY", "0.5190")),
        "20261120": documents.bazg("20.11.2026", weekend, ("jpy", "100 JPY", "0.5214")),
    }
    newest = documents_of["20261120"]
    server.files["xmldaily"] = lambda query: (
        documents_of.get(query["d"], 404) if "d" in query else newest
    )
    assert fetch("fx_bazg", since=date(2026, 11, 16)).added == 2
    assert stored("JPY")[:3] == ("JPY", "CHF", 100)

    def francs(day: int) -> Decimal:
        at = datetime(2026, 11, day, 12, tzinfo=UTC)
        made = convert(Money(Decimal(10000), "JPY"), "CHF", at=at, purpose=Purpose.CUSTOMS)
        return made.result.amount

    assert [francs(day) for day in (20, 21, 23)] == [
        Decimal("51.90"), Decimal("52.14"), Decimal("52.14"),
    ]  # fmt: skip
    with pytest.raises(Exception, match="2026-11-24"):
        francs(24)


@pytest.mark.parametrize(
    "body",
    [
        documents.bazg("20.11.2026", [], ("usd", "1 USD", "0.8")),
        documents.bazg("20.11.2026", ["21.11.2026", "23.11.2026"], ("usd", "1 USD", "0.8")),
        documents.bazg("20.11.2026", ["19.11.2026"], ("usd", "1 USD", "0.8")),
        documents.bazg("20.11.2026", ["21.11.2026"], ("usd", "1 EUR", "0.8")),
        documents.bazg("20.11.2026", ["21.11.2026"], ("usd", "7 USD", "0.8")),
        documents.bazg("20.11.2026", ["21.11.2026"], ("usd", "USD", "0.8")),
        documents.bazg("20.11.2026", ["21.11.2026"]),
        documents.bazg("20.11.2026", ["31.12.2026"], ("usd", "1 USD", "0.8")),
    ],
    ids=["no days", "gap", "before", "other unit", "odd unit", "no unit", "no rates", "long"],
)
def test_a_swiss_document_that_does_not_fit_is_refused(use: Use, body: bytes) -> None:
    use("fx_bazg", "/xmldaily").files["xmldaily"] = body
    with pytest.raises(ProviderFailed):
        fetch("fx_bazg")


def test_the_treasury_s_rates_only_display_unless_an_operator_says_otherwise(use: Use) -> None:
    server = use("fx_us", "/rates")
    server.files["rates"] = documents.treasury(
        ("2026-09-30", "Canada-Dollar", "1.379"), ("2026-09-30", "Atlantis-Shell", "3.0"),
        ("2026-06-30", "Canada-Dollar", "1.361"),
    )  # fmt: skip
    assert fetch("fx_us").added == 1
    row = RateRow.objects.get()
    assert (row.base, row.quote, row.purpose) == ("USD", "CAD", "display")
    for purpose in (Purpose.QUOTE, Purpose.CUSTOMS, Purpose.SETTLEMENT):
        with pytest.raises(Exception, match="no exchange rate"):
            convert(Money(Decimal(1), "USD"), "CAD", at=SUNDAY, purpose=purpose)
    use("fx_us", "/rates", use_for_customs="true")
    assert fetch("fx_us", since=date(2026, 9, 1)).added == 1
    made = convert(Money(Decimal(100), "CAD"), "USD", at=SUNDAY, purpose=Purpose.CUSTOMS)
    assert made.result == Money(Decimal("72.52"), "USD")


def test_a_gzip_bomb_is_cut_and_reported_as_an_incident_by_the_job(use: Use) -> None:
    from core.jobs import enqueue, run_due

    server = use("fx_boc_ca")
    server.files["json"] = packed(b"0" * (64 << 20))
    enqueue("fx.refresh", {})
    run_due()
    run_due()
    assert not RateRow.objects.exists()
    assert Incident.objects.filter(plugin="fx_boc_ca").exists()
    assert SourceState.objects.get(source="fx_boc_ca").failing_since is not None
