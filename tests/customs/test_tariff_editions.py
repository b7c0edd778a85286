"""Editions come into force whole or not at all, and what an operator vouches for survives them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction

from core.accounts.models import AuditEntry
from core.kernel.provided import Provided
from core.pluginapi import Ambiguous, HsTable, InvalidInput, TariffRate, hookimpl
from core.testing.plugins import manifest, plugins_loaded
from customs import snapshot
from customs.loading import load_rules
from customs.models import Epoch, TariffEdition, TariffLine, TariffOverride
from customs.tariff.editions import Outcome, differences, import_edition
from customs.tariff.facts import TariffRefused
from customs.tariff.formats import FORMATS
from customs.tariff.lookup import look_up
from customs.tariff.overriding import OwnRate, override_rate, withdraw_rate
from customs.tariff.planning import Wish
from tests.customs.tariff_files import FETCHED, generic, hts, load
from tests.customs.test_tariff_formats import component, measure, record, transmission

pytestmark = pytest.mark.django_db
JAN, JULY = date(2026, 1, 1), date(2026, 7, 1)
State = TariffEdition.State
Import = Callable[..., Outcome]


@pytest.fixture
def put(tmp_path: Path) -> Import:
    """Import rows of the documented table, or the bytes of another format."""

    def make(*rows: dict[str, str], content: bytes = b"", **asked: Any) -> Outcome:
        return load(tmp_path, content or generic(*rows), **asked)

    return make


def duty(code: str, on: date = JULY, *, place: str = "XX", known_at: Any = None) -> Any:
    """Return the percentage of a code, its expression, "ambiguous" or None."""
    state = snapshot.known(known_at) if known_at else snapshot.current()
    found = state.view(place, (code,), on).find(code, "duty")
    if isinstance(found, Ambiguous):
        return "ambiguous"
    return found and (found.expression or found.rates["duty"])


def ship(*lines: TariffRate, plugin: str = "test_duty") -> None:
    brings = SimpleNamespace(rules=tuple, tariff=lambda: lines)
    (report,) = load_rules([Provided(plugin, "test.regime", brings)])  # type: ignore[arg-type]
    assert not report.problem


def shipped(code: str, rate: str, **changes: Any) -> TariffRate:
    given = {"valid_from": date(2022, 1, 1), "valid_to": None, "source": "a shipped table"}
    return TariffRate("XX", code, {"duty": Decimal(rate)}, **{**given, **changes})


def state_of_everything() -> tuple[Any, ...]:
    return (
        list(TariffLine.objects.order_by("pk").values()),
        list(TariffEdition.objects.order_by("pk").values()),
        list(Epoch.objects.values()),
        AuditEntry.objects.count(),
    )


def test_an_edition_is_stored_with_whose_bytes_it_is(put: Import) -> None:
    outcome = put({"code": "610910", "duty": "12"})
    edition = TariffEdition.objects.get()
    assert (outcome.status, outcome.written) == ("imported", 1)
    assert (edition.state, edition.row_count, edition.author) == (State.IN_FORCE, 1, "mei")
    assert (edition.sha256, len(edition.sha256)) == (outcome.sha256, 64)
    assert edition.parser_version
    assert edition.licence
    line = edition.lines.get()
    assert (line.code, line.value, line.source) == ("610910", "12", "the gazette")
    assert AuditEntry.objects.get(action="customs.tariff.import").actor == "mei"


def test_importing_twice_writes_nothing(put: Import) -> None:
    put({"code": "610910", "duty": "12"}, {"code": "610990", "expression": "EUR 1 / kg"})
    before = state_of_everything()
    again = put({"code": "610910", "duty": "12"}, {"code": "610990", "expression": "EUR 1 / kg"})
    assert again.status == "unchanged"
    assert state_of_everything() == before


def test_an_edition_that_changes_nothing_writes_no_line_and_is_named_from_then_on(
    put: Import,
) -> None:
    put({"code": "610910", "duty": "12"})
    outcome = put({"code": "610910", "duty": "12.0"}, edition="2", valid_from=JULY)
    assert (outcome.status, outcome.written, outcome.superseded) == ("imported", 0, 0)
    (answer,) = look_up("XX", "610910", JULY).answers
    assert answer.edition == "2"
    states = dict(TariffEdition.objects.values_list("edition", "state"))
    assert states == {"1": State.SUPERSEDED, "2": State.IN_FORCE}


def test_a_dry_run_says_what_would_change_and_writes_nothing(put: Import) -> None:
    put({"code": "610910", "duty": "12"}, {"code": "610990", "duty": "5"})
    before = state_of_everything()
    outcome = put(
        {"code": "610910", "duty": "10"}, {"code": "611010", "duty": "3"}, dry_run=True,
        edition="2", valid_from=JULY,
    )  # fmt: skip
    assert outcome.status == "dry_run"
    assert [(one.code, one.old, one.new) for one in outcome.changed] == [("610910", "12%", "10%")]
    assert [(one.code, one.new) for one in outcome.added] == [("611010", "3%")]
    assert [(one.code, one.old) for one in outcome.removed] == [("610990", "5%")]
    assert state_of_everything() == before


def test_what_was_known_of_earlier_days_stays(put: Import) -> None:
    put({"code": "610910", "duty": "12"}, {"code": "610990", "duty": "5"})
    rows = ({"code": "610910", "duty": "10"}, {"code": "611010", "duty": "3"})
    put(*rows, edition="2", valid_from=JULY)
    june = JULY - timedelta(days=1)
    assert [duty(code, june) for code in ("610910", "610990", "611010")] == [12, 5, None]
    assert [duty(code, JULY) for code in ("610910", "610990", "611010")] == [10, None, 3]
    edition = TariffEdition.objects.get(edition="2")
    assert [(one.code, one.old, one.new) for one in differences(edition)] == [
        ("610910", "12%", "10%"), ("610990", "5%", ""), ("611010", "", "3%"),
    ]  # fmt: skip


def test_what_was_known_at_a_moment_can_be_asked_again(put: Import) -> None:
    put({"code": "610910", "duty": "12"})
    then = TariffEdition.objects.get().activated_at
    assert then is not None
    put({"code": "610910", "duty": "7"}, edition="corrected")
    assert (duty("610910"), duty("610910", known_at=then)) == (7, 12)
    assert duty("610910", known_at=then - timedelta(seconds=1)) is None
    (answer,) = look_up("XX", "610910", JULY, known_at=then).answers
    assert answer.edition == "1"


class Tables:
    """A plug-in that brings tables and no regime."""

    MANIFEST = manifest("test_tables")

    def __init__(self, *tables: HsTable) -> None:
        self.tables = tables

    @hookimpl
    def register_hs_tables(self, setup: Any) -> list[HsTable]:
        return list(self.tables)


def test_a_plugin_can_bring_a_table_without_a_regime() -> None:
    table = HsTable("XX", "gazette 7", (shipped("610910", "4"),))
    with plugins_loaded(Tables(table)) as (plugin,):
        assert plugin.loaded, plugin
        reports = {one.plugin: one for one in load_rules()}
        assert (reports["test_tables"].added, reports["test_tables"].problem) == (1, "")
        assert {one.plugin: one for one in load_rules()}["test_tables"].added == 0
    (answer,) = look_up("XX", "610910", JULY).answers
    assert (answer.rate, answer.edition, answer.source) == ("4%", "gazette 7", "a shipped table")


def test_a_table_of_one_place_cannot_bring_lines_of_another() -> None:
    table = HsTable("YY", "gazette 7", (shipped("610910", "4"),))
    with plugins_loaded(Tables(table)):
        reports = {one.plugin: one for one in load_rules()}
    assert "another jurisdiction" in reports["test_tables"].problem
    assert not TariffLine.objects.filter(plugin="test_tables").exists()


def test_at_no_moment_two_shipped_rows_of_one_rate_were_known() -> None:
    ship(shipped("610910", "1"))
    ship(shipped("610910", "2"))
    old, new = TariffLine.objects.order_by("created_at")
    assert old.superseded_at == new.created_at
    assert duty("610910", known_at=new.created_at) == 2
    assert duty("610910", known_at=new.created_at - timedelta(microseconds=1)) == 1


@pytest.mark.parametrize(
    ("form", "content", "place"),
    [("usitc-csv", hts(("6109.10.00", 0, "9%"))[:-12], "US"),
     ("usitc-csv", b"code,duty\n", "US"), ("usitc-csv", hts(), "US"),
     ("generic-csv", b"code,source\n", "US"), ("uk-csv", b"x", "US"), ("usitc-csv", b"x", "U5")],
)  # fmt: skip
def test_a_failing_import_leaves_the_edition_in_force_untouched(
    put: Import, form: str, content: bytes, place: str
) -> None:
    put({"code": "610910", "duty": "12"}, jurisdiction="US")
    before = state_of_everything()
    with pytest.raises(TariffRefused):
        put(content=content, form=form, jurisdiction=place, edition="2", confirm=True)
    assert state_of_everything() == before
    assert duty("610910", place="US") == 12


def test_a_fault_while_writing_leaves_the_edition_in_force_untouched(
    put: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    put({"code": "610910", "duty": "12"})
    before = state_of_everything()

    def fail(*args: object, **data: object) -> None:
        raise IntegrityError("full")

    monkeypatch.setattr("customs.tariff.editions.record", fail)
    with pytest.raises(TariffRefused, match="nothing was stored"):
        put({"code": "610910", "duty": "1"}, edition="2")
    assert state_of_everything() == before


def test_a_number_of_codes_far_from_what_stands_waits_for_a_confirmation(put: Import) -> None:
    many = [{"code": f"6109{number:04}", "duty": "12"} for number in range(1, 101)]
    put(*many)
    fewer = many[:94]
    outcome = put(*fewer, edition="2", valid_from=JULY)
    assert outcome.status == "refused"
    assert "94 codes where 100 stand" in outcome.reasons[0]
    draft = TariffEdition.objects.get(state=State.DRAFT)
    assert (draft.edition, draft.lines.count()) == ("2", 0)
    assert "94 codes" in draft.reason
    assert duty("61090100") == 12
    put(*fewer, edition="2", valid_from=JULY)
    assert TariffEdition.objects.filter(state=State.DRAFT).count() == 1
    assert put(*fewer, edition="2", valid_from=JULY, confirm=True).status == "imported"
    assert duty("61090100") is None
    assert not TariffEdition.objects.filter(state=State.DRAFT).exists()
    assert put(*many[:90], edition="3", valid_from=JULY).status == "imported"


def test_lost_rows_wait_for_a_confirmation(put: Import) -> None:
    outcome = put({"code": "610910", "duty": "12"}, {"code": "610990", "duty": "five"})
    assert outcome.status == "refused"
    assert [(one.row, one.code) for one in outcome.findings] == [(3, "610990")]
    assert put({"code": "610910", "duty": "12"}, {"code": "610990", "duty": "five"},
               confirm=True).status == "imported"  # fmt: skip
    assert (duty("610910"), duty("610990")) == (12, None)


def test_what_a_file_says_twice_and_differently_is_no_rate(put: Import) -> None:
    rows = ({"code": "610910", "duty": "12"}, {"code": "610910", "duty": "8"},
            {"code": "6109", "duty": "1"})  # fmt: skip
    assert put(*rows).status == "refused"
    put(*rows, confirm=True)
    assert duty("610910") == "contradictory: 12 / 8"
    assert duty("610990") == 1
    assert look_up("XX", "610910", JULY).answers[0].understood == ""


def test_a_text_that_is_not_understood_is_kept_and_never_zero(put: Import) -> None:
    outcome = put({"code": "200990", "expression": "The rate of the natural juice"})
    assert outcome.status == "imported"
    (finding,) = outcome.findings
    assert (finding.row, finding.harm) == (2, False)
    assert duty("200990") == "The rate of the natural juice"


def test_a_rate_that_a_file_leaves_empty_is_not_taken_from_above(put: Import) -> None:
    header = b"commodity__code,measure__type__id,geographical_area__id,duty_rate,"
    rows = b"validity_start_date\n0809000000,103,1011,8%,2021-01-01\n"
    put(content=header + rows + b"0809400500,103,1011,,2021-01-01\n", form="uk-csv",
        jurisdiction="GB")  # fmt: skip
    assert duty("0809300000", place="GB") == 8
    assert duty("0809400500", place="GB") == "not stated in the file"


def test_a_partial_file_speaks_for_its_headings_only(put: Import) -> None:
    put({"code": "610910", "duty": "12"}, {"code": "610990", "duty": "5"},
        {"code": "640319", "duty": "8"})  # fmt: skip
    outcome = put({"code": "610910", "duty": "10"}, edition="p", valid_from=JULY, partial=True)
    assert outcome.status == "imported"
    assert [duty(code) for code in ("610910", "610990", "640319")] == [10, None, 8]
    editions = {one.code: one.edition for code in ("610910", "640319")
                for one in look_up("XX", code, JULY).answers}  # fmt: skip
    assert editions == {"610910": "p", "640319": "1"}
    assert TariffEdition.objects.filter(state=State.IN_FORCE).count() == 2


def test_the_database_refuses_two_rows_of_one_code_and_kind_on_one_day(put: Import) -> None:
    put({"code": "610910", "duty": "12"})
    stored = TariffLine.objects.get()
    named = ("plugin", "key", "jurisdiction", "code", "kind", "source", "confidence", "imported")
    fields = {name: getattr(stored, name) for name in named}
    with pytest.raises(IntegrityError), transaction.atomic():
        TariffLine.objects.create(**fields, value="3", valid_from=JULY, valid_to=JULY)
    for change in ({"value": "1"}, {"notes": {"a": "b"}}):
        with pytest.raises(IntegrityError), transaction.atomic():
            TariffLine.objects.filter(pk=stored.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        TariffEdition.objects.update(sha256="0" * 64)
    with pytest.raises(IntegrityError), transaction.atomic():
        TariffEdition.objects.update(state=State.DRAFT)


def test_an_edition_in_force_wins_over_what_is_shipped_code_by_code(put: Import) -> None:
    ship(shipped("610910", "1"), shipped("61099010", "2"), shipped("640319", "3"))
    put({"code": "61091010", "duty": "12"}, {"code": "6109", "vat": "20"})
    assert duty("61091010") == 12
    assert duty("61091090") is None
    assert duty("610910") == 12
    assert duty("61099010") == 2
    assert duty("640319") == 3
    put({"code": "6109", "duty": "7"}, edition="2", confirm=True)
    assert [duty(code) for code in ("61091010", "61099010", "640319")] == [7, 7, 3]
    assert duty("640319", date(2025, 1, 1)) == 3
    assert duty("61099010", date(2025, 1, 1)) == 2


def test_a_rate_above_a_code_counts_for_the_lines_below_it_that_are_not_known(
    put: Import,
) -> None:
    put({"code": "6109", "duty": "12"}, {"code": "61091010", "duty": "10"},
        {"code": "61099010", "duty": "12"})  # fmt: skip
    assert [duty(code) for code in ("61091010", "610910", "610990", "611010")] == [
        10, "ambiguous", 12, None,
    ]  # fmt: skip


def test_what_is_shipped_of_the_goods_themselves_stays_when_rates_are_imported(
    put: Import,
) -> None:
    ship(shipped("610910", "1", notes={"restricted": "food", "mfn": "3"}))
    put({"code": "61091010", "duty": "12"})
    found = snapshot.current().view("XX", ("61091010",), JULY).find("61091010", "duty")
    assert isinstance(found, TariffRate)
    assert found.rates["duty"] == 12
    assert found.notes == {"restricted": "food", "nomenclature": "as the table says"}


def test_a_subheading_has_a_rate_only_where_all_lines_below_it_agree(put: Import) -> None:
    put({"code": "61091010", "duty": "12"}, {"code": "61091090", "duty": "12"},
        {"code": "61099010", "duty": "5"}, {"code": "61099090", "duty": "6"},
        {"code": "61101010", "duty": "5"}, {"code": "61101090", "vat": "20"})  # fmt: skip
    assert [duty(code) for code in ("610910", "610990", "611010")] == [
        12, "ambiguous", "ambiguous",
    ]  # fmt: skip
    listed = look_up("XX", "610990", JULY).ambiguous["duty"]
    assert [(one.code, one.rate) for one in listed] == [("61099010", "5%"), ("61099090", "6%")]


def test_a_suspension_takes_the_place_of_the_duty_while_it_lasts(put: Import) -> None:
    header = b"commodity__code,measure__type__id,geographical_area__id,duty_rate,"
    header += b"validity_start_date,validity_end_date\n"
    put(content=header + b"6109100000,103,1011,12.00%,2021-01-01,\n"
        b"6109100010,112,1011,0.00%,2026-03-01,2026-07-31\n",
        form="uk-csv", jurisdiction="GB")  # fmt: skip
    days = (date(2026, 2, 28), date(2026, 3, 1), date(2026, 7, 31), date(2026, 8, 1))
    assert [duty("6109100010", day, place="GB") for day in days] == [12, 0, 0, 12]
    assert duty("6109100090", JULY, place="GB") == 12
    assert duty("6109100010", date(2021, 1, 1), place="GB") == 12


def test_an_override_wins_over_imports_survives_them_and_can_end(put: Import) -> None:
    put({"code": "61091010", "duty": "12"})
    own = OwnRate("XX", "6109.10", "duty", "4.5%", JAN, date(2026, 12, 31), "a ruling", "mei")
    row = override_rate(own)
    assert (duty("61091010"), duty("61091010", date(2027, 1, 1))) == (Decimal("4.5"), 12)
    put({"code": "61091010", "duty": "10"}, edition="2")
    assert duty("61091010") == Decimal("4.5")
    (answer,) = look_up("XX", "61091010", JULY).answers
    assert (answer.source, answer.confidence) == ("override by mei: a ruling", "override")
    with pytest.raises(InvalidInput, match="covers some of these days"):
        override_rate(OwnRate("XX", "610910", "duty", "1%", JULY, None, "again", "mei"))
    assert withdraw_rate(row, actor="mei")
    assert not withdraw_rate(row, actor="mei")
    assert duty("61091010") == 10
    actions = AuditEntry.objects.filter(action__startswith="customs.tariff.override")
    assert actions.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        TariffOverride.objects.update(value="1")


@pytest.mark.parametrize(
    "wrong",
    [{"code": "x"}, {"kind": "Duty!"}, {"rate": "a lot"}, {"rate": ""}, {"reason": " "},
     {"valid_to": date(2025, 1, 1)}, {"kind": "vat", "rate": "EUR 1 / kg"}],
)  # fmt: skip
def test_an_override_that_means_nothing_is_refused(wrong: dict[str, Any]) -> None:
    given: dict[str, Any] = {
        "jurisdiction": "XX", "code": "610910", "kind": "duty", "rate": "5%", "valid_from": JAN,
        "valid_to": None, "reason": "r", "author": "mei",
    }  # fmt: skip
    with pytest.raises(InvalidInput):
        override_rate(OwnRate(**{**given, **wrong}))
    assert not TariffOverride.objects.exists()


def test_changes_are_applied_measure_by_measure_and_once(put: Import) -> None:
    first = transmission(record("430", "00", "3", measure("1")),
                         record("430", "05", "3", component("1", "01", "12.000")))  # fmt: skip
    given: dict[str, Any] = {"form": "eu-taric3", "jurisdiction": "EU"}
    put(content=first, **given)
    assert (duty("610910", place="EU"), duty("610910", date(2026, 6, 30), place="EU")) == (12, None)
    assert put(content=first, **given, edition="again").status == "unchanged"
    ended = transmission(record("430", "00", "1", measure("1", end="2026-09-30")))
    outcome = put(content=ended, **given, edition="2")
    (change,) = outcome.changed
    assert (change.old, change.new) == ("12%", "12% (2026-07-01 – 2026-09-30)")
    assert duty("610910", date(2026, 10, 1), place="EU") is None
    assert duty("610910", date(2026, 9, 30), place="EU") == 12
    unknown = transmission(record("430", "00", "1", measure("9")))
    assert put(content=unknown, **given, edition="3").status == "refused"
    put(content=transmission(record("430", "00", "2", measure("1"))), **given, edition="4")
    assert duty("610910", place="EU") is None


def test_an_edition_older_than_its_cadence_says_so(put: Import) -> None:
    put({"code": "610910", "duty": "12"})
    (fresh,) = look_up("XX", "610910", date(2026, 12, 31)).answers
    (old,) = look_up("XX", "610910", date(2027, 1, 10)).answers
    assert (fresh.age_days, fresh.warning) == (363, "")
    assert (old.age_days, old.warning) == (
        373,
        "1 is 373 days old; a new edition appears every 366 days",
    )
    view = snapshot.current().view("XX", ("610910",), date(2027, 1, 10))
    found = view.find("610910", "duty")
    assert isinstance(found, TariffRate)
    assert (found.edition, found.notes["warning"]) == ("1", old.warning)


def test_looking_up_asks_the_database_for_nothing_once_a_tariff_is_read(
    put: Import, django_assert_num_queries: Any
) -> None:
    put(*[{"code": f"6109{number:04}", "duty": "12"} for number in range(1, 301)])
    duty("61090001")
    with django_assert_num_queries(1):
        state = snapshot.current()
        for number in (1, 50, 300):
            found = state.view("XX", (f"6109{number:04}",), JULY).find(f"6109{number:04}", "duty")
            assert isinstance(found, TariffRate)


def test_the_original_files_come_into_force(shared_dir: Path, tmp_path: Path) -> None:
    samples = shared_dir / "customs" / "samples"
    asked: dict[str, Any] = {"edition": "2025-11-21", "valid_from": date(2025, 11, 21)}
    content = (samples / "us_hts_sample.csv").read_bytes()
    outcome = load(tmp_path, content, "usitc-csv", jurisdiction="US", **asked)
    assert (outcome.status, outcome.written) == ("imported", outcome.rates)
    assert duty("6109100004", place="US") == Decimal("16.5")
    assert duty("04061008", place="US") == "$1.509/kg"
    assert duty("9105110000", place="US") is None
    again = load(tmp_path, content, "usitc-csv", jurisdiction="US", **asked)
    assert again.status == "unchanged"
    compared = (samples / "uk_global_tariff_2021_sample.csv").read_bytes()
    assert load(tmp_path, compared, "uk-comparison", jurisdiction="GB").status == "refused"


def told(*words: str) -> Any:
    out = StringIO()
    call_command("customs", "tariff", *words, stdout=out)
    text = out.getvalue()
    return json.loads(text) if "--json" in words else text


def test_the_command_imports_compares_and_shows(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_bytes(generic({"code": "610910", "duty": "12"}))
    put = ("import", "generic-csv", str(file), "--jurisdiction", "xx", "--valid-from", "2026-01-01")
    assert "dry run" in told(*put, "--edition", "1", "--dry-run")
    assert not TariffEdition.objects.exists()
    assert told(*put, "--edition", "1", "--json")["status"] == "imported"
    file.write_bytes(generic({"code": "610910", "duty": "10"}))
    seen = told("diff", "generic-csv", str(file), "--jurisdiction", "XX", "--json")
    assert seen["changed"] == [{"code": "610910", "kind": "duty", "old": "12%", "new": "10%"}]
    shown = told("show", "6109.10", "--jurisdiction", "XX", "--on", "2026-07-01", "--json")
    assert [(one["rate"], one["edition"]) for one in shown["answers"]] == [("12%", "1")]
    assert "610910 duty: none → 12%" in told("diff", "--jurisdiction", "XX")
    assert "XX 1: in_force" in told("editions")
    assert told("formats", "--json")[0]["key"] == "usitc-csv"
    row = told("override", "610910", "3%", "--jurisdiction", "XX", "--valid-from", "2026-01-01",
               "--reason", "ruling").split(":")[0]  # fmt: skip
    assert duty("610910") == 3
    assert "withdrawn" in told("withdraw", row)
    assert duty("610910") == 12


def test_a_refusal_is_exit_status_1_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_bytes(generic({"code": "610910", "duty": "12"}, {"code": "x", "duty": "1"}))
    put = ("import", "generic-csv", str(file), "--jurisdiction", "XX", "--edition", "1")
    with pytest.raises(CommandError, match="Add --confirm"):
        told(*put)
    assert "waits" in told("editions")
    assert "imported" in told(*put, "--confirm", "--json")["status"]
    for wrong in (
        ("import", "usitc-csv", str(file), "--jurisdiction", "XX", "--edition", "1"),
        ("import", "generic-csv", str(tmp_path / "none"), "--jurisdiction", "XX", "--edition", "1"),
        ("import", "generic-csv", str(tmp_path), "--jurisdiction", "XX", "--edition", "1"),
        ("show", "shirt", "--jurisdiction", "XX"),
        ("withdraw", "nothing"),
        ("diff", "--jurisdiction", "YY"),
    ):
        with pytest.raises(CommandError):
            told(*wrong)


def test_reading_reports_its_progress(tmp_path: Path) -> None:
    file = tmp_path / "t"
    file.write_bytes(generic(*[{"code": f"61{n:06}", "duty": "1"} for n in range(1, 1200)]))
    seen: list[tuple[str, int, int]] = []
    wish = Wish(FORMATS["generic-csv"], file, "XX", "1", JAN, "mei", FETCHED)
    import_edition(wish, progress=lambda *told: seen.append(told))
    assert ("reading", 1000, 0) in seen
    assert seen[-1] == ("writing", 1199, 1199)
