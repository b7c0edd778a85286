"""Import into China: cross-border e-commerce, personal postal articles, general trade."""

from __future__ import annotations

from collections.abc import Iterable

from core.pluginapi import (
    Capability,
    Context,
    DutyRegime,
    Level,
    Manifest,
    PluginScope,
    Setup,
    ShipmentFacts,
    Text,
    Verdict,
    hookimpl,
)
from plugins.duty_cn.cbec import Full, Preferential
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

PROHIBITED = ("93", "2401", "3601", "3602", "3603", "3604", "3606")


@hookimpl
def register_duty_regimes(setup: Setup) -> Iterable[DutyRegime]:
    """Hand over the four regimes."""
    return [Preferential(), Full(), PostalArticles(), GeneralTrade()]


@hookimpl
def check_import(ctx: Context, shipment: ShipmentFacts) -> Verdict | None:
    """Deny what no person may import: weapons, ammunition, explosives, raw tobacco."""
    if shipment.country != "CN":
        return None
    for index, line in enumerate(shipment.lines):
        if line.hs_code.startswith(PROHIBITED):
            return Verdict(
                Level.DENY,
                "prohibited_goods",
                Text(
                    f"Line {index + 1} cannot be imported by a person (HS {line.hs_code[:4]})",
                    f"第 {index + 1} 行商品禁止个人进口（HS {line.hs_code[:4]}）",
                    f"第 {index + 1} 行商品禁止個人進口（HS {line.hs_code[:4]}）",
                ),
                {"path": f"$.shipment.lines[{index}].hs_code"},
            )
    return None
