"""Operators' values over rules: of the kind they had, dated, audited, never breaking a regime."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.accounts.models import AuditEntry
from core.kernel import providers
from core.kernel.provided import Provided
from core.pluginapi import Rule
from customs import overriding, snapshot
from customs.loading import load_rules
from customs.models import RuleOverride
from customs.overriding import OverrideRefused, override_rule, values_of_rule
from customs.rule_values import Vocabulary, kind_of, values_of
from customs.services import assess

DAY = date(2026, 11, 22)
WHY = ("--from", "2026-11-22", "--reason", "r")
Make = Callable[..., Any]


@pytest.fixture(scope="module")
def shipped() -> list[tuple[str, Rule]]:
    """Every rule of every plug-in, with the plug-in's key."""
    found = {id(rule): (one.plugin, rule) for one in providers.all_regimes()
             for rule in one.object.rules()}  # fmt: skip
    return list(found.values())


@pytest.fixture
def loaded(db: None, shipped: list[tuple[str, Rule]]) -> None:
    """The shipped rules, stored without the tariffs, which are many."""
    plugins = sorted({plugin for plugin, _ in shipped})
    load_rules(
        Provided(
            plugin,
            f"{plugin}.rules",
            SimpleNamespace(
                rules=lambda plugin=plugin: [rule for its, rule in shipped if its == plugin],
                tariff=tuple,
            ),
        )
        for plugin in plugins
    )  # type: ignore[misc]


def put(values: dict[str, str], key: str = "cn.postal", **changes: Any) -> RuleOverride:
    given = {"valid_from": DAY, "valid_to": None, "reason": "announced", "author": "mei"}
    return override_rule(changes.pop("plugin", "duty_cn"), key, values, **{**given, **changes})


def test_every_shipped_value_is_of_the_kind_that_it_is_taken_for(
    shipped: list[tuple[str, Rule]],
) -> None:
    vocabulary = Vocabulary(rule for _, rule in shipped)
    assert len(shipped) > 150
    for plugin, rule in shipped:
        alike = [one for its, one in shipped if its == plugin and one.key == rule.key]
        for name, value in rule.values.items():
            assert vocabulary.fault(alike, name, value) is None, f"{rule.id}.{name} = {value}"


