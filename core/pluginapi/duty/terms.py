"""Names of the values in formulas, in three languages, so that a formula reads as a sentence.

A formula is written in these names: ``(value + duty) × rate``. A name that is not listed is shown
as it is; the platform's own tests see to it that its regimes use none such.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.shared.text import Text

NAME = re.compile(r"[a-z][a-z0-9_]*")

TERMS: Mapping[str, Text] = {
    "amount": Text("amount", "金额", "金額"),
    "assessed": Text("assessed tax", "计得税额", "計得稅額"),
    "base": Text("base", "计税基础", "計稅基礎"),
    "basic_duty": Text("basic duty", "基本关税", "基本關稅"),
    "cap": Text("cap", "上限税率", "上限稅率"),
    "carrier": Text("carrier", "承运商", "承運商"),
    "consumption_tax": Text("consumption tax", "消费税", "消費稅"),
    "consumption_tax_full": Text("consumption tax in full", "消费税全额", "消費稅全額"),
    "count": Text("number", "数量", "數量"),
    "currency": Text("currency", "币种", "幣別"),
    "customs_value": Text("customs value", "海关完税价格", "海關完稅價格"),
    "deduction": Text("deduction", "扣除额", "扣除額"),
    "dutiable": Text("dutiable value", "完税价格", "完稅價格"),
    "duty": Text("duty", "关税", "關稅"),
    "duty_total": Text("all duties", "关税合计", "關稅合計"),
    "each": Text("amount each", "单位税额", "單位稅額"),
    "eu_duty": Text("the EU's duty", "欧盟关税", "歐盟關稅"),
    "exchange_rate": Text("exchange rate", "汇率", "匯率"),
    "exempt_up_to": Text("not collected up to", "免征额", "免徵額"),
    "expression": Text("tariff's duty", "税则税率", "稅則稅率"),
    "fraction": Text("share collected", "征收比例", "徵收比例"),
    "freight": Text("freight", "运费", "運費"),
    "goods": Text("goods", "货值", "貨值"),
    "inland": Text("inland transport", "境内运费", "境內運費"),
    "inland_transport": Text("inland transport", "境内运费", "境內運費"),
    "insurance": Text("insurance", "保险费", "保險費"),
    "items": Text("items", "件数", "件數"),
    "levy": Text("levy", "规费", "規費"),
    "limit": Text("limit", "限额", "限額"),
    "margin": Text("margin in percent", "加点（%）", "加點（%）"),
    "maximum": Text("maximum", "最高额", "最高額"),
    "mfn": Text("ordinary duty", "最惠国税率", "最惠國稅率"),
    "minimum": Text("minimum", "最低额", "最低額"),
    "national": Text("national part", "国税部分", "國稅部分"),
    "offer": Text("offer's price", "报价单价", "報價單價"),
    "per_litre": Text("tax by volume", "从量税额", "從量稅額"),
    "percent": Text("percentage", "百分比", "百分比"),
    "price": Text("price", "价格", "價格"),
    "quantity": Text("quantity", "数量", "數量"),
    "rate": Text("rate", "税率", "稅率"),
    "rate_source": Text("the rate is from", "税率来源", "稅率來源"),
    "service": Text("service", "服务", "服務"),
    "share": Text("share", "分摊比例", "分攤比例"),
    "subheading": Text("subheading", "子目", "子目"),
    "subheadings": Text("subheadings", "子目数", "子目數"),
    "surcharge": Text("surcharge", "附加税", "附加稅"),
    "tax": Text("tax", "税额", "稅額"),
    "total": Text("total", "合计", "合計"),
    "total_tax": Text("all taxes of the shipment", "全部税额", "全部稅額"),
    "total_value": Text("value of all lines", "全部货值", "全部貨值"),
    "tax_of_all_lines_at_this_rate": Text(
        "tax of all lines at this rate", "该税率全部商品税额", "該稅率全部商品稅額"
    ),
    "uk_duty": Text("the UK's duty", "英国关税", "英國關稅"),
    "unit": Text("unit", "单位", "單位"),
    "unit_price": Text("unit price", "单价", "單價"),
    "value": Text("value", "价值", "價值"),
    "value_of_subheading": Text("value of the subheading", "该子目货值", "該子目貨值"),
    "vat": Text("VAT", "增值税", "加值稅"),
}


def term(name: str) -> Text:
    """Return what ``name`` means; the name itself where it is not listed."""
    return TERMS.get(name) or Text(name)


def readable(formula: str) -> Text:
    """Return a formula with every name in the reader's words."""
    names = {name: term(name) for name in NAME.findall(formula)}
    return Text(
        *(
            NAME.sub(lambda found, code=code: names[found[0]].in_language(code), formula)  # type: ignore[misc]
            for code in ("en", "zh-hans", "zh-hant")
        )
    )
