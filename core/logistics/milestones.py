"""The milestones: each belongs to exactly one main status, and has a name for people."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from core.pluginapi import Status, Text


class Milestone(NamedTuple):
    """What an event means. ``action`` is what somebody has to do now, or an empty text."""

    status: Status
    label: Text
    action: str = ""


_TABLE: Mapping[Status, str] = {
    Status.INFO_RECEIVED: """
purchased | Bought in the shop | 已在店内购得 | 已於店內購得
order_created | Order received by the carrier | 承运商已接单 | 承運商已接單
label_created | Label created | 已创建运单 | 已建立託運單
seller_packed | Packed | 已打包 | 已包裝
bonded_stock_in | In the bonded warehouse | 已入保税仓 | 已入保稅倉
bonded_picked | Picked in the bonded warehouse | 保税仓已拣货 | 保稅倉已揀貨
pickup_failed | Collection failed | 揽收未成功 | 攬收未成功
""",
    Status.PICKED_UP: """
drop_off | Handed in | 已交寄 | 已交寄
pickup_ok | Collected by the carrier | 已揽收 | 已攬收
""",
    Status.IN_TRANSIT: """
warehouse_in | Arrived at the warehouse | 已到达仓库 | 已到達倉庫
warehouse_out | Left the warehouse | 已出库 | 已出庫
origin_hub_in | Arrived at the origin hub | 已到达始发分拨中心 | 已到達始發轉運中心
origin_hub_out | Left the origin hub | 已离开始发分拨中心 | 已離開始發轉運中心
export_released | Released by export customs | 出口已放行 | 出口已放行
linehaul_handed | Handed to the line haul | 已交干线承运 | 已交幹線承運
linehaul_departed | Left the origin country | 已离开始发国 | 已離開始發國
linehaul_arrived | Arrived in the destination country | 已到达目的国 | 已到達目的國
transit_country_in | Arrived in a transit country | 已到达中转国 | 已到達轉運國
transit_country_out | Left the transit country | 已离开中转国 | 已離開轉運國
import_released | Released by import customs | 清关完成已放行 | 清關完成已放行
bonded_released | Released from the bonded zone | 保税区已放行 | 保稅區已放行
handed_to_last_mile | Handed to the delivering carrier | 已转交末端配送 | 已轉交末端配送
last_mile_accepted | Taken by the delivering carrier | 末端配送已接收 | 末端配送已接收
dest_hub_in | Arrived at the destination hub | 已到达目的地分拨中心 | 已到達目的地轉運中心
dest_hub_out | Left the destination hub | 已离开目的地分拨中心 | 已離開目的地轉運中心
delivery_office | Arrived at the delivery office | 已到达派送网点 | 已到達派送站點
rerouted | Sent another way | 已改派 | 已改派
""",
    Status.CUSTOMS: """
export_presented | Presented to export customs | 出口清关中 | 出口清關中
export_held | Held by export customs | 出口海关扣留 | 出口海關扣留 | operator
transit_customs | In customs of a transit country | 中转国清关中 | 轉運國清關中
import_presented | Presented to import customs | 进口清关中 | 進口清關中
import_declared | Declared to import customs | 已向海关申报 | 已向海關申報
import_inspection | Inspected by customs | 海关查验中 | 海關查驗中
import_held | Held by import customs | 进口海关扣留 | 進口海關扣留 | operator
import_docs_needed | Customs needs documents | 海关需补充资料 | 海關需補充資料 | buyer_docs
duty_due | Duty is due | 待缴税款 | 待繳稅款 | buyer_pay_duty
duty_paid | Duty paid | 税款已缴 | 稅款已繳
""",
    Status.EXCEPTION: """
