"""The kind ``m2c`` as data."""

from __future__ import annotations

from core.pluginapi import ChannelKind, ImportMode, OrderFlow, Seller, Text, Transition

STAFF = ("operator", "supplier", "system")
OFFICE = ("operator", "system")
EVERYONE = ("buyer", "operator", "system")
THREE_DOCUMENTS = ("order", "payment", "logistics")

FLOW = OrderFlow(
    states=(
        "draft",
        "placed",
        "paid",
        "procuring",
        "ready",
        "declared",
        "cleared",
        "shipped",
        "delivered",
        "completed",
    ),
    transitions=(
        Transition("draft", "placed", EVERYONE),
        Transition("placed", "paid", ("system",)),
        Transition("placed", "cancelled", EVERYONE, releases_stock=True),
        Transition("paid", "procuring", STAFF),
        Transition("procuring", "ready", STAFF),
        Transition("ready", "declared", OFFICE, THREE_DOCUMENTS),
        Transition("declared", "cleared", OFFICE),
        Transition("cleared", "shipped", STAFF, ("logistics",)),
        Transition("shipped", "delivered", OFFICE),
        Transition("delivered", "completed", EVERYONE),
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
    ),
)

M2C = ChannelKind(
    key="m2c",
    title=Text("Brand direct (M2C)", "厂家直供(M2C)", "原廠直供(M2C)"),
    seller=Seller.SUPPLIER,
    import_mode=ImportMode.DIRECT_MAIL,
    regimes=("cn.cbec", "flat"),
    flow=FLOW,
    documents=("order", "payment", "logistics", "inventory_list"),
    money_released="return_window",
    release_after_days=15,
    returns=Text(
        "Return within 7 days of delivery to the brand's local address.",
        "签收后 7 天内可退回品牌方境内退货地址。",
        "簽收後 7 天內可退回品牌方境內退貨地址。",
    ),
    limits=Text(
        "To China: CNY 5,000 an order and CNY 26,000 a person and year.",
        "寄往中国：单次交易 5,000 元，个人年度 26,000 元。",
        "寄往中國：單次交易 5,000 元，個人年度 26,000 元。",
    ),
    delivery_days=(8, 18),
    listing_requires=(
        "authorised_brands",
        "overseas_retail_licence",
        "origin_evidence",
        "local_return_address",
    ),
    identity_required=True,
    identity_countries=("CN",),
)