@pytest.mark.parametrize(
    ("name", "own", "alike", "kind"),
    [
        ("class1", ["13"], ["13", "20"], "number"),
        ("excluded_headings", ["3303"], ["3303", "4202 4203 61"], "codes"),
        ("rounding", ["half_up 0.01"], ["half_up 0.01", "in words"], "rounding"),
        ("minimum", [""], ["", "25.67"], "number"),
        ("at_100", [""], ["", "*"], "list"),
        ("vat_base", ["goods"], ["goods", "goods + freight"], "sum"),
        ("currency", ["EUR"], ["EUR", "RON"], "currency"),
        ("near_from", ["US MX"], ["", "US MX"], "places"),
        ("arrived_within_days", ["45"], ["45"], "whole"),
        ("new", ["Some Words!"], ["Some Words!"], "text"),
    ],
)
def test_the_kind_follows_from_what_a_value_is_elsewhere(
    name: str, own: list[str], alike: list[str], kind: str
) -> None:
    assert kind_of(name, own, alike).name == kind


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("plugin", "key", "name", "value"),
    [
        ("duty_cn", "cn.postal", "class1", "abc"),
        ("duty_cn", "cn.postal", "class1", ""),
        ("duty_cn", "cn.postal", "class1", "-1"),
        ("duty_cn", "cn.postal", "class1", "NaN"),
        ("duty_cn", "cn.postal", "class1", "1e3"),
        ("duty_cn", "cn.postal", "class1", "1,5"),
        ("duty_cn", "cn.postal", "class1", "١٥"),
        ("duty_cn", "cn.postal", "class1", "9" * 13),
        ("duty_us", "us.mpf", "informal", "abc"),
        ("duty_us", "us.entry", "rounding", "half_up 0"),
        ("duty_us", "us.entry", "rounding", "sideways 0.01"),
        ("duty_us", "us.entry", "rounding", "half_up NaN"),
        ("duty_us", "us.entry", "customs_value", "goods + fuel"),
        ("duty_us", "us.entry", "customs_value", "goods + goods"),
        ("duty_us", "us.entry", "hmf_mode", "rocket"),
        ("duty_us", "us.excise", "headings", "22O3"),
        ("duty_cn", "cn.goods.arms", "level", "forbid"),
        ("duty_cn", "cn.goods.arms", "level", "deny hold"),
        ("duty_cn", "cn.fx", "reference", "whenever"),
        ("duty_cn", "cn.fx", "sources", "fx_nobody"),
        ("duty_eu", "eu.handling.RO", "currency", "EU1"),
        ("duty_eu", "eu.handling.RO", "per", "parcel"),
        ("duty_eu", "eu.vat.FR", "territory.Guyane", "97( 8.5"),
        ("duty_eu", "eu.vat.FR", "territory.Guyane", "973"),
    ],
)
def test_a_value_of_another_kind_is_refused_and_nothing_is_stored(
    plugin: str, key: str, name: str, value: str
) -> None:
    with pytest.raises(OverrideRefused) as refused:
        put({name: value}, key, plugin=plugin)
    assert refused.value.path == f"$.values.{name}"
    assert refused.value.text.zh_hans
    assert refused.value.text.zh_hant
    assert not RuleOverride.objects.exists()


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"key": "cn.nothing"}, "$.key"),
        ({"plugin": "duty_nobody"}, "$.key"),
        ({"values": {}}, "$.values"),
        ({"values": {"class1": "13.0"}}, "$.values"),
        ({"values": {"class9": "1"}}, "$.values.class9"),
        ({"reason": " "}, "$.reason"),
        ({"reason": "x" * 501}, "$.reason"),
        ({"valid_to": date(2026, 11, 21)}, "$.valid_to"),
        ({"valid_from": date(1999, 1, 1)}, "$.valid_from"),
    ],
)
def test_what_cannot_be_is_named(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(OverrideRefused) as refused:
        put(**{"values": {"class1": "15"}, **changes})
    assert refused.value.path == path
    assert not RuleOverride.objects.exists()


@pytest.mark.usefixtures("loaded")
def test_a_rule_that_is_past_can_be_overridden_in_its_own_days_only() -> None:
    past = next(r for r in snapshot.current().rules["duty_us"] if r.key == "us.mpf" and r.valid_to)
    row = put({"maximum": "500"}, "us.mpf", plugin="duty_us", valid_from=past.valid_from,
              valid_to=past.valid_to)  # fmt: skip
    held = snapshot.current().rule_set("duty_us", past.valid_from).rules["us.mpf"]
    assert (held.values["maximum"], held.confidence) == ("500", "override")
    assert str(row.pk) in held.id
    later = snapshot.current().rule_set("duty_us", DAY).rules["us.mpf"]
    assert later.confidence != "override"


@pytest.mark.usefixtures("loaded")
def test_numbers_that_are_odd_but_computable_break_no_regime(line: Make, shipment: Make) -> None:
    load_rules()
    put({"class1": "999999"})
    parcel = shipment(line("500", hs_code="09012100"), channel="postal")
    report = assess(parcel, channel=None, on=DAY)
    assert report.chosen is not None
    assert report.chosen.charges[0].rule_id.startswith("R-CN-POST+")


@pytest.mark.usefixtures("loaded")
def test_a_value_with_which_a_regime_cannot_compute_is_refused() -> None:
    with pytest.raises(OverrideRefused, match="cannot compute") as refused:
        put({"standard": "100"}, "br.icms", plugin="duty_br")  # the tax is part of its own base
    assert refused.value.path == "$.values"


@pytest.mark.usefixtures("loaded")
@settings(max_examples=60, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(data=st.data())
def test_no_value_that_is_accepted_breaks_its_regime(
    shipped: list[tuple[str, Rule]], data: st.DataObject
) -> None:
    plugin, rule = data.draw(
        st.sampled_from([pair for pair in shipped if pair[1].valid_to is None])
    )
    name = data.draw(st.sampled_from(sorted(rule.values)))
    value = data.draw(st.one_of(
        st.sampled_from(sorted({value for _, one in shipped for value in one.values.values()})),
        st.decimals(0, 10**9, places=2).map(str),
        st.text(max_size=12),
    ))  # fmt: skip
    day = max(DAY, rule.valid_from)
    before = snapshot.current().rule_set(plugin, day)
    try:
        row = put({name: value}, rule.key, plugin=plugin, valid_from=day, valid_to=day)
    except OverrideRefused:
        return
    rules = snapshot.current().rule_set(plugin, day)
    regimes = [one.object for one in providers.all_regimes() if one.plugin == plugin]
    for regime in regimes:
        for one in overriding.trials(regime):
            # A regime that computes by its settings cannot be tried without them.
            unusable = overriding.breaks(regime, one, before)
            assert unusable or not overriding.breaks(regime, one, rules)
    overriding.withdraw_override(row, actor="mei")


@pytest.mark.usefixtures("loaded")
def test_the_database_keeps_overrides_apart_and_says_what_to_do() -> None:
    put({"class1": "15"})
    with pytest.raises(OverrideRefused, match="withdraw it first") as refused:
        put({"class2": "25"}, valid_from=date(2027, 1, 1), valid_to=date(2027, 1, 2))
    assert refused.value.path == "$.valid_from"
    assert AuditEntry.objects.filter(action="customs.override").count() == 1


def test_pairs_are_read_as_they_are_typed() -> None:
    assert values_of(["a=1", "b = x=y", "c="]) == {"a": "1", "b": "x=y", "c": ""}
    for wrong in (["a"], ["=1"], ["a=1", "a=2"]):
        with pytest.raises(ValueError, match=r"=|a"):
            values_of(wrong)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("customs", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("loaded")
def test_the_command_overrides_lists_and_withdraws() -> None:
    given = ("class1=15", "--from", "2026-11-22", "--reason", "notice 7", "--author", "mei")
    said = run("override", "R-CN-POST", *given)
    assert "class1=15" in said
    (row,) = json.loads(run("overrides", "--json"))
    assert (row["key"], row["values"]) == ("cn.postal", {"class1": "15"})
    assert "mei: notice 7" in run("overrides")
    assert "is withdrawn" in run("withdraw", row["id"], "--author", "mei")
    assert run("overrides") == ""
    assert "withdrawn" in run("overrides", "--all")
    entries = AuditEntry.objects.filter(action__startswith="customs.override")
    assert {entry.actor for entry in entries} == {"mei"}


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("override", "cn.postal", "class1", *WHY), "NAME=VALUE"),
        (("override", "cn.post", "class1=1", *WHY), "no rule"),
        (("override", "cn.postal", "class1=x", *WHY), "a number"),
        (("override", "cn.postal", "class1=1", *WHY, "--from", "22.11."), "date like"),
        (("override", "cn.postal", "class1=1", "--from", "2026-11-22"), "--reason"),
        (("withdraw", "x"), "no override"),
        (("withdraw", "7d444840-9dc0-11d1-b245-5ffdce74fad2"), "no override"),
    ],
)  # fmt: skip
def test_the_command_refuses_with_a_sentence(arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        run(*arguments)
    assert not RuleOverride.objects.exists()


@pytest.mark.usefixtures("loaded")
def test_values_are_shown_with_their_kinds() -> None:
    rule = snapshot.current().rule_set("duty_cn", DAY).rules["cn.postal"]
    kinds = {one.name: one.kind.name for one in values_of_rule("duty_cn", rule)}
    assert kinds["class1"] == "number"
    assert kinds["rounding"] == "text"
