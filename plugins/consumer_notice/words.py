"""What the notice says, as data.

After the Ministry of Commerce's notice 商财发〔2018〕486号 (what a platform must tell before
an order), 财关税〔2016〕18号 and 财关税〔2018〕49号 (who owes the tax, limits), in words of our
own. The legal text prevails.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from core.pluginapi import Text


class Regime(Enum):
    """How the goods enter China."""

    CBEC = "cbec"
    POSTAL = "postal"


class Point(NamedTuple):
    """One thing that a buyer must know; ``regimes`` are those that it holds for."""

    code: str
    text: Text
    regimes: tuple[Regime, ...] = (Regime.CBEC, Regime.POSTAL)


TITLE = Text("Notice for buyers of goods from abroad", "跨境购买告知书", "跨境購買告知書")
LINE = Text(
    "Sent from abroad or a bonded zone, for your own use only.",
    "商品来自境外或保税区，仅限个人自用。",
    "商品來自境外或保稅區，僅限個人自用。",
)
READ = Text(
    "Read the notice before you order",
    "下单前请阅读《跨境购买告知书》",
    "下單前請閱讀《跨境購買告知書》",
)
CONSENT = Text(
    "Order only if you have read this and agree with it.",
    "请在阅读并同意以上内容后再下单。",
    "請在閱讀並同意以上內容後再下單。",
)
CONTACT = Text("Questions", "咨询方式", "諮詢方式")
ELSEWHERE = Text(
    "This notice is for goods that are sent to mainland China.",
    "本告知书适用于寄往中国大陆的商品。",
    "本告知書適用於寄往中國大陸的商品。",
)
HEADINGS = {
    Regime.CBEC: Text(
        "Cross-border e-commerce retail import", "跨境电商零售进口", "跨境電商零售進口"
    ),
    Regime.POSTAL: Text("Personal postal articles", "行邮(个人邮递物品)", "行郵(個人郵遞物品)"),
}

POINTS = (
    Point(
        "personal_use",
        Text(
            "The goods are for your own use. They must not be sold on.",
            "商品仅限个人自用，不得再次销售。",
            "商品僅限個人自用，不得再次銷售。",
        ),
    ),
    Point(
        "origin_standards",
        Text(
            "The goods meet the standards of their country of origin for quality, safety, hygiene, "
            "environment and labelling. These can differ from Chinese standards, and you accept "
            "that.",
            "商品符合原产地有关质量、安全、卫生、环保、标识等标准，可能与中国标准存在差异，"
            "由此产生的风险由您自行承担。",
            "商品符合原產地有關品質、安全、衛生、環保、標示等標準，可能與中國標準存在差異，"
            "由此產生的風險由您自行承擔。",
        ),
    ),
    Point(
        "no_chinese_label",
        Text(
            "The goods come straight from abroad and may carry no Chinese label. The product page "
            "shows what the seller says of them in Chinese.",
            "商品直接购自境外，可能没有中文标签；中文说明请查看商品页面。",
            "商品直接購自境外，可能沒有中文標籤；中文說明請查看商品頁面。",
        ),
    ),
    Point(
        "declarant",
        Text(
            "The goods are declared in your name: you owe the import taxes, and the platform hands "
            "over to customs what you paid for them with the order. Customs needs your real name "
            "and identity number.",
            "商品以您的名义申报进口，您是纳税义务人；税款随订单支付，由平台代缴。"
            "海关申报须提供您的实名信息。",
            "商品以您的名義申報進口，您是納稅義務人；稅款隨訂單支付，由平台代繳。"
            "海關申報須提供您的實名資訊。",
        ),
        (Regime.CBEC,),
    ),
    Point(
        "annual_quota",
        Text(
            "The order counts towards your annual quota: CNY 5,000 an order and CNY 26,000 in a "
            "calendar year, over all platforms. One article above the first limit and within the "
            "second can be bought with full taxes.",
            "订单计入您的年度额度：单次 5,000 元，每个自然年 26,000 元，各平台合并计算。"
            "单件商品超过单次限值但未超过年度额度的，可全额缴税购买。",
            "訂單計入您的年度額度：單次 5,000 元，每個曆年 26,000 元，各平台合併計算。"
            "單件商品超過單次限值但未超過年度額度的，可全額繳稅購買。",
        ),
        (Regime.CBEC,),
    ),
    Point(
        "postal_addressee",
        Text(
            "The parcel is your personal article: it is addressed to you, and you owe the postal "
            "tax. Customs assesses it on arrival, and asks you for what was not paid with the "
            "order.",
            "包裹属于您的个人邮递物品，您是收件人和纳税义务人。海关在入境时核定行邮税，"
            "未随订单支付的税款由您缴纳。",
            "包裹屬於您的個人郵遞物品，您是收件人和納稅義務人。海關在入境時核定行郵稅，"
            "未隨訂單支付的稅款由您繳納。",
        ),
        (Regime.POSTAL,),
    ),
    Point(
        "postal_limits",
        Text(
            "It must be a reasonable quantity for one person and within the value limit of a "
            "parcel. Otherwise it is sent back, or cleared as general trade.",
            "数量须为个人合理自用，价值不超过每个包裹的限值，否则须退运或按一般贸易清关。",
            "數量須為個人合理自用，價值不超過每個包裹的限值，否則須退運或按一般貿易清關。",
        ),
        (Regime.POSTAL,),
    ),
)

ON_THE_WAY = {
    Regime.CBEC: Text(
        "Customs may ask you to confirm your identity. Import taxes of this kind of purchase are "
        "paid with the order, so do not pay anyone who asks for them by message.",
        "海关可能要求您确认实名信息。此类商品的进口税款已随订单支付，请勿向以消息索要税款者付款。",
        "海關可能要求您確認實名資訊。此類商品的進口稅款已隨訂單支付，請勿向以訊息索要稅款者付款。",
    ),
    Regime.POSTAL: Text(
        "Customs or the post may ask the addressee for real-name identity, proof of purchase, or "
        "postal tax that was not paid with the order. Answer soon, or the parcel goes back.",
        "海关或邮政可能要求收件人提供实名信息、购买凭证，或补缴未随订单支付的行邮税。"
        "请尽快处理，逾期将退运。",
        "海關或郵政可能要求收件人提供實名資訊、購買憑證，或補繳未隨訂單支付的行郵稅。"
        "請儘快處理，逾期將退運。",
    ),
}


def points_for(regime: Regime) -> tuple[Point, ...]:
    """Return the points that hold for ``regime``, in the order in which they are shown."""
    return tuple(point for point in POINTS if regime in point.regimes)
