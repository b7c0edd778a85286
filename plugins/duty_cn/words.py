"""What buyers and operators read, in three languages."""

from __future__ import annotations

from core.pluginapi import Text

PREFERENTIAL = Text(
    "Cross-border e-commerce retail import, preferential",
    "跨境电商零售进口（限额内优惠）",
    "跨境電商零售進口（限額內優惠）",
)
FULL = Text(
    "Cross-border e-commerce retail import, full tax",
    "跨境电商零售进口（全额征税）",
    "跨境電商零售進口（全額徵稅）",
)
POSTAL = Text("Personal postal articles", "行邮（个人邮递物品）", "行郵（個人郵遞物品）")
TRADE = Text("General trade", "一般贸易", "一般貿易")

DUTY = Text("Duty", "关税", "關稅")
CONSUMPTION = Text("Consumption tax", "消费税", "消費稅")
VAT = Text("Import VAT", "进口增值税", "進口加值稅")
POSTAL_TAX = Text("Tax on postal articles", "行邮税", "行郵稅")

OTHER_MODE = Text(
    "Not open to this way of import",
    "不适用于该进口方式",
    "不適用於該進口方式",
)
LISTED_UNKNOWN = Text(
    "Whether all goods are on the positive list was not checked",
    "未核对全部商品是否在正面清单内",
    "未核對全部商品是否在正面清單內",
)

REFUSALS = {
    "other_mode": OTHER_MODE,
    "no_rule": Text(
        "No rule is known for that day", "该日期没有适用的规则", "該日期沒有適用的規則"
    ),
    "currency_not_supported": Text(
        "China assesses in yuan: give the amounts in CNY",
        "中国海关以人民币计征，请以人民币提供金额",
        "中國海關以人民幣計徵，請以人民幣提供金額",
    ),
    "not_on_positive_list": Text(
        "Goods are not on the list for cross-border e-commerce retail import",
        "商品不在跨境电商零售进口商品清单内",
        "商品不在跨境電商零售進口商品清單內",
    ),
    "identity_not_verified": Text(
        "The buyer's identity is not verified, and the payer is another person",
        "订购人身份未验证，且支付人非订购人",
        "訂購人身分未驗證，且支付人非訂購人",
    ),
    "order_fee_not_sum": Text(
        "The order's amount is not the goods' plus the freight's",
        "订单金额不等于商品金额与运费之和",
        "訂單金額不等於商品金額與運費之和",
    ),
    "order_payment_mismatch": Text(
        "The amount paid is not the order's amount",
        "支付金额与订单金额不一致",
        "支付金額與訂單金額不一致",
    ),
    "person_year_quantity_exceeded": Text(
        "More than one person may buy of these goods in a year",
        "超过该商品个人年度限量",
        "超過該商品個人年度限量",
    ),
    "annual_limit_exceeded": Text(
        "The order exceeds what is left of the buyer's annual quota",
        "超过个人年度额度",
        "超過個人年度額度",
    ),
    "single_limit_exceeded": Text(
        "The order exceeds the limit of one transaction",
        "超过单次交易限值",
        "超過單次交易限值",
    ),
    "single_limit_exceeded_multiple_articles": Text(
        "The order exceeds the limit of one transaction; split it into several orders",
        "多件商品合计超过单次交易限值，请拆分为多笔订单",
        "多件商品合計超過單次交易限值，請拆分為多筆訂單",
    ),
    "above_single_limit": Text(
        "One article above the limit of a transaction is taxed in full",
        "单件商品超过单次交易限值，按全额征税",
        "單件商品超過單次交易限值，按全額徵稅",
    ),
    "within_single_limit": Text(
        "Within the limit of a transaction the preferential tax applies",
        "未超过单次交易限值，适用优惠税率",
        "未超過單次交易限值，適用優惠稅率",
    ),
    "parcel_limit_exceeded_multiple_articles": Text(
        "Several articles exceed the limit of a parcel; send them in several parcels",
        "多件物品合计超过单个包裹限值，请分包裹寄递",
        "多件物品合計超過單個包裹限值，請分包裹寄遞",
    ),
    "not_for_personal_use": Text(
        "Postal articles are for personal use only",
        "行邮物品仅限个人自用",
        "行郵物品僅限個人自用",
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
    "quantity_missing": Text(
        "A tax per litre needs the volume of a line",
        "从量计征需要商品容量",
        "從量計徵需要商品容量",
    ),
    "net_content_missing": Text(
        "The value test of cosmetics needs the net content of a line",
        "化妆品从价判定需要净含量",
        "化妝品從價判定需要淨含量",
    ),
    "excise_rate_missing": Text(
        "A line is excise goods, and its consumption tax rate is unknown",
        "应税消费品缺少消费税税率",
        "應稅消費品缺少消費稅稅率",
    ),
    "cbec_open": Text(
        "Cross-border e-commerce import is open to this shipment",
        "该货物可按跨境电商零售进口",
        "該貨物可按跨境電商零售進口",
    ),
}
