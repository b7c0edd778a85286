"""What buyers and operators read, in three languages."""

from __future__ import annotations

from core.pluginapi import Text

COURIER = Text("Import by courier or for a person", "快递或个人进口", "快遞或個人進口")
BCD = Text("Basic customs duty", "基本关税", "基本關稅")
SWS = Text("Social welfare surcharge", "社会福利附加税", "社會福利附加稅")
IGST = Text("IGST", "综合商品及服务税（IGST）", "綜合商品及服務稅（IGST）")

AT_DELIVERY = Text(
    "DAP: the courier or the post collects duty and tax from the recipient",
    "DAP：关税和税款由快递公司或邮政向收件人收取",
    "DAP：關稅和稅款由快遞公司或郵政向收件人收取",
)
FLAT = Text(
    "The flat rates of the rule are used, not those of the tariff",
    "采用规则规定的统一税率，而非税则税率",
    "採用規則規定的統一稅率，而非稅則稅率",
)
