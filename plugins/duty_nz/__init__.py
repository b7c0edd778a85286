"""Import into New Zealand. Low value, ordinary import, and the waiver until 2019."""

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
from plugins.duty_nz.regimes import LowValue, Standard, Waiver

MANIFEST = Manifest(
    key="duty_nz",
    name=Text("Duty and import tax of New Zealand", "新西兰进口税费", "紐西蘭進口稅費"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Low value, ordinary import, and the waiver until 2019, by dated rules with sources",
        "低价值货物、一般进口与 2019 年前的免征，规则均注明日期与来源",
        "低價值貨物、一般進口與 2019 年前的免徵，規則均註明日期與來源",
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
    """Hand over the three regimes."""
    return [LowValue(), Waiver(), Standard()]
