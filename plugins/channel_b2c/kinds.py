"""The kinds ``b2c_bonded`` (1210) and ``b2c_direct`` (9610) as data."""

from __future__ import annotations

from core.pluginapi import ChannelKind, ImportMode, OrderFlow, Seller, Text, Transition

OFFICE = ("operator", "system")
EVERYONE = ("buyer", "operator", "system")
THREE_DOCUMENTS = ("order", "payment", "logistics")

OPENING = (
    Transition("draft", "placed", EVERYONE),
    Transition("placed", "paid", ("system",)),
    Transition("placed", "cancelled", EVERYONE, releases_stock=True),
    Transition("paid", "procuring", OFFICE),
)
CLOSING = (
    Transition("shipped", "delivered", OFFICE),
    Transition("delivered", "completed", EVERYONE),
)
BESIDE = (
    Transition("paid", "held", OFFICE),
    Transition("procuring", "held", OFFICE),
    Transition("ready", "held", OFFICE),
    Transition("declared", "held", OFFICE),
    Transition("held", "paid", OFFICE),
    Transition("held", "procuring", OFFICE),
    Transition("held", "ready", OFFICE),
    Transition("held", "declared", OFFICE, THREE_DOCUMENTS),
    Transition("paid", "refunding", EVERYONE, releases_stock=True),
    Transition("procuring", "refunding", OFFICE, releases_stock=True),
    Transition("ready", "refunding", OFFICE, releases_stock=True),
    Transition("declared", "refunding", OFFICE, releases_stock=True),
    Transition("held", "refunding", OFFICE, releases_stock=True),
    Transition("shipped", "refunding", OFFICE),
    Transition("delivered", "refunding", OFFICE),
    Transition("refunding", "refunded", ("system",)),
)
BONDED_WAY = (
    Transition("procuring", "declared", OFFICE, THREE_DOCUMENTS),
    Transition("declared", "cleared", OFFICE),
    Transition("cleared", "ready", OFFICE),
    Transition("ready", "shipped", OFFICE, ("logistics",)),
)
DIRECT_WAY = (
    Transition("procuring", "ready", OFFICE),
    Transition("ready", "declared", OFFICE, THREE_DOCUMENTS),
    Transition("declared", "cleared", OFFICE),
    Transition("cleared", "shipped", OFFICE, ("logistics",)),
)
LIMITS = Text(
    "To China: CNY 5,000 an order and CNY 26,000 a person and year.",
    "寄往中国：单次交易 5,000 元，个人年度 26,000 元。",
    "寄往中國：單次交易 5,000 元，個人年度 26,000 元。",
)
BEGINNING = ("draft", "placed", "paid", "procuring")
END = ("shipped", "delivered", "completed")

BONDED = ChannelKind(
    key="b2c_bonded",
    title=Text("Bonded warehouse (B2C)", "保税仓发货(B2C)", "保稅倉出貨(B2C)"),
    seller=Seller.PLATFORM,
    import_mode=ImportMode.BONDED,
    regimes=("cn.cbec", "flat"),
    flow=OrderFlow(
        states=(*BEGINNING, "declared", "cleared", "ready", *END),
        transitions=(*OPENING, *BONDED_WAY, *CLOSING, *BESIDE),
    ),
    documents=("order", "payment", "logistics", "inventory_list", "bonded_list"),
    money_released="at_payment",
    returns=Text(
        "Return within 7 days of delivery; unopened goods go back to the bonded zone within the "
        "customs window.",
        "签收后 7 天内可退；未拆封商品在海关规定期限内退回保税仓。",
        "簽收後 7 天內可退；未拆封商品在海關規定期限內退回保稅倉。",
    ),
    limits=LIMITS,
    delivery_days=(3, 7),
    listing_requires=("filing_number", "warehouse", "quantity"),
    identity_required=True,
    identity_countries=("CN",),
)
DIRECT = ChannelKind(
    key="b2c_direct",
    title=Text("Direct from abroad (B2C)", "海外直邮(B2C)", "海外直郵(B2C)"),
    seller=Seller.PLATFORM,
    import_mode=ImportMode.DIRECT_MAIL,
    regimes=("cn.cbec", "flat"),
    flow=OrderFlow(
        states=(*BEGINNING, "ready", "declared", "cleared", *END),
        transitions=(*OPENING, *DIRECT_WAY, *CLOSING, *BESIDE),
    ),
    documents=("order", "payment", "logistics", "inventory_list"),
    money_released="at_payment",
    returns=Text(
        "Return within 7 days of delivery by agreement; return freight is the buyer's unless the "
        "goods are faulty.",
        "签收后 7 天内经确认可退；非质量问题由买家承担退货运费。",
        "簽收後 7 天內經確認可退；非品質問題由買家承擔退貨運費。",
    ),
    limits=LIMITS,
    delivery_days=(7, 15),
    listing_requires=("purchase_invoice", "origin"),
    identity_required=True,
    identity_countries=("CN",),
)
KINDS = {kind.key: kind for kind in (BONDED, DIRECT)}
