"""Import into Switzerland. Import VAT, not levied where it is small."""

from __future__ import annotations

from collections.abc import Iterable

from core.pluginapi import Capability, DutyRegime, Manifest, PluginScope, Setup, Text, hookimpl
from plugins.duty_ch.regimes import ImportVat

MANIFEST = Manifest(
    key="duty_ch",
    name=Text("Duty and import tax of Switzerland", "瑞士进口税费", "瑞士進口稅費"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Import VAT, not levied where it is small, by dated rules with sources",
        "进口增值税，小额不征，规则均注明日期与来源",
        "進口加值稅，小額不徵，規則均註明日期與來源",
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
    return [ImportVat()]
