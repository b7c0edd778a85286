"""What buyers and operators read, in three languages."""

from __future__ import annotations

from core.pluginapi import Text

DE_MINIMIS = Text("De minimis, USD 800", "800 美元小额免税", "800 美元小額免稅")
INFORMAL = Text("Informal entry", "简易申报", "簡易申報")
FORMAL = Text("Formal entry", "正式申报", "正式申報")
POSTAL = Text("Mail, a duty for each item", "邮件按件计征", "郵件按件計徵")

MPF = Text("Merchandise processing fee", "货物处理费（MPF）", "貨物處理費（MPF）")
HMF = Text("Harbour maintenance fee", "港口维护费（HMF）", "港口維護費（HMF）")
ORDINARY = Text("Ordinary duty", "普通关税", "一般關稅")
ADDITIONAL = Text("Additional duty {layer}", "附加关税 {layer}", "附加關稅 {layer}")
BY_ITEM = Text("Duty on each item of mail", "邮件按件关税", "郵件按件關稅")

FREE = Text(
    "DDP: nothing is collected up to USD 800",
    "DDP：货值不超过 800 美元不征收税费",
    "DDP：貨值不超過 800 美元不徵收稅費",
)
AT_ENTRY = Text(
    "DAP: the carrier or broker collects duty and fees from the recipient at entry",
    "DAP：关税和费用由承运人或报关行在清关时向收件人收取",
    "DAP：關稅和費用由承運人或報關行在清關時向收件人收取",
)
BY_POST = Text(
    "DDP: the carrier of mail pays the duty before it delivers",
    "DDP：邮件承运方在投递前缴纳关税",
    "DDP：郵件承運方在投遞前繳納關稅",
)
FEE_UNKNOWN = Text(
    "The merchandise processing fee of this fiscal year is not known; it comes on top of the total",
    "本财年的货物处理费（MPF）未知，须在合计之外另行支付",
    "本會計年度的貨物處理費（MPF）未知，須在合計之外另行支付",
)
HARBOUR_UNKNOWN = Text(
    "How the goods travel is not stated: by sea a harbour maintenance fee comes on top",
    "未说明运输方式：海运另需支付港口维护费（HMF）",
    "未說明運輸方式：海運另需支付港口維護費（HMF）",
)
CHINA_EARLIER = Text(
    "Whether goods of China and Hong Kong lost the exemption earlier is not settled",
    "中国内地及香港商品是否更早取消免税尚无定论",
    "中國內地及香港商品是否更早取消免稅尚無定論",
)
LISTS = Text(
    "Additional duties by list of products (such as section 232) and anti-dumping duties are not "
    "included",
    "未包含按商品清单征收的附加关税（如第 232 条）和反倾销税",
    "未包含按商品清單徵收的附加關稅（如第 232 條）和反傾銷稅",
)

REFUSALS = {
    "additional_duty_unknown": Text(
        "An additional duty holds for these goods, and its rate is not settled",
        "该商品适用附加关税，但税率尚无定论",
        "該商品適用附加關稅，但稅率尚無定論",
    ),
    "origin_missing": Text(
        "A line states no country of origin, on which additional duties depend",
        "有商品未注明原产国，无法确定附加关税",
        "有商品未註明原產國，無法確定附加關稅",
    ),
    "formal_entry_asked": Text("A formal entry was asked for", "已要求正式申报", "已要求正式申報"),
}


def layer(code: str) -> Text:
    """Return what one layer of duty is called."""
    if code == "mfn":
        return ORDINARY
    return Text(*(said.format(layer=code) for said in (
        ADDITIONAL.en, ADDITIONAL.zh_hans, ADDITIONAL.zh_hant)))  # fmt: skip


def unsettled(code: str, rates: str) -> Text:
    """Return that a layer's rate is one of ``rates``, and that nobody says which."""
    said = REFUSALS["additional_duty_unknown"]
    return Text(
        f"{said.en}: {code}, {rates} percent",
        f"{said.zh_hans}：{code}，{rates}%",
        f"{said.zh_hant}：{code}，{rates}%",
    )
