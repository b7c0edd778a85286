"""The tariff that an operator types."""

from __future__ import annotations

from decimal import Decimal

from core.pluginapi import PluginSettings, Text, setting

COUNTRY = r"^[A-Z]{2}$"


class TariffRow(PluginSettings):
    """What one service costs on one way: the first weight, then each step begun. Grams."""

    title: str = setting(label=Text("Service", "服务", "服務"), min_length=1, max_length=60)
    origin: str = setting(label=Text("Origin country", "始发国", "始發國"), pattern=COUNTRY)
    destination: str = setting(
        label=Text("Destination country", "目的国", "目的國"), pattern=COUNTRY
    )
    first_grams: int = setting(
        500, label=Text("First weight (g)", "首重(克)", "首重(克)"), ge=1, le=1_000_000
    )
    first_price: Decimal = setting(
        label=Text("Price of the first weight", "首重价格", "首重價格"), ge=0, le=1_000_000
    )
    step_grams: int = setting(
        500, label=Text("Weight of a step (g)", "续重(克)", "續重(克)"), ge=1, le=1_000_000
    )
    step_price: Decimal = setting(
        label=Text("Price of a step", "续重价格", "續重價格"), ge=0, le=1_000_000
    )
    max_grams: int = setting(
        30_000, label=Text("Heaviest parcel (g)", "限重(克)", "限重(克)"), ge=1, le=1_000_000
    )
    currency: str = setting(label=Text("Currency", "币种", "幣別"), pattern=r"^[A-Z]{3}$")
    days_min: int = setting(7, label=Text("Fastest (days)", "最快(天)", "最快(天)"), ge=0, le=180)
    days_max: int = setting(15, label=Text("Slowest (days)", "最慢(天)", "最慢(天)"), ge=0, le=180)


class Settings(PluginSettings):
    """The rows of the tariff; without rows the plug-in quotes nothing."""

    tariff: tuple[TariffRow, ...] = setting(
        (),
        label=Text("Tariff", "运费表", "運費表"),
        help=Text(
            "One row for each service and way. Prices are yours to state and to keep.",
            "每条线路的每种服务一行，价格由您填写并维护。",
            "每條路線的每種服務一列，價格由您填寫並維護。",
        ),
        max_length=200,
    )
