"""Import into the United Kingdom: up to GBP 135, gifts, ordinary import, Northern Ireland.

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
from plugins.duty_gb.gift import Gift
from plugins.duty_gb.low_value import LowValue
from plugins.duty_gb.standard import NorthernIreland, Standard

MANIFEST = Manifest(
    key="duty_gb",
    name=Text("Duty and VAT of the United Kingdom", "英国关税与增值税", "英國關稅與加值稅"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "VAT at the sale up to GBP 135, gifts, ordinary import with every duty layer, the choice "
        "of duty for Northern Ireland, with sources",
        "135 英镑以下销售增值税、礼品、含各层关税的普通进口、北爱尔兰关税选择，均注明来源",
        "135 英鎊以下銷售加值稅、禮品、含各層關稅的一般進口、北愛爾蘭關稅選擇，均註明來源",
    ),
    provides=(Capability.DUTY,),
    scope=PluginScope.PLATFORM,
    author="Haitao",
    licence="Apache-2.0",
    default_on=True,
)


@hookimpl
def register_duty_regimes(setup: Setup) -> Iterable[DutyRegime]:
    """Hand over the four regimes."""
    return [Gift(), LowValue(), NorthernIreland(), Standard()]
