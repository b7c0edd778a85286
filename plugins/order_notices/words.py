"""What buyers are told, by step. ``{number}`` is the order's number; nothing else is filled in."""

from __future__ import annotations

from typing import NamedTuple

from core.pluginapi import Text


class Notice(NamedTuple):
    """Subject and body, both with ``{number}``."""

    subject: Text
    body: Text

    def about(self, number: str) -> Notice:
        """Return the notice about one order."""
        return Notice(_filled(self.subject, number), _filled(self.body, number))


def _filled(text: Text, number: str) -> Text:
    parts = (text.en, text.zh_hans, text.zh_hant)
    return Text(*(part.replace("{number}", number) for part in parts))


NOTICES = {
    "placed": Notice(
        Text("Order {number} is placed", "订单 {number} 已提交", "訂單 {number} 已成立"),
        Text(
            "We have your order {number}. It is kept for you until its payment is due; you find "
            "it under My orders.",
            "我们已收到您的订单 {number}。请在付款期限内完成支付，可在“我的订单”中查看。",
            "我們已收到您的訂單 {number}。請在付款期限內完成付款，可在「我的訂單」中查看。",
        ),
    ),
    "paid": Notice(
        Text("Order {number} is paid", "订单 {number} 已付款", "訂單 {number} 已付款"),
        Text(
            "Your payment for order {number} has arrived. We are getting your goods ready.",
            "订单 {number} 的付款已到账，我们正在为您备货。",
            "訂單 {number} 的款項已入帳，我們正在為您備貨。",
        ),
    ),
    "procured": Notice(
        Text("Goods of order {number} are ready", "订单 {number} 已备货", "訂單 {number} 已備貨"),
        Text(
            "The goods of order {number} are ready and will be declared and sent next.",
            "订单 {number} 的商品已备妥，接下来将申报并发货。",
            "訂單 {number} 的商品已備妥，接下來將申報並出貨。",
        ),
    ),
    "shipped": Notice(
        Text("Order {number} is on its way", "订单 {number} 已发货", "訂單 {number} 已出貨"),
        Text(
            "Order {number} was handed to the carrier. You can follow the parcel under My orders. "
            "Customs may ask you to confirm your identity.",
            "订单 {number} 已交给承运商，可在“我的订单”中查看物流轨迹。"
            "清关时可能需要您确认实名信息。",
            "訂單 {number} 已交給承運商，可在「我的訂單」中查看物流軌跡。"
            "清關時可能需要您確認實名資訊。",
        ),
    ),
    "delivered": Notice(
        Text("Order {number} was delivered", "订单 {number} 已送达", "訂單 {number} 已送達"),
        Text(
            "The carrier reports that order {number} was delivered. Please look at the goods, and "
            "tell us soon when something is wrong.",
            "承运商反馈订单 {number} 已送达。请及时验货，如有问题请尽快与我们联系。",
            "承運商回報訂單 {number} 已送達。請及時驗貨，如有問題請儘快與我們聯絡。",
        ),
    ),
    "completed": Notice(
        Text("Order {number} is completed", "订单 {number} 已完成", "訂單 {number} 已完成"),
        Text(
            "Order {number} is completed. Thank you.",
            "订单 {number} 已完成，感谢您的购买。",
            "訂單 {number} 已完成，感謝您的購買。",
        ),
    ),
    "cancelled": Notice(
        Text("Order {number} was cancelled", "订单 {number} 已取消", "訂單 {number} 已取消"),
        Text(
            "Order {number} was cancelled. What you may have paid for it is given back the way it "
            "came.",
            "订单 {number} 已取消。如已付款，款项将原路退回。",
            "訂單 {number} 已取消。如已付款，款項將循原付款方式退回。",
        ),
    ),
    "refunded": Notice(
        Text("Order {number} was refunded", "订单 {number} 已退款", "訂單 {number} 已退款"),
        Text(
            "The money of order {number} was given back the way it came. Your bank may need some "
            "days to show it.",
            "订单 {number} 的款项已原路退回，到账时间以银行为准。",
            "訂單 {number} 的款項已循原付款方式退回，入帳時間以銀行為準。",
        ),
    ),
}
"""The step, as in ``on_order_<step>``, and what is said of it."""
