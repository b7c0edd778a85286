"""What buyers and operators read of any regime, in three languages."""

from __future__ import annotations

from collections.abc import Mapping

from core.pluginapi.types.customs import ChargeKind
from core.shared.text import Text

LABELS: Mapping[ChargeKind, Text] = {
    ChargeKind.DUTY: Text("Duty", "关税", "關稅"),
    ChargeKind.CONSUMPTION_TAX: Text("Consumption tax", "消费税", "消費稅"),
    ChargeKind.VAT: Text("Import VAT", "进口增值税", "進口加值稅"),
    ChargeKind.POSTAL_TAX: Text("Tax on postal articles", "行邮税", "行郵稅"),
    ChargeKind.FEE: Text("Customs fee", "海关费用", "海關費用"),
}

TOO_LARGE = Text(
    "Values and rates make an amount that is too large to be counted",
    "货值与税率相乘的金额过大，无法计算",
    "貨值與稅率相乘的金額過大，無法計算",
)

REFUSALS: Mapping[str, Text] = {
    "no_rule": Text(
        "No rule is known for that day", "该日期没有适用的规则", "該日期沒有適用的規則"
    ),
    "currency_not_supported": Text(
        "The authority counts in another currency",
        "该海关以其他币种计征",
        "該海關以其他幣別計徵",
    ),
    "other_mode": Text(
        "Not open to this way of import", "不适用于该进口方式", "不適用於該進口方式"
    ),
    "above_limit": Text(
        "The value is above the limit of this procedure",
        "货值超过该通关方式的限额",
        "貨值超過該通關方式的限額",
    ),
    "within_limit": Text(
        "The value is within the limit of a simpler procedure",
        "货值在更简便通关方式的限额以内",
        "貨值在更簡便通關方式的限額以內",
    ),
    "invalid_input": Text(
        "A value that the rule needs is missing or cannot be used",
        "缺少规则所需的数据或数据无效",
        "缺少規則所需的資料或資料無效",
    ),
    "hs_missing": Text(
        "A line has no HS code, so its rates are unknown",
        "有商品缺少商品编码（HS），无法确定税率",
        "有商品缺少稅則號別（HS），無法確定稅率",
    ),
    "tariff_unknown": Text(
        "The tariff states no rate for a line",
        "税则中没有某商品的税率",
        "稅則中沒有某商品的稅率",
    ),
    "tariff_ambiguous": Text(
        "A line's HS code covers national lines with different rates; give the longer code",
        "某商品的编码下各税目税率不同，请提供更长的编码",
        "某商品的稅號下各稅目稅率不同，請提供更長的稅號",
    ),
    "tariff_unreadable": Text(
        "The tariff states a line's duty in words that cannot be computed",
        "税则中某商品的税率无法计算",
        "稅則中某商品的稅率無法計算",
    ),
    "quantity_missing": Text(
        "A duty by quantity needs the weight, volume or count of a line",
        "从量计征需要商品的重量、容量或件数",
        "從量計徵需要商品的重量、容量或件數",
    ),
    "rate_missing": Text(
        "A rate of exchange that the rule needs is missing",
        "缺少规则所需的汇率",
        "缺少規則所需的匯率",
    ),
    "excise_goods": Text(
        "Excise goods are outside of this procedure",
        "应征消费税的商品不适用该通关方式",
        "應徵消費稅的商品不適用該通關方式",
    ),
    "excise_rate_missing": Text(
        "A line is excise goods, and its excise is unknown",
        "应税消费品缺少消费税税率",
        "應稅消費品缺少消費稅稅率",
    ),
}
