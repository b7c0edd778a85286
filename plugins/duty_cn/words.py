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

LISTED_UNKNOWN = Text(
    "Whether all goods are on the positive list was not checked",
    "未核对全部商品是否在正面清单内",
    "未核對全部商品是否在正面清單內",
)

ANNUAL = Text(
    "Cross-border e-commerce purchases of a year",
    "跨境电商个人年度交易额度",
    "跨境電商個人年度交易額度",
)
CATEGORIES = {
    "rice": Text("Rice of a year", "大米年度限量", "大米年度限量"),
    "sugar": Text("Sugar of a year", "食糖年度限量", "食糖年度限量"),
}
CAPPED = Text("Goods with a yearly cap", "年度限量商品", "年度限量商品")
PERMITS = {
    "radio_approval": Text(
        "the radio administration's approval", "无线电管理机构批准文件", "無線電管理機構批准文件"
    ),
    "cites_permit": Text(
        "an import permit for endangered species",
        "濒危物种允许进口证明书",
        "瀕危物種允許進口證明書",
    ),
    "currency_declaration": Text("a declaration of currency", "货币进境申报", "貨幣進境申報"),
    "tobacco_monopoly_approval": Text(
        "the tobacco monopoly's approval", "烟草专卖批准文件", "菸草專賣批准文件"
    ),
}
"""Papers that restricted goods need; ``facts.permits`` names those that there are."""

REFUSALS = {
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
    "cbec_open": Text(
        "Cross-border e-commerce import is open to this shipment",
        "该货物可按跨境电商零售进口",
        "該貨物可按跨境電商零售進口",
    ),
}
