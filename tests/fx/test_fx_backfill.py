"""Back-fill, schedule and days of rest."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import documents
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from rate_server import Bank

from core.accounts.models import AuditEntry
from core.fx import services, tasks
from core.fx.closed_days import add_day, closed_before, closed_days, withdraw_day
from core.fx.models import ClosedDay, RateRow, SourceState
from core.fx.services import backfill
from core.jobs import enqueue, run_due
from core.kernel import providers
from core.kernel.activation import enable, save_settings
from core.kernel.errors import ProviderFailed
from core.kernel.models import Incident
from core.pluginapi import InvalidInput

pytestmark = pytest.mark.django_db
SUNDAY = datetime(2026, 11, 22, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def november() -> Any:
    with time_machine.travel(SUNDAY, tick=False):
        yield


def valet_of(query: dict[str, str]) -> bytes:
    """Answer a range as the Bank of Canada would."""
    first = date.fromisoformat(query.get("start_date", "2026-11-20"))
    last = date.fromisoformat(query.get("end_date", "2026-11-20"))
    days = documents.weekdays(first, last)
    return documents.valet(
        **{f"d{day:%Y_%m_%d}": {"FXUSDCAD": "1.38", "FXEURCAD": "1.49"} for day in days}
    )


@pytest.fixture
def canada(bank: Bank) -> Bank:
    enable("fx_boc_ca", None, actor="test")
    assert not save_settings("fx_boc_ca", None, {"base_url": bank.url}, actor="test")
    bank.files["json"] = valet_of
    return bank


SINCE = date(2024, 1, 1)
WHOLE = len(documents.weekdays(SINCE, date(2026, 11, 22))) * 2


def test_a_history_of_years_is_filled_chunk_by_chunk_and_again_writes_nothing(
    canada: Bank,
) -> None:
    out, errors = StringIO(), StringIO()
    call_command("fx", "backfill", "fx_boc_ca", "--since", "2024-01-01", stdout=out, stderr=errors)
    assert f"{WHOLE} added" in out.getvalue()
    assert RateRow.objects.count() == WHOLE
    assert len(canada.asked) == 4
    assert "100%" in errors.getvalue() or " 99%" in errors.getvalue()
    assert backfill("fx_boc_ca", SINCE).added == 0
    assert RateRow.objects.count() == WHOLE


def test_one_that_is_broken_off_goes_on_where_it_was(
    canada: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "CHUNK", 200)
    stored: list[date] = []

    class Killed(Exception):
        pass

    def tell(day: date, _report: Any) -> None:
        stored.append(day)
        if len(stored) == 4:
            raise Killed

    with pytest.raises(Killed):
        backfill("fx_boc_ca", SINCE, tell=tell)
    before = RateRow.objects.count()
    assert 0 < before < WHOLE
    asked = len(canada.queries)
    assert backfill("fx_boc_ca", SINCE).added == WHOLE - before
    assert canada.queries[asked]["start_date"] == (stored[-1] + DAY).isoformat()
    assert SourceState.objects.get(source="fx_boc_ca").backfill_since is None


def test_a_source_that_fails_half_way_keeps_what_was_stored(canada: Bank) -> None:
    def half(query: dict[str, str]) -> Any:
        return valet_of(query) if query["start_date"] < "2025-06-01" else 503

    canada.files["json"] = half
    with pytest.raises(ProviderFailed):
        backfill("fx_boc_ca", SINCE)
    assert 0 < RateRow.objects.count() < WHOLE
    assert SourceState.objects.get(source="fx_boc_ca").failing_since == SUNDAY
    canada.files["json"] = valet_of
    backfill("fx_boc_ca", SINCE)
    assert RateRow.objects.count() == WHOLE


def test_months_of_hmrc_are_filled_and_those_that_were_never_published_left_out(
    bank: Bank,
) -> None:
    enable("fx_hmrc", None, actor="test")
    assert not save_settings("fx_hmrc", None, {"base_url": bank.url}, actor="test")
    for year in (2024, 2025, 2026):
        for month in range(1, 13):
            if (year, month) in {(2025, 3), (2025, 4)} or (year, month) > (2026, 11):
                continue
            first = date(year, month, 1)
            last = (first + timedelta(days=31)).replace(day=1) - DAY
            bank.files[f"monthly_xml_{year}-{month}.xml"] = documents.hmrc_xml(
                f"{first:%d/%b/%Y}", f"{last:%d/%b/%Y}", ("USD", "1.3")
            )
    report = backfill("fx_hmrc", date(2024, 1, 15))
    assert report.added == 35 - 2
    assert RateRow.objects.earliest("as_of").as_of == date(2024, 1, 1)


@pytest.mark.parametrize(
    "arguments", [("fx_boc_ca", "--since", "2027-01-01"), ("fx_nobody", "--since", "2026-01-01")]
)
def test_what_cannot_be_filled_is_said(canada: Bank, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("fx", "backfill", *arguments, stdout=StringIO(), stderr=StringIO())
    assert str(caught.value)


def test_each_source_is_asked_at_its_own_pace(canada: Bank) -> None:
    enable("fx_manual", None, actor="test")
    enqueue("fx.refresh", {})
    run_due()
    run_due()
    states = dict(SourceState.objects.values_list("source", "next_at"))
    for provided in providers.fx_sources(None):
        wait = states[provided.key] - SUNDAY
        every = tasks.pace(provided.object)
        assert every <= wait <= every * 1.1, provided.key
    asked = len(canada.asked)
    enqueue("fx.refresh", {})
    run_due()
    run_due()
    assert len(canada.asked) == asked
    with time_machine.travel(SUNDAY + timedelta(hours=7), tick=False):
        enqueue("fx.refresh", {})
        run_due()
        run_due()
    assert len(canada.asked) == asked + 1


def test_a_new_source_is_filled_for_the_days_that_customs_asks_for(canada: Bank) -> None:
    enqueue("fx.refresh", {})
    for _ in range(4):
        run_due()
    assert canada.queries[0] == {"recent": "1"}
    assert canada.queries[1]["start_date"] == "2026-09-21"
    days = set(RateRow.objects.values_list("as_of", flat=True))
    assert days == set(documents.weekdays(date(2026, 9, 21), date(2026, 11, 22)))
    asked = len(canada.asked)
    with time_machine.travel(SUNDAY + timedelta(hours=7), tick=False):
        enqueue("fx.refresh", {})
        for _ in range(4):
            run_due()
    assert len(canada.asked) == asked + 1


def test_paces_differ_and_none_is_too_short() -> None:
    for plugin in ("fx_cn_parity", "fx_hmrc", "fx_us", "fx_ecb"):
        enable(plugin, None, actor="test")
    paces = {one.key: tasks.pace(one.object) for one in providers.fx_sources(None)}
    assert paces["fx_cn_parity"] < paces["fx_ecb"] < paces["fx_hmrc"] < paces["fx_us"]
    assert min(paces.values()) >= tasks.SHORTEST


def test_a_source_that_answers_rubbish_is_an_incident_and_is_asked_again_later(
    canada: Bank,
) -> None:
    canada.files["json"] = b"<html>maintenance</html>"
    enqueue("fx.refresh", {})
    run_due()
    run_due()
    assert Incident.objects.get(plugin="fx_boc_ca").message
    assert SourceState.objects.get(source="fx_boc_ca").problem
    canada.files["json"] = valet_of
    with time_machine.travel(SUNDAY + timedelta(hours=7), tick=False):
        enqueue("fx.refresh", {})
        run_due()
        run_due()
    state = SourceState.objects.get(source="fx_boc_ca")
    assert (state.failing_since, state.problem) == (None, "")
    assert RateRow.objects.exists()


def test_the_calendars_know_the_days_that_the_rules_ask_for() -> None:
    china = closed_days("CN", 2026)
    assert date(2026, 2, 18) in china
    assert date(2026, 2, 25) not in china
    swiss = closed_before("XSWX", date(2027, 1, 4))
    assert {date(2026, 12, 25), date(2027, 1, 1)} <= swiss
    assert date(2026, 4, 3) in closed_days("XECB", 2026)


def test_an_operator_adds_a_day_with_its_source_and_takes_it_back() -> None:
    day = date(2027, 3, 17)
    moment = SUNDAY
    call = ("fx", "holiday", "add", "CN", "2027-03-17")
    with pytest.raises(CommandError, match="source"):
        call_command(*call, stdout=StringIO())
    call_command(*call, "--name", "Day", "--source", "State Council 2027-1", stdout=StringIO())
    assert day in closed_days("CN", 2027)
    assert AuditEntry.objects.filter(action="fx.holiday").count() == 1
    with pytest.raises(CommandError, match="already"):
        call_command(*call, "--name", "Day", "--source", "x", stdout=StringIO())
    with time_machine.travel(moment + timedelta(days=1), tick=False):
        call_command("fx", "holiday", "withdraw", "CN", "2027-03-17", stdout=StringIO())
        assert day not in closed_days("CN", 2027)
        assert day in closed_days("CN", 2027, known_at=moment)
        assert not withdraw_day("CN", day, actor="test")


def test_a_day_that_the_library_has_wrong_is_opened() -> None:
    add_day("CN", date(2026, 2, 18), "works", origin="notice", actor="mei", is_open=True)
    assert date(2026, 2, 18) not in closed_days("CN", 2026)
    out = StringIO()
    call_command("fx", "holiday", "list", "CN", "2026-01-01", stdout=out)
    assert "2026-02-18" not in out.getvalue()
    assert "2026-02-17" in out.getvalue()


@pytest.mark.parametrize(("calendar", "day"), [("XX", "2026-01-01"), ("CN", "0001-01-01")])
def test_an_unknown_calendar_or_day_is_refused(calendar: str, day: str) -> None:
    with pytest.raises(InvalidInput):
        add_day(calendar, date.fromisoformat(day), "n", origin="s", actor="a")
    assert not ClosedDay.objects.exists()


def test_the_database_refuses_to_change_a_day() -> None:
    row = add_day("CN", date(2027, 3, 17), "n", origin="s", actor="a")
    rows = ClosedDay.objects.filter(pk=row.pk)
    for change in ({"day": date(2027, 3, 18)}, {"name": "other"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()
