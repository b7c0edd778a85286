"""Import into Japan. The exemption of small values, and ordinary import."""

from __future__ import annotations

from collections.abc import Iterable

from core.pluginapi import Capability, DutyRegime, Manifest, PluginScope, Setup, Text, hookimpl
from plugins.duty_jp.regimes import Exemption, Standard

MANIFEST = Manifest(
    key="duty_jp",
    name=Text("Duty and import tax of Japan", "日本进口税费", "日本進口稅費"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "The exemption of small values, and ordinary import, by dated rules with sources",
        "小额免税与一般进口，规则均注明日期与来源",
        "小額免稅與一般進口，規則均註明日期與來源",
    ),
    provides=(Capability.DUTY,),
    scope=PluginScope.PLATFORM,
    author="Haitao",
    licence="Apache-2.0",
    default_on=True,
)


@hookimpl
def register_duty_regimes(setup: Setup) -> Iterable[DutyRegime]:
    """Hand over the two regimes."""
    return [Exemption(), Standard()]
