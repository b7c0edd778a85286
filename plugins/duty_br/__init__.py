"""Import into Brazil, simplified: import duty by certified site, ICMS inside its own base.

Rules and their sources are in ``rules.json``.
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
from plugins.duty_br.regime import Simplified

MANIFEST = Manifest(
    key="duty_br",
    name=Text("Simplified import taxes of Brazil", "巴西简易进口税", "巴西簡易進口稅"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Import duty by certified site and value, ICMS by state, by dated rules with sources",
        "按认证平台和货值计征进口税、按州计征 ICMS，规则均注明日期与来源",
        "按認證平台和貨值計徵進口稅、按州計徵 ICMS，規則均註明日期與來源",
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
    return [Simplified()]
