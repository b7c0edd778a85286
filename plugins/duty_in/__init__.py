"""Import into India: basic customs duty, social welfare surcharge on it, IGST on all of it.

Rules and their sources are in ``rules.json``. No tariff by code is known: goods for a person and
goods by courier have flat rates, all else is refused until a tariff is imported.
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
from plugins.duty_in.regime import CourierImport

MANIFEST = Manifest(
    key="duty_in",
    name=Text("Duty and IGST of India", "印度关税与商品及服务税", "印度關稅與商品及服務稅"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Basic duty, social welfare surcharge and IGST, by dated rules with sources",
        "基本关税、社会福利附加税和 IGST，规则均注明日期与来源",
        "基本關稅、社會福利附加稅和 IGST，規則均註明日期與來源",
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
    return [CourierImport()]
