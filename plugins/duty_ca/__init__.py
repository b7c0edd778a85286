"""Import into Canada by courier or mail: thresholds by place of shipment, duty, GST or HST.

Rules and their sources are in ``rules.json``, the tariff seed is in ``tariff.csv``.
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
from plugins.duty_ca.regimes import Courier, Postal

MANIFEST = Manifest(
    key="duty_ca",
    name=Text("Duty and GST of Canada", "加拿大关税与销售税", "加拿大關稅與銷售稅"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Courier and mail: thresholds by place of shipment, duty, GST or HST by province, by dated "
        "rules with sources",
        "快递与邮件：按发货地适用免征额，关税及 GST 或省 HST，规则均注明日期与来源",
        "快遞與郵件：按發貨地適用免徵額，關稅及 GST 或省 HST，規則均註明日期與來源",
    ),
    provides=(Capability.DUTY,),
    scope=PluginScope.PLATFORM,
    author="Haitao",
    licence="Apache-2.0",
    default_on=True,
)


@hookimpl
def register_duty_regimes(setup: Setup) -> Iterable[DutyRegime]:
    """Hand over both regimes."""
    return [Courier(), Postal()]
