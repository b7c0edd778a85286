"""What buyers and operators read, in three languages."""

from __future__ import annotations

from core.pluginapi import Text

FLAT = Text(
    "Low value, EUR 3 for each subheading",
    "低价值货件，每个税目 3 欧元",
    "低價值貨件，每個稅目 3 歐元",
)
RELIEF = Text("Low value, free of duty", "低价值货件，免关税", "低價值貨件，免關稅")
STANDARD = Text("Ordinary import", "普通进口", "一般進口")
VAT_AT_SALE = Text("VAT, paid with the order", "增值税（下单时支付）", "加值稅（下單時支付）")
HANDLING = Text("National handling fee", "成员国处理费", "成員國處理費")
HANDLING_UNKNOWN = Text(
    "The country takes a handling fee beside duty and VAT: {amount} {currency} each {per}",
    "除关税和增值税外，该国另收处理费：每{per} {amount} {currency}",
    "除關稅和加值稅外，該國另收處理費：每{per} {amount} {currency}",
)
UNITS = {
    "consignment": Text("consignment", "货件", "貨件"),
    "subheading": Text("subheading", "税目", "稅目"),
}

REFUSALS = {
    "vat_territory": Text(
        "The address is in a territory where the VAT of the member state does not hold",
        "该地址位于不适用成员国增值税的特殊地区",
        "該地址位於不適用成員國加值稅的特殊地區",
    ),
    "hs_code_missing": Text(
        "The flat duty counts subheadings: give each line's HS code, six digits at least",
        "定额关税按税目计算：请为每个商品提供至少六位的商品编码（HS）",
        "定額關稅按稅目計算：請為每個商品提供至少六位的稅則號別（HS）",
    ),
    "goods_excluded": Text(
        "Alcohol, perfume and tobacco have no relief",
        "酒类、香水和烟草不享受免税",
        "酒類、香水和菸草不享有免稅",
    ),
}
