"""What buyers and operators read, in three languages."""

from __future__ import annotations

from core.pluginapi import Text

LOW = Text(
    "Up to GBP 135, VAT at the sale", "135 英镑以下，销售时缴增值税", "135 英鎊以下，銷售時繳加值稅"
)
GIFT = Text("Gift between private persons", "私人之间的礼品", "私人之間的禮品")
STANDARD = Text("Ordinary import", "普通进口", "一般進口")
NORTHERN_IRELAND = Text("Import into Northern Ireland", "北爱尔兰进口", "北愛爾蘭進口")
VAT_AT_SALE = Text("VAT, paid with the order", "增值税（下单时支付）", "加值稅（下單時支付）")

REFUSALS = {
    "not_a_gift": Text(
        "The shipment is not said to be a gift", "该货件未声明为礼品", "該貨件未聲明為禮品"
    ),
    "is_gift": Text("A gift is assessed as such", "礼品按礼品规则计征", "禮品按禮品規則計徵"),
    "goods_excluded": Text(
        "Excise goods and perfume have no low-value procedure",
        "应税消费品和香水不适用低价值程序",
        "應稅消費品和香水不適用低價值程序",
    ),
    "not_northern_ireland": Text(
        "The destination is not Northern Ireland", "目的地不是北爱尔兰", "目的地不是北愛爾蘭"
    ),
    "northern_ireland": Text(
        "For Northern Ireland the UK duty is compared with the EU duty",
        "北爱尔兰须比较英国关税与欧盟关税",
        "北愛爾蘭須比較英國關稅與歐盟關稅",
    ),
    "eu_duty_missing": Text(
        "For Northern Ireland the UK duty and the EU duty must both be stated",
        "北爱尔兰须同时提供英国关税和欧盟关税",
        "北愛爾蘭須同時提供英國關稅和歐盟關稅",
    ),
}
