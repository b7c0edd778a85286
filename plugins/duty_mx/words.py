"""What buyers and operators read, in three languages."""

from __future__ import annotations

from core.pluginapi import Text

COURIER = Text("Simplified courier entry", "快递简易报关", "快遞簡易報關")
GLOBAL = Text(
    "Global rate, duty and VAT together", "综合税（含关税和增值税）", "綜合稅（含關稅和加值稅）"
)

AT_DELIVERY = Text(
    "DAP: the courier pays at the border and collects from the recipient",
    "DAP：快递公司在边境缴纳后向收件人收取",
    "DAP：快遞公司在邊境繳納後向收件人收取",
)
FREE = Text(
    "DDP: neither duty nor VAT is collected at this value and origin",
    "DDP：该货值及原产地不征收关税和增值税",
    "DDP：該貨值及原產地不徵收關稅和加值稅",
)
PROCESSING = Text(
    "The customs processing fee (DTA) is not included",
    "未包含海关手续费（DTA）",
    "未包含海關手續費（DTA）",
)
NO_ORIGIN = Text(
    "No origin is given: the general rate is used",
    "未提供原产地：采用一般税率",
    "未提供原產地：採用一般稅率",
)
