"""An operator's rules for feeds, from the settings to the report."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine

from core.jobs import run_due
from core.jobs.schedules import tick
from core.kernel import activation, configuration, doctor, hooks, providers
from core.kernel.errors import ProviderMissing
from core.kernel.models import Activation
from core.kernel.registry import registry
from core.pluginapi import (
    Action,
    FeedRunView,
    HealthState,
    Money,
    OfferDraft,
    Severity,
    SupplierRef,
)
from core.shared.clock import now
from plugins.feed_rules.lines import read_aliases, read_required, read_words
from suppliers.models import StagedOffer
from tests.suppliers.conftest import codes, push, row, supplier  # noqa: F401

KEY = "feed_rules"
RULES = {
    "brand_aliases": "# as on the box\nhanako = Hanako\nHANAKO CO. = Hanako",
    "watched_words": "cbd\n仿品",
    "required_facts": "b2c_bonded = filing_number, warehouse\nhk = filing_number",
    "alert_percent": 20,
}
MAKER = UUID(int=9)


@pytest.fixture
def rules(db: None, settings: Any, tmp_path: Any) -> dict[str, Any]:
    """The plug-in is on, with rules."""
    settings.MEDIA_ROOT = tmp_path / "files"
    assert not activation.save_settings(KEY, None, RULES, actor="test")
    activation.enable(KEY, actor="test")
    return RULES


def draft(sku: str = "A1", **fields: Any) -> OfferDraft:
    titles = fields.pop("titles", {"en": "Serum"})
    return OfferDraft(sku, titles, Money(Decimal(10), "EUR"), **fields)


def run_of(*, rejected: int, scope: str = "main", at: datetime | None = None) -> FeedRunView:
    summary = {"rows_read": 100, "rejected": rejected}
    return FeedRunView(uuid4(), SupplierRef(MAKER), scope, "done", summary, at or now())


def health() -> Any:
    (line,) = [one.value for one in hooks.add_health(None) if one.plugin == KEY]
    return line


def test_hook_add_offer_patches_writes_brands_as_the_operator_does(rules: Any) -> None:
    drafts = [draft(brand=name) for name in ("HANAKO", "Ｈanako  co.", "Hanako", "Other", "")]
    patches = [one.value for one in hooks.add_offer_patches(None, drafts=drafts)]
    assert [(one.index, one.changes) for one in patches] == [
        (0, {"brand": "Hanako"}),
        (1, {"brand": "Hanako"}),
    ]


@pytest.mark.parametrize(
    ("title", "held"),
    [
        ("CBD oil", True),
        ("ＣＢＤ oil", True),
        ("abcbdx", False),
        ("高级仿品包", True),
        ("Oil", False),
    ],
)
def test_hook_check_offers_holds_rows_with_watched_words(
    rules: Any, title: str, held: bool
) -> None:
    drafts = [draft(titles={"en": "Serum", "zh-Hans": title})]
    found = [one.value for one in hooks.check_offers(None, drafts=drafts, previous=[None])]
    watched = [one for one in found if one.code == "CH_WATCHED_WORD"]
    assert [(one.index, one.action) for one in watched] == [(0, Action.ROW_HELD)] * held
    assert all(len(set(one.message.as_dict().values())) == 3 for one in watched)


def test_missing_facts_keep_a_row_out_of_the_channels_that_want_them(rules: Any) -> None:
    drafts = [draft(facts={"warehouse": "Ningbo"}), draft(facts={"filing_number": "1"})]
    found = [one.value for one in hooks.check_offers(None, drafts=drafts, previous=[None, None])]
    assert [(one.index, one.attribute, one.blocked_for) for one in found] == [
        (0, "facts:filing_number", ("b2c_bonded", "hk")),
        (1, "facts:warehouse", ("b2c_bonded",)),
    ]
    assert {one.severity for one in found} == {Severity.WARNING}


def test_a_feed_goes_through_the_rules_and_unchanged_rows_meet_new_ones(
    rules: Any,
    push: Any,  # noqa: F811
) -> None:
    rows = [row("A1", brand="hanako"), row("A2", title="CBD oil")]
    assert codes(push(rows))["CH_WATCHED_WORD"] == 1
    assert StagedOffer.objects.get(sku="A1").brand == "Hanako"
    assert StagedOffer.objects.filter(sku="A2", state="active").count() == 0
    changed = {**RULES, "watched_words": "serum"}
    assert not activation.save_settings(KEY, None, changed, actor="test")
    feed = push(rows)
    assert codes(feed)["CH_WATCHED_WORD"] == 1
    report = feed.issues.get(code="CH_WATCHED_WORD")
    assert report.sku == "A1"


def test_hook_on_feed_finished_warns_once_of_a_run_that_went_badly(
    rules: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, logger=f"haitao.plugin.{KEY}")
    bad = run_of(rejected=21)
    for run in (run_of(rejected=20, scope="fine"), bad, bad):
        assert hooks.on_feed_finished(None, run=run) == ()
    assert len(caplog.records) == 1
    assert "rejected in large part" in caplog.text


def test_hook_add_health_names_the_feeds_whose_last_run_went_badly(rules: Any) -> None:
    assert health().state is HealthState.OK
    hooks.on_feed_finished(None, run=run_of(rejected=50))
    line = health()
    assert line.state is HealthState.DEGRADED
    assert f"{MAKER}:main" in line.message.en
    assert line.cure.zh_hans
    assert [one.level for one in doctor.examine(only=KEY)] == ["warning"]
    hooks.on_feed_finished(None, run=run_of(rejected=50, at=now() - timedelta(hours=1)))
    hooks.on_feed_finished(None, run=run_of(rejected=0))
    assert health().state is HealthState.OK


def test_hook_activated_reads_the_rules_and_says_so(
    db: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger=f"haitao.plugin.{KEY}")
    assert not activation.save_settings(KEY, None, RULES, actor="test")
    activation.enable(KEY, actor="test")
    assert "rules are read aliases='2' words='True' facts='2'" in caplog.text


def test_unreadable_rules_keep_it_off(db: None) -> None:
    Activation.objects.create(
        plugin=KEY, enabled=False, settings={"brand_aliases": "no sign"}, settings_version=2
    )
    with pytest.raises(activation.ActivationRefused, match="line 1"):
        activation.enable(KEY, actor="test")
    assert not Activation.objects.get(plugin=KEY).enabled


def test_hook_deactivated_forgets_the_runs(rules: Any) -> None:
    hooks.on_feed_finished(None, run=run_of(rejected=50))
    activation.disable(KEY, actor="test")
    activation.enable(KEY, actor="test")
    assert health().state is HealthState.OK


def test_hook_migrate_settings_turns_the_list_of_version_1_into_lines(db: None) -> None:
    Activation.objects.create(
        plugin=KEY,
        enabled=True,
        settings={"banned_words": ["cbd", "仿品"], "alert_percent": 5},
        settings_version=1,
    )
    settings = configuration.load(registry().plugins[KEY], "")
    assert (settings.watched_words, settings.alert_percent) == ("cbd\n仿品", 5)
    drafts = [draft(titles={"zh-Hans": "仿品"})]
    (found,) = hooks.check_offers(None, drafts=drafts, previous=[None])
    assert found.value.code == "CH_WATCHED_WORD"


def test_hook_register_schedules_forgets_runs_of_more_than_thirty_days(rules: Any) -> None:
    start = datetime(2026, 12, 1, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        hooks.on_feed_finished(None, run=run_of(rejected=50, scope="late"))
        for _ in range(29):
            tick()
            clock.shift(timedelta(hours=1))  # the start is spread by up to half an hour
            run_due(limit=50)
            clock.shift(timedelta(hours=23))
        assert "late" in health().message.en
        clock.shift(timedelta(days=2))
        providers.run_schedule(KEY, "forget_runs", None)
        assert health().state is HealthState.OK
        activation.disable(KEY, actor="test")
        with pytest.raises(ProviderMissing):
            providers.run_schedule(KEY, "forget_runs", None)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_aliases, "hanako"),
        (read_aliases, "= Hanako"),
        (read_aliases, "a = B\nA = C"),
        (read_aliases, "a = b\nb = c"),
        (read_words, "x" * 81),
        (read_words, "\n".join(f"w{n}" for n in range(1001))),
        (read_required, "b2c_bonded"),
        (read_required, "b2c_bonded = Filing Number"),
    ],
)
def test_rules_that_cannot_be_read_are_refused_with_their_line(read: Any, text: str) -> None:
    with pytest.raises(ValueError, match=r"line|lines|alias"):
        read(text)


def test_words_are_text_and_no_pattern(db: None) -> None:
    pattern = read_words("a.c\n(x|y")
    assert pattern
    assert not pattern.search("abc")
    assert pattern.search("an a.c here")
    assert pattern.search("(x|y)")
    assert read_words("# nothing\n") is None
