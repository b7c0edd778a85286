"""Import into Taiwan. Small values free six times in a half-year, and taxed import."""

from __future__ import annotations

from collections.abc import Iterable

from core.pluginapi import Capability, DutyRegime, Manifest, PluginScope, Setup, Text, hookimpl
from plugins.duty_tw.regimes import Postal

MANIFEST = Manifest(
    key="duty_tw",
    name=Text("Duty and import tax of Taiwan", "台湾进口税费", "台灣進口稅費"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Small values free six times in a half-year, and taxed import, by dated rules with sources",
        "小额免税（半年内六次）与应税进口，规则均注明日期与来源",
        "小額免稅（半年內六次）與應稅進口，規則均註明日期與來源",
    ),
    provides=(Capability.DUTY,),
    scope=PluginScope.PLATFORM,
    author="Haitao",
    licence="Apache-2.0",
    default_on=True,
)


@hookimpl
def register_duty_regimes(setup: Setup) -> Iterable[DutyRegime]:
    """Hand over the one regime."""
    return [Postal()]
