"""What an operator sets for a C2C channel."""

from __future__ import annotations

from decimal import Decimal

from core.pluginapi import PluginSettings, Text, setting


class Settings(PluginSettings):
    """The disclosed fee, the limits of personal use, the first carrier."""

    fee_percent: Decimal = setting(
        Decimal("8"),
        label=Text("Shopper's fee (%)", "买手服务费(%)", "買手服務費(%)"),
        help=Text(
            "Percentage of the goods, shown to the buyer as an amount of its own.",
            "按商品金额收取的百分比，作为单独一项向买家列明。",
            "按商品金額收取的百分比，作為單獨一項向買家列明。",
        ),
        ge=0,
        le=50,
        decimal_places=2,
    )
    fee_minimum: Decimal = setting(
        Decimal("20"),
        label=Text("Lowest fee", "最低服务费", "最低服務費"),
        help=Text(
            "In the channel's currency; used for quotes in that currency.",
            "以渠道币种计，用于该币种的报价单。",
            "以通路幣種計，用於該幣種的報價單。",
        ),
        ge=0,
        le=100000,
        decimal_places=2,
    )
    max_per_item: int = setting(
        6,
        label=Text("Most pieces of one item", "单个商品最多件数", "單個商品最多件數"),
        help=Text(
            "Customs takes more than this for trade, not personal use.",
            "超过此件数海关视为贸易而非自用。",
            "超過此件數海關視為貿易而非自用。",
        ),
        ge=1,
        le=99,
    )
    max_per_order: int = setting(
        12,
        label=Text("Most pieces an order", "每单最多件数", "每單最多件數"),
        help=Text(
            "All items of one parcel together.",
            "同一包裹内所有商品合计。",
            "同一包裹內所有商品合計。",
        ),
        ge=1,
        le=199,
    )
    carrier: str = setting(
        "s10",
        label=Text("First carrier", "首段承运商", "首段承運商"),
        help=Text(
            "Key of the carrier by which shoppers post parcels.",
            "买手寄送包裹所用的承运商代码。",
            "買手寄送包裹所用的承運商代碼。",
        ),
        max_length=40,
    )
