"""Whether the platform takes a country's tax with the order: IOSS, VOEC, OVR, GST registration."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.pluginapi.settings import PluginSettings, setting
from core.pluginapi.types.customs import ShipmentFacts
from core.shared.text import Text

FACT = "seller_registered"


class Registration(PluginSettings):
    """The one setting of a duty plug-in whose country lets a registered seller take the tax."""

    seller_registered: bool = setting(
        False,
        label=Text(
            "Registered to collect tax at the sale",
            "已注册销售时代收税款",
            "已註冊銷售時代收稅款",
        ),
        help=Text(
            "IOSS, VOEC, OVR or GST registration of the platform: the tax is then paid with the "
            "order (DDP), otherwise at the border",
            "平台已取得 IOSS、VOEC、OVR 或 GST 注册：税款随订单支付（DDP），否则在进口时支付",
            "平台已取得 IOSS、VOEC、OVR 或 GST 註冊：稅款隨訂單支付（DDP），否則在進口時支付",
        ),
    )


def with_registration(shipment: ShipmentFacts, settings: Any) -> ShipmentFacts:
    """Return the shipment with the fact ``seller_registered`` of the settings, unless stated."""
    if FACT in shipment.facts or not getattr(settings, FACT, False):
        return shipment
    return replace(shipment, facts={**shipment.facts, FACT: True})
