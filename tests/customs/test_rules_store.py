"""Rules and tariff lines are only added and superseded; overrides are dated and audited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from core.accounts.models import AuditEntry
from core.kernel.provided import Provided
from core.pluginapi import InvalidInput, Rule, TariffRate, Text
from core.shared.clock import now
from customs.loading import load_rules
from customs.models import Epoch, RuleRow, TariffLine
from customs.services import assess, override_rule, withdraw_override
from customs.snapshot import current, look_now
from customs.types import LoadReport
from customs.values import tax_total

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)
Make = Callable[..., Any]


def rule(**changes: Any) -> Rule:
    first = Rule(
        "T-1", "CN", Text("Test"), date(2020, 1, 1), None, {"limit": "5"}, "a source", key="t.limit"
    )
    return replace(first, **changes)


def regime(*rules: Rule, lines: tuple[TariffRate, ...] = ()) -> Provided[Any]:
    brings = SimpleNamespace(rules=lambda: rules, tariff=lambda: lines)
    return Provided("test_duty", "test.regime", brings)


def test_loading_again_writes_nothing() -> None:
    first = load_rules()
    counts = {report.plugin: report.added for report in first}
    assert counts["duty_cn"] > 900
    assert not [report for report in first if report.problem]
    token = current().token
    again = load_rules()
    assert {(report.added, report.superseded) for report in again} == {(0, 0)}
    assert current().token == token


def test_a_changed_rule_supersedes_and_the_old_row_stays() -> None:
    load_rules([regime(rule())])
    closed = rule(valid_to=date(2026, 12, 31))
    following = rule(id="T-2", valid_from=date(2027, 1, 1), values={"limit": "7"})
    (report,) = load_rules([regime(closed, following)])
    assert (report.added, report.superseded) == (2, 1)
    assert RuleRow.objects.filter(plugin="test_duty").count() == 3
    state = current()
    assert state.rule_set("test_duty", date(2026, 12, 31)).rules["t.limit"].id == "T-1"
    assert state.rule_set("test_duty", date(2027, 1, 1)).rules["t.limit"].id == "T-2"
    assert state.rule_set("test_duty", date(2019, 12, 31)).get("t.limit") is None


def test_two_rules_of_one_key_may_not_overlap_and_nothing_is_half_loaded() -> None:
    load_rules([regime(rule())])
    overlapping = rule(id="T-2", valid_from=date(2026, 1, 1))
    (report,) = load_rules([regime(rule(values={"limit": "6"}), overlapping)])
    assert "overlap" in report.problem
    assert current().rule_set("test_duty", DAY).rules["t.limit"].values == {"limit": "5"}


def test_the_database_itself_refuses_an_overlap_a_change_and_a_deletion() -> None:
    load_rules([regime(rule())])
    row = RuleRow.objects.get(plugin="test_duty")
    attempts: list[Callable[[], object]] = [
        lambda: RuleRow.objects.filter(pk=row.pk).update(values={"limit": "1"}),
        lambda: RuleRow.objects.filter(pk=row.pk).update(valid_to=DAY),
        row.delete,
        lambda: RuleRow.objects.create(
            plugin="test_duty", key="t.limit", rule_id="T-9", jurisdiction="CN", title={},
            values={}, source="x", confidence="low", valid_from=DAY, valid_to=DAY,
        ),
    ]  # fmt: skip
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    assert RuleRow.objects.get(plugin="test_duty").values == {"limit": "5"}


@pytest.mark.parametrize("change", [{"source": ""}, {"valid_to": date(2019, 1, 1)}])
def test_a_rule_without_source_or_with_days_out_of_order_is_not_loaded(
    change: dict[str, Any],
) -> None:
    (report,) = load_rules([regime(rule(**change))])
    assert report.problem
    assert not RuleRow.objects.filter(plugin="test_duty").exists()


def test_a_tariff_line_keeps_source_and_confidence() -> None:
    line = TariffRate("CN", "0101", {"duty": Decimal("5.0")}, DAY, None, "book", "medium")
    load_rules([regime(lines=(line,))])
    stored = TariffLine.objects.get(plugin="test_duty")
    assert (stored.kind, stored.value) == ("duty", "5.0")
    assert (stored.source, stored.confidence) == ("book", "medium")
    view = current().view("CN", ["01012100"], DAY)
    found = view.find("01012100", "duty")
    assert isinstance(found, TariffRate)
    assert (found.rates, found.source, found.id) == (line.rates, "book", str(stored.pk))
    assert current().view("CN", ["01012100"], date(2020, 1, 1)).find("01012100", "duty") is None


def test_an_override_is_dated_named_audited_and_can_end(line: Make, shipment: Make) -> None:
    load_rules()
    parcel = shipment(line("500", hs_code="09012100"), channel="postal")

    def taxed() -> Decimal:
        report = assess(parcel, channel=None, on=DAY)
        assert report.chosen is not None
        return tax_total(report.chosen)

    assert taxed() == Decimal("65.00")
    row = override_rule(
        "duty_cn", "cn.postal", {"class1": "15"}, valid_from=date(2026, 11, 1),
        valid_to=date(2026, 11, 30), reason="announced change", author="mei",
    )  # fmt: skip
    assert taxed() == Decimal("75.00")
    report = assess(parcel, channel=None, on=DAY)
    assert report.chosen is not None
    charge = report.chosen.charges[0]
    assert charge.rule_id == f"R-CN-POST+{row.pk}"
    assert "mei: announced change" in charge.source
    december = assess(parcel, channel=None, on=date(2026, 12, 1))
    assert december.chosen is not None
    assert tax_total(december.chosen) == Decimal("65.00")
    load_rules()
    assert taxed() == Decimal("75.00")
    assert withdraw_override(row, actor="mei")
    assert not withdraw_override(row, actor="mei")
    assert taxed() == Decimal("65.00")
    assert AuditEntry.objects.filter(action__startswith="customs.override").count() == 2


@pytest.mark.parametrize(
    ("key", "values", "reason"),
    [("nothing", {"class1": "1"}, "r"), ("cn.postal", {"class9": "1"}, "r"),
     ("cn.postal", {}, "r"), ("cn.postal", {"class1": "1"}, " ")],
)  # fmt: skip
def test_an_override_that_means_nothing_is_refused(
    key: str, values: dict[str, str], reason: str
) -> None:
    load_rules()
    with pytest.raises(InvalidInput):
        override_rule(
            "duty_cn", key, values, valid_from=DAY, valid_to=None, reason=reason, author="mei"
        )


def test_two_overrides_of_a_rule_may_not_overlap() -> None:
    load_rules()
    given: dict[str, Any] = {"reason": "r", "author": "mei"}
    override_rule("duty_cn", "cn.postal", {"class1": "15"}, valid_from=DAY, valid_to=None, **given)
    with pytest.raises(InvalidInput, match="Another override"):
        override_rule(
            "duty_cn", "cn.postal", {"class1": "16"}, valid_from=date(2027, 1, 1), valid_to=None,
            **given,
        )  # fmt: skip


def test_reading_rules_costs_one_query_while_nothing_changes(
    line: Make, shipment: Make, django_assert_num_queries: Any
) -> None:
    parcel = shipment(*[line("10", hs_code="09012100") for _ in range(20)])
    assess(parcel, channel=None, on=DAY)
    with django_assert_num_queries(1):
        current()


def test_the_rules_of_a_plugin_are_each_sourced_and_dated() -> None:
    load_rules()
    rows = list(RuleRow.objects.filter(plugin="duty_cn"))
    assert len(rows) >= 10
    assert all(row.source and row.valid_from and row.title["zh-Hant"] for row in rows)
    assert not TariffLine.objects.filter(source="").exists()


def test_the_command_lists_rules_with_what_is_not_verified() -> None:
    out = StringIO()
    call_command("customs", "load", stdout=out)
    call_command("customs", "rules", "--on", "2026-11-22", stdout=out)
    assert "R-CN-POST (duty_cn) 2024-12-01" in out.getvalue()
    assert "not verified: " in out.getvalue()


def test_rules_of_an_upgraded_plugin_are_loaded_before_they_are_used(
    line: Make, shipment: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    goods = shipment(line("500", hs_code="09012100"), channel="postal")
    assert assess(goods, channel=None, on=DAY).chosen is not None
    stored = dict(Epoch.objects.get().loaded)
    Epoch.objects.update(token=str(uuid4()), loaded={**stored, "duty_cn": "the last version"})
    RuleRow.objects.filter(plugin="duty_cn", key="cn.postal").update(superseded_at=now())
    look_now()
    monkeypatch.setattr("customs.services._compared", set())  # as in a process that starts
    report = assess(goods, channel=None, on=DAY)
    assert report.chosen is not None
    assert report.chosen.regime == "cn.postal"
    assert Epoch.objects.get().loaded == stored


def test_rules_that_cannot_be_loaded_are_not_tried_by_every_quote(
    line: Make, shipment: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def failing(regimes: list[Provided[Any]]) -> tuple[LoadReport, ...]:
        tried.extend(one.plugin for one in regimes[:1])
        return (LoadReport("duty_cn", 0, 0, problem="broken"),)

    monkeypatch.setattr("customs.services.load_rules", failing)
    monkeypatch.setattr("customs.services._compared", set())
    monkeypatch.setattr("customs.services._tried_again_at", {})
    goods = shipment(line("500", hs_code="09012100"), channel="postal")
    reports = [assess(goods, channel=None, on=DAY) for _ in range(3)]
    assert tried == ["duty_cn"]
    assert {report.refusal_code for report in reports} == {"no_rule"}
