"""Import into Norway. VAT charged at the sale (VOEC), and import at the border."""

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
from plugins.duty_no.regimes import Border, Voec

MANIFEST = Manifest(
    key="duty_no",
    name=Text("Duty and import tax of Norway", "挪威进口税费", "挪威進口稅費"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "VAT charged at the sale (VOEC), and import at the border, by dated rules with sources",
        "销售时代收增值税（VOEC）与边境征税，规则均注明日期与来源",
        "銷售時代收加值稅（VOEC）與邊境徵稅，規則均註明日期與來源",
    ),
    provides=(Capability.DUTY,),
    scope=PluginScope.PLATFORM,
    author="Haitao",
    licence="Apache-2.0",
    default_on=True,
)


@hookimpl
def register_settings(setup: Setup) -> type[PluginSettings]:
    """Whether the platform is registered for VOEC."""
    return Registration


@hookimpl
def register_duty_regimes(setup: Setup) -> Iterable[DutyRegime]:
    """Hand over the two regimes."""
    return [Voec(), Border()]
