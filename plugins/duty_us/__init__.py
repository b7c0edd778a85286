"""Import into the United States: de minimis until 2025-08-28, informal and formal entry, mail.

The customs value is that of the goods without freight; duties are layers on it. Rules and their
sources are in ``rules.json``, the tariff seed is in ``tariff.csv``. A fee whose amount is not
established is left out of the totals and named; an operator's override of the rule supplies it.
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
from plugins.duty_us.entry import DeMinimis, Formal, Informal
from plugins.duty_us.postal import PostalSpecific

MANIFEST = Manifest(
    key="duty_us",
    name=Text("Duty of the United States", "美国关税", "美國關稅"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "De minimis until 2025-08-28, informal and formal entry with layers of duty and fees by "
        "fiscal year, mail, by dated rules with sources",
        "2025-08-28 前的小额免税、简易与正式申报（分层关税及按财年的费用）、邮件，"
        "规则均注明日期与来源",
        "2025-08-28 前的小額免稅、簡易與正式申報（分層關稅及按會計年度的費用）、郵件，"
        "規則均註明日期與來源",
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
    return [DeMinimis(), PostalSpecific(), Informal(), Formal()]
