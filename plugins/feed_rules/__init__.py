"""An operator's own rules for feeds: spellings of brands, watched words, facts, a warning.

Shows a plug-in's whole life: settings that moved from one version to the next, what is done when
it is switched on and off, a schedule, a cache, and a line on the health page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from core.pluginapi import (
    Capability,
    Context,
    FeedRunView,
    Finding,
    Health,
    HealthState,
    Manifest,
    OfferDraft,
    OfferPatch,
    OfferView,
    PluginScope,
    PluginSettings,
    Schedule,
    Setup,
    Text,
    hookimpl,
)
from plugins.feed_rules import rows, runs
from plugins.feed_rules.lines import read_aliases, read_required, read_words
from plugins.feed_rules.settings import Settings

SHOWN = 5

MANIFEST = Manifest(
    key="feed_rules",
    name=Text("Rules for feeds", "商品数据源规则", "商品資料饋送規則"),
    version="2.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Corrects spellings of brands, holds rows with watched words, keeps rows without wanted "
        "facts out of a channel, and warns when a feed is rejected in large part.",
        "统一品牌写法，扣留含关注词的商品，缺少必填信息的商品不进入相应渠道，"
        "并在大量数据被拒绝时告警。",
        "統一品牌寫法，扣留含關注詞的商品，缺少必填資訊的商品不進入相應通路，"
        "並在大量資料被拒絕時警示。",
    ),
    provides=(Capability.FEED,),
    scope=PluginScope.PLATFORM,
    author="Haitao",
    licence="Apache-2.0",
    docs="how-to/push-a-feed.md",
)


@hookimpl
def register_settings(setup: Setup) -> type[PluginSettings]:
    """Hand over the rules' settings."""
    return Settings


@hookimpl
def migrate_settings(stored: Mapping[str, object], from_version: int) -> Mapping[str, object]:
    """Turn version 1's list ``banned_words`` into the lines of ``watched_words``."""
    if from_version >= 2:
        return stored
    kept = {name: value for name, value in stored.items() if name != "banned_words"}
    words = stored.get("banned_words")
    if isinstance(words, list):
        kept["watched_words"] = "\n".join(str(word) for word in words)
    return kept


@hookimpl
def activated(ctx: Context) -> None:
    """Read every rule once, so that unreadable ones keep the plug-in off, and say how many."""
    ctx.log.info(
        "rules are read",
        aliases=len(read_aliases(ctx.settings.brand_aliases)),
        words=read_words(ctx.settings.watched_words) is not None,
        facts=len(read_required(ctx.settings.required_facts)),
    )


@hookimpl
def deactivated(ctx: Context) -> None:
    """Forget the runs: after a pause they would say nothing."""
    runs.clear(ctx)


@hookimpl
def add_offer_patches(ctx: Context, drafts: Sequence[OfferDraft]) -> Sequence[OfferPatch]:
    """Write brands as the operator does."""
    return list(rows.respell(ctx.settings, drafts))


@hookimpl
def check_offers(
    ctx: Context, drafts: Sequence[OfferDraft], previous: Sequence[OfferView | None]
) -> Sequence[Finding]:
    """Hold rows with watched words, and name the facts that channels want."""
    return [*rows.watch(ctx.settings, drafts), *rows.want(ctx.settings, drafts)]


@hookimpl
def on_feed_finished(ctx: Context, run: FeedRunView) -> None:
    """Remember the run, and warn once when it, or too many of its rows, were rejected."""
    fresh = runs.remember(ctx, run)
    if fresh and runs.is_alarming(fresh, ctx.settings.alert_percent):
        ctx.log.warning(
            "a feed was rejected in large part",
            supplier=run.supplier,
            scope=run.scope,
            rejected=fresh["rejected"],
            rows_read=fresh["rows_read"],
        )


@hookimpl
def register_schedules(setup: Setup) -> Iterable[Schedule]:
    """Hand over the daily clean-up of remembered runs."""
    title = Text("Forget old feed runs", "清除过期的数据源记录", "清除過期的資料饋送紀錄")
    return [
        Schedule("forget_runs", title, timedelta(days=1), runs.forget_old, timedelta(minutes=30))
    ]


@hookimpl
def add_health(ctx: Context) -> Iterable[Health]:
    """Name the feeds whose last run was rejected in large part."""
    known = runs.runs_of(ctx)
    bad = sorted(
        place for place, run in known.items() if runs.is_alarming(run, ctx.settings.alert_percent)
    )
    if not bad:
        count = len(known)
        text = Text(
            f"{count} feeds remembered, none rejected in large part",
            f"已记录 {count} 个数据源，均无大量拒绝",
            f"已記錄 {count} 個資料饋送，均無大量拒絕",
        )
        return [Health("feed_runs", HealthState.OK, text)]
    names = ", ".join(bad[:SHOWN])
    return [
        Health(
            "feed_runs",
            HealthState.DEGRADED,
            Text(
                f"Many rows rejected in the last run: {names}",
                f"最近一次推送有大量行被拒绝：{names}",
                f"最近一次推送有大量列被拒絕：{names}",
            ),
            Text(
                "Look at the feed's report and tell the supplier what to change",
                "请查看数据源报告，并告知供应商如何修改",
                "請查看資料饋送報告，並告知供應商如何修改",
            ),
        )
    ]
