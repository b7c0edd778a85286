"""Import into Hong Kong. A free port: excise goods apart, nothing is collected."""

from __future__ import annotations

from collections.abc import Iterable

from core.pluginapi import Capability, DutyRegime, Manifest, PluginScope, Setup, Text, hookimpl
from plugins.duty_hk.regimes import FreePort

MANIFEST = Manifest(
    key="duty_hk",
    name=Text("Duty and import tax of Hong Kong", "香港进口税费", "香港進口稅費"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "A free port: excise goods apart, nothing is collected, by dated rules with sources",
        "自由港：除应课税品外不征税，规则均注明日期与来源",
        "自由港：除應課稅品外不徵稅，規則均註明日期與來源",
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
    return [FreePort()]
