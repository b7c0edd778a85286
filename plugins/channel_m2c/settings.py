"""What an operator sets for an M2C channel."""

from __future__ import annotations

from core.pluginapi import PluginSettings, Text, setting


class Settings(PluginSettings):
    """Limits and the first carrier."""

    max_per_item: int = setting(
        20,
        label=Text("Most pieces of one item", "单个商品最多件数", "單個商品最多件數"),
        help=Text(
            "More than this in one order is held as not for personal use.",
            "单笔订单超过此件数视为非个人自用。",
            "單筆訂單超過此件數視為非個人自用。",
        ),
        ge=1,
        le=999,
    )
    carrier: str = setting(
        "manual",
        label=Text("First carrier", "首段承运商", "首段承運商"),
        help=Text(
            "Key of the carrier that takes the parcel from the brand.",
            "从品牌方揽收包裹的承运商代码。",
            "從品牌方攬收包裹的承運商代碼。",
        ),
        max_length=40,
    )
