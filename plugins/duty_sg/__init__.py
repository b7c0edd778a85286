"""Import into Singapore. Import relief, GST charged by the vendor, and import GST."""

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
from plugins.duty_sg.regimes import ImportGst, ImportRelief, VendorGst

MANIFEST = Manifest(
    key="duty_sg",
    name=Text("Duty and import tax of Singapore", "新加坡进口税费", "新加坡進口稅費"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Import relief, GST charged by the vendor, and import GST, by dated rules with sources",
        "进口免征、卖家代收 GST 与进口 GST，规则均注明日期与来源",
        "進口免徵、賣家代收 GST 與進口 GST，規則均註明日期與來源",
    ),
    provides=(Capability.DUTY,),
    scope=PluginScope.PLATFORM,
    author="Haitao",
    licence="Apache-2.0",
    default_on=True,
)


@hookimpl
def register_settings(setup: Setup) -> type[PluginSettings]:
    """Whether the platform is registered for GST on goods of low value (OVR)."""
    return Registration


@hookimpl
def register_duty_regimes(setup: Setup) -> Iterable[DutyRegime]:
    """Hand over the three regimes."""
    return [VendorGst(), ImportRelief(), ImportGst()]
