"""Import into South Korea. Goods for personal use, free up to a limit in US dollars."""

from __future__ import annotations

from collections.abc import Iterable

from core.pluginapi import Capability, DutyRegime, Manifest, PluginScope, Setup, Text, hookimpl
from plugins.duty_kr.regimes import Personal

MANIFEST = Manifest(
    key="duty_kr",
    name=Text("Duty and import tax of South Korea", "韩国进口税费", "韓國進口稅費"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Goods for personal use, free up to a limit in US dollars, by dated rules with sources",
        "个人自用物品，在美元限额内免税，规则均注明日期与来源",
        "個人自用物品，在美元限額內免稅，規則均註明日期與來源",
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
    return [Personal()]
