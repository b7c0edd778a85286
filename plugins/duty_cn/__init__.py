"""Import into China: cross-border e-commerce, personal postal articles, general trade."""

from __future__ import annotations

from collections.abc import Iterable

from core.pluginapi import (
    Capability,
    Context,
    DutyRegime,
    Manifest,
    PluginScope,
    RuleSet,
    Setup,
    ShipmentFacts,
    Text,
    Verdict,
    hookimpl,
)
from plugins.duty_cn.cbec import Full, Preferential
from plugins.duty_cn.classes import judge
from plugins.duty_cn.postal import PostalArticles
from plugins.duty_cn.trade import GeneralTrade

MANIFEST = Manifest(
    key="duty_cn",
    name=Text("Duty and import tax of China", "中国进口税费", "中國進口稅費"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Cross-border e-commerce import, personal postal articles and general trade, by dated "
        "rules with sources",
        "跨境电商零售进口、行邮物品与一般贸易，规则均注明日期与来源",
        "跨境電商零售進口、行郵物品與一般貿易，規則均註明日期與來源",
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
    return [Preferential(), Full(), PostalArticles(), GeneralTrade()]


@hookimpl
def check_import(ctx: Context, shipment: ShipmentFacts, rules: RuleSet) -> Verdict | None:
    """Deny what no person may import; hold what needs a paper that is not there."""
    return judge(shipment, rules) if shipment.country == "CN" else None