import_refused | Refused by import customs | 海关退单 | 海關退單 | operator
damaged | Damaged | 破损 | 破損 | operator
lost | Lost | 丢失 | 遺失 | operator
destroyed | Destroyed | 已销毁 | 已銷毀 | operator
seized | Seized by customs | 海关没收 | 海關沒收 | operator
refused | Refused by the recipient | 拒收 | 拒收 | operator
address_problem | Address problem | 地址有误 | 地址有誤 | buyer_address
delayed_weather | Delayed by weather | 天气延误 | 天候延誤
delayed_capacity | Delayed: no capacity | 运力不足延误 | 運能不足延誤
delayed_other | Delayed | 延误 | 延誤
""",
    Status.PENDING: """
tracking_started | Tracking started | 已开始跟踪 | 已開始追蹤
""",
    Status.OUT_FOR_DELIVERY: """
out_for_delivery | Out for delivery | 派送中 | 派送中
""",
    Status.DELIVERY_FAILED: """
attempt_failed | Delivery attempt failed | 投递未成功 | 投遞未成功
rescheduled | Delivery rescheduled | 已改约派送 | 已改約派送
""",
    Status.AVAILABLE_FOR_PICKUP: """
pickup_point_in | At the pickup point | 已到自提点 | 已到取貨點 | buyer_collect
pickup_notified | Ready for pickup | 待自提 | 待自取 | buyer_collect
pickup_overdue | Pickup overdue | 超时未取 | 逾時未取 | buyer_collect
""",
    Status.DELIVERED: """
delivered_recipient | Delivered to the recipient | 本人已签收 | 本人已簽收
delivered_other | Delivered to a neighbour, guard or locker | 他人代收 | 他人代收
collected | Collected by the recipient | 已取件 | 已取件
""",
    Status.RETURNING: """
return_started | Return started | 退回中 | 退回中
return_in_transit | Return under way | 退回运输中 | 退回運送中
""",
    Status.RETURNED: """
return_done | Returned to the sender | 已退回寄件人 | 已退回寄件人
""",
    Status.CANCELLED: """
cancelled | Cancelled | 已取消 | 已取消
""",
    Status.EXPIRED: """
no_news | No news for a long time | 长时间无更新 | 長時間無更新
""",
}
"""One milestone a line: key, name in English, zh-Hans and zh-Hant, and the action if any."""


def _read_table() -> dict[str, Milestone]:
    found: dict[str, Milestone] = {}
    for status, lines in _TABLE.items():
        for line in lines.strip().splitlines():
            key, en, hans, hant, *action = (cell.strip() for cell in line.split("|"))
            found[key] = Milestone(status, Text(en, hans, hant), "".join(action))
    return found


MILESTONES: Mapping[str, Milestone] = MappingProxyType(_read_table())

ENDINGS = frozenset({"lost", "destroyed", "seized"})
"""Problems that end a parcel's way as surely as a delivery does."""

NEW_CYCLE = frozenset({"order_created", "label_created"})
"""A new label after a problem, a return or a delivery begins again."""

AFTER_THE_END = frozenset({"return_started", "damaged", "lost"}) | NEW_CYCLE
"""What alone may move a parcel whose way has ended."""

ACTIONS: Mapping[str, Text] = MappingProxyType(
    {
        "buyer_pay_duty": Text("Pay the duty", "请缴纳税款", "請繳納稅款"),
        "buyer_id": Text("Give your identity data", "请补充实名信息", "請補充實名資訊"),
        "buyer_docs": Text("Send the documents", "请补充资料", "請補充資料"),
        "buyer_collect": Text("Collect the parcel", "请取件", "請取件"),
        "buyer_address": Text("Correct the address", "请更正地址", "請更正地址"),
        "seller_docs": Text(
            "The seller has to send documents", "等待卖家补充资料", "等待賣家補充資料"
        ),
        "operator": Text("We are looking into it", "客服处理中", "客服處理中"),
    }
)


def status_of(milestone: str | None) -> Status | None:
    """Return the main status of a milestone, or None when it is not one."""
    known = MILESTONES.get(milestone or "")
    return known.status if known else None
