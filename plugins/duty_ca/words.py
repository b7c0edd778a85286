"""What buyers and operators read, in three languages."""

from __future__ import annotations

from core.pluginapi import Text

COURIER = Text("Import by courier", "快递进口", "快遞進口")
POSTAL = Text("Import by mail", "邮件进口", "郵件進口")
GST = Text("GST or HST", "商品及服务税（GST/HST）", "商品及服務稅（GST/HST）")

FREE = Text(
    "DDP: nothing is collected up to this value",
    "DDP：该货值以下不征收税费",
    "DDP：該貨值以下不徵收稅費",
)
AT_DELIVERY = Text(
    "DAP: the courier or the post collects duty and tax from the recipient",
    "DAP：关税和税款由快递公司或邮政向收件人收取",
    "DAP：關稅和稅款由快遞公司或郵政向收件人收取",
)
NO_PROVINCE = Text(
    "No province is given: the federal tax alone is counted",
    "未提供省份：仅计联邦税",
    "未提供省份：僅計聯邦稅",
)
PROVINCE_BESIDE = Text(
    "The province's own sales tax is not included",
    "未包含该省自行征收的销售税",
    "未包含該省自行徵收的銷售稅",
)
SURTAXES = Text(
    "Surtaxes by origin and preferences are not included",
    "未包含按原产地征收的附加税及优惠税率",
    "未包含按原產地徵收的附加稅及優惠稅率",
)
