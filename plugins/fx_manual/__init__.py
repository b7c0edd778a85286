"""Exchange rates that an operator types, each with the day it is for and how long it may be used.

The demonstration's rates come from here, labelled as such.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from core.pluginapi import (
    Capability,
    ConnectionReport,
    Context,
    FxSource,
    Health,
    HealthState,
    Manifest,
    Margin,
    Money,
    Pair,
    PluginScope,
    PluginSettings,
    Purpose,
    Rate,
    RateTable,
    Setup,
    Text,
    hookimpl,
)
from plugins.fx_manual.typed import Settings, TypedRate

MANIFEST = Manifest(
    key="fx_manual",
    name=Text("Typed exchange rates", "手工汇率", "手動匯率"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Rates typed by an operator, each with its day and its age; used for demonstrations",
        "由运营人员录入的汇率，注明日期与有效天数；用于演示",
        "由營運人員輸入的匯率，註明日期與有效天數；用於示範",
    ),
    provides=(Capability.RATES,),
    scope=PluginScope.PLATFORM,
    author="Haitao",
    licence="Apache-2.0",
)
PURPOSES = (Purpose.QUOTE, Purpose.CUSTOMS)


class TypedRates:
    """Publishes what the settings hold; a rate for a later day waits for its day."""

    key = "fx_manual"
    title = MANIFEST.name
    base = "*"

    def fetch_rates(self, ctx: Context, since: date | None) -> RateTable:
        """Return every typed rate, for quotes and for customs; none is ever fetched."""
        typed = ctx.settings.typed() if ctx.settings else ()
        today = ctx.now.date()
        rates = tuple(
            _rate(one, purpose) for one in typed if one.as_of <= today for purpose in PURPOSES
        )
        return RateTable(self.key, rates)


def _rate(one: TypedRate, purpose: Purpose) -> Rate:
    return Rate(
        Pair(one.base, one.quote),
        one.value,
        "fx_manual",
        one.as_of,
        max_age=timedelta(days=one.max_age_days),
        purpose=purpose,
    )


@hookimpl
def register_settings(setup: Setup) -> type[PluginSettings]:
    """The rates, a line each."""
    return Settings


@hookimpl
def register_fx_sources(setup: Setup) -> Iterable[FxSource]:
    """Hand over the typed rates as a source like any other."""
    return [TypedRates()]


@hookimpl
def offer_rate(ctx: Context, pair: Pair, at: datetime, purpose: Purpose) -> Rate | None:
    """Offer a typed rate ahead of every other source, where the operator asked for that."""
    if ctx.settings is None or not ctx.settings.first or purpose is Purpose.CUSTOMS:
        return None
    day = at.date()
    fitting = [
        one
        for one in ctx.settings.typed()
        if (one.base, one.quote) == (pair.base, pair.quote)
        and timedelta(0) <= day - one.as_of <= timedelta(days=one.max_age_days)
    ]
    newest = max(fitting, key=lambda one: one.as_of, default=None)
    return _rate(newest, purpose) if newest else None


@hookimpl
def add_fx_margin(ctx: Context, pair: Pair, amount: Money, purpose: Purpose) -> Iterable[Margin]:
    """Add the margin that the operator set; buyers see it."""
    percent = ctx.settings.margin_percent if ctx.settings else Decimal(0)
    if not percent or purpose is Purpose.CUSTOMS:
        return []
    return [Margin(percent, Text("Conversion margin", "汇率加点", "匯率加點"), "fx_manual")]


@hookimpl
def test_connection(ctx: Context) -> ConnectionReport:
    """Say how many rates are typed; nothing is connected to."""
    count = len(ctx.settings.typed()) if ctx.settings else 0
    return ConnectionReport(
        count > 0,
        Text(f"{count} rates are typed", f"已录入 {count} 条汇率", f"已輸入 {count} 筆匯率"),
    )


@hookimpl
def add_health(ctx: Context) -> Iterable[Health]:
    """Warn of rates that are too old to be used."""
    today = ctx.now.date()
    typed = ctx.settings.typed() if ctx.settings else ()
    old = [one for one in typed if today - one.as_of > timedelta(days=one.max_age_days)]
    if not old:
        return [
            Health("typed_rates", HealthState.OK, Text("Rates are usable", "汇率可用", "匯率可用"))
        ]
    names = ", ".join(f"{one.base}/{one.quote}" for one in old[:5])
    return [
        Health(
            "typed_rates",
            HealthState.DEGRADED,
            Text(f"Too old: {names}", f"已过期：{names}", f"已過期：{names}"),
            Text("Type newer rates", "请录入新汇率", "請輸入新匯率"),
        )
    ]
