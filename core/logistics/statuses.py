"""The main statuses: rank, whether they end a parcel's way, and what people read."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from core.pluginapi import Status, Text


class StatusFacts(NamedTuple):
    """``rank`` decides between events of one instant; ``terminal`` ends a cycle."""

    rank: int
    terminal: bool
    label: Text


STATUSES: Mapping[Status, StatusFacts] = MappingProxyType(
    {
        Status.UNKNOWN: StatusFacts(0, False, Text("Not known", "未知", "未知")),
        Status.PENDING: StatusFacts(0, False, Text("Waiting for carrier data", "待查询", "待查詢")),
        Status.EXPIRED: StatusFacts(5, False, Text("No news", "长时间无更新", "長時間無更新")),
        Status.INFO_RECEIVED: StatusFacts(
            10, False, Text("Label created", "已下单待揽收", "已下單待攬收")
        ),
        Status.PICKED_UP: StatusFacts(20, False, Text("Picked up", "已揽收", "已攬收")),
        Status.IN_TRANSIT: StatusFacts(30, False, Text("In transit", "运输中", "運送中")),
        Status.CUSTOMS: StatusFacts(40, False, Text("In customs", "清关中", "清關中")),
        Status.OUT_FOR_DELIVERY: StatusFacts(
            60, False, Text("Out for delivery", "派送中", "派送中")
        ),
        Status.DELIVERY_FAILED: StatusFacts(
            62, False, Text("Delivery attempt failed", "投递未成功", "投遞未成功")
        ),
        Status.AVAILABLE_FOR_PICKUP: StatusFacts(
            65, False, Text("Ready for pickup", "待自提", "待自取")
        ),
        Status.EXCEPTION: StatusFacts(68, False, Text("Problem", "异常", "異常")),
        Status.RETURNING: StatusFacts(70, False, Text("Returning", "退回中", "退回中")),
        Status.DELIVERED: StatusFacts(90, True, Text("Delivered", "已签收", "已簽收")),
        Status.RETURNED: StatusFacts(91, True, Text("Returned to sender", "已退回", "已退回")),
        Status.CANCELLED: StatusFacts(92, True, Text("Cancelled", "已取消", "已取消")),
    }
)


def rank(status: Status) -> int:
    """Return a status's rank."""
    return STATUSES[status].rank


def label(status: Status) -> Text:
    """Return a status's name for people."""
    return STATUSES[status].label
