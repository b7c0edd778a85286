"""Import into Australia. Goods of low value, and ordinary import."""

from __future__ import annotations

from collections.abc import Iterable

from core.pluginapi import (
    Capability,
    DutyRegime,
    Manifest,
    PluginScope,
    PluginSettings,
    Setup,
    Text,
    hookimpl,
)
from core.pluginapi.duty.registration import Registration
from plugins.duty_au.regimes import LowValue, Standard

MANIFEST = Manifest(
    key="duty_au",
    name=Text("Duty and import tax of Australia", "澳大利亚进口税费", "澳洲進口稅費"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Goods of low value, and ordinary import, by dated rules with sources",
        "低价值货物（由注册卖家代收 GST）与一般进口，规则均注明日期与来源",
        "低價值貨物（由註冊賣家代收 GST）與一般進口，規則均註明日期與來源",
    ),
    provides=(Capability.DUTY,),
    scope=PluginScope.PLATFORM,
    author="Haitao",
    licence="Apache-2.0",
    default_on=True,
)


@hookimpl
def register_settings(setup: Setup) -> type[PluginSettings]:
    """Whether the platform is registered for GST."""
    return Registration


@hookimpl
def register_duty_regimes(setup: Setup) -> Iterable[DutyRegime]:
    """Hand over the two regimes."""
    return [LowValue(), Standard()]
