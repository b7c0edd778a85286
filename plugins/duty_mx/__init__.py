"""Import into Mexico by courier, simplified: one global rate in place of duty and VAT.

Rules and their sources are in ``rules.json``. The courier's processing fee stands apart.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.pluginapi import (
    Capability,
    DutyRegime,
    Manifest,
    PluginScope,
    Setup,
    Text,
    hookimpl,
)
from plugins.duty_mx.regime import SimplifiedCourier

MANIFEST = Manifest(
    key="duty_mx",
    name=Text("Import into Mexico by courier", "墨西哥快递进口税", "墨西哥快遞進口稅"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Simplified courier entry: a global rate by origin and value, by dated rules with sources",
        "快递简易报关：按原产地和货值适用综合税率，规则均注明日期与来源",
        "快遞簡易報關：按原產地和貨值適用綜合稅率，規則均註明日期與來源",
    ),
    provides=(Capability.DUTY,),
    scope=PluginScope.PLATFORM,
    author="Haitao",
    licence="Apache-2.0",
    default_on=True,
)


@hookimpl
def register_duty_regimes(setup: Setup) -> Iterable[DutyRegime]:
    """Hand over the regime."""
    return [SimplifiedCourier()]
