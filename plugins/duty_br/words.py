"""What buyers and operators read, in three languages."""

from __future__ import annotations

from core.pluginapi import Text

SIMPLIFIED = Text("Simplified taxation", "简易征税", "簡易徵稅")
DUTY = Text("Import duty (II)", "进口税（II）", "進口稅（II）")
ICMS = Text("ICMS", "商品流通税（ICMS）", "商品流通稅（ICMS）")

WITH_ORDER = Text(
    "DDP: a certified site collects duty and ICMS with the order",
    "DDP：认证平台在下单时代收进口税和 ICMS",
    "DDP：認證平台在下單時代收進口稅和 ICMS",
)
AT_DELIVERY = Text(
    "DAP: the recipient pays duty and ICMS before delivery",
    "DAP：收件人在投递前缴纳进口税和 ICMS",
    "DAP：收件人在投遞前繳納進口稅和 ICMS",
)
NO_STATE = Text(
    "No state is given: ICMS is counted at 17 %, and some states take 20 %",
    "未提供州：ICMS 按 17% 计算，部分州为 20%",
    "未提供州：ICMS 按 17% 計算，部分州為 20%",
)

REFUSALS = {
    "state_tax_unknown": Text(
        "The sources differ on the ICMS of this state",
        "各来源对该州 ICMS 税率说法不一",
        "各來源對該州 ICMS 稅率說法不一",
    ),
}
