"""Which steps of an order a buyer is written to about."""

from __future__ import annotations

from core.pluginapi import PluginSettings, Text, setting


class Settings(PluginSettings):
    """One switch for each step. Procured is off: buyers can do nothing about it."""

    placed: bool = setting(True, label=Text("Order placed", "已下单", "已下單"))
    paid: bool = setting(True, label=Text("Paid", "已付款", "已付款"))
    procured: bool = setting(False, label=Text("Goods ready", "已备货", "已備貨"))
    shipped: bool = setting(True, label=Text("Shipped", "已发货", "已出貨"))
    delivered: bool = setting(True, label=Text("Delivered", "已送达", "已送達"))
    completed: bool = setting(True, label=Text("Completed", "已完成", "已完成"))
    cancelled: bool = setting(True, label=Text("Cancelled", "已取消", "已取消"))
    refunded: bool = setting(True, label=Text("Refunded", "已退款", "已退款"))
