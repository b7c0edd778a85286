"""The kind ``c2c`` as data."""

from __future__ import annotations

from core.pluginapi import ChannelKind, ImportMode, OrderFlow, Seller, Text, Transition

STAFF = ("operator", "supplier", "system")
OFFICE = ("operator", "system")
EVERYONE = ("buyer", "operator", "system")

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
        Transition("procuring", "ready", STAFF, ("shop_receipt",)),
        Transition("ready", "declared", STAFF, ("shop_receipt", "cn22", "logistics")),
        Transition("declared", "cleared", OFFICE),
        Transition("declared", "shipped", STAFF, ("logistics",)),
        Transition("cleared", "shipped", STAFF, ("logistics",)),
        Transition("shipped", "delivered", OFFICE),
        Transition("delivered", "completed", EVERYONE),
        Transition("paid", "held", OFFICE),
        Transition("procuring", "held", OFFICE),
        Transition("ready", "held", OFFICE),
        Transition("delivered", "held", EVERYONE),
        Transition("held", "paid", OFFICE),
        Transition("held", "procuring", OFFICE),
        Transition("held", "ready", OFFICE, ("shop_receipt",)),
        Transition("held", "delivered", OFFICE),
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

C2C = ChannelKind(
    key="c2c",
    title=Text("Overseas shopper (C2C)", "海外买手(C2C)", "海外買手(C2C)"),
    seller=Seller.SHOPPER,
    import_mode=ImportMode.POSTAL,
    regimes=("cn.postal", "flat"),
    flow=FLOW,
    documents=("cn22", "shop_receipt"),
    money_released="delivery_confirmed",
    returns=Text(
        "Returns for cause only; a dispute is decided on evidence while the money is held.",
        "仅支持有因退货；争议期间货款担保，依凭证裁定。",
        "僅支援有因退貨；爭議期間貨款擔保，依憑證裁定。",
    ),
    limits=Text(
        "To China: personal use, CNY 2,000 a parcel, or one article that cannot be divided.",
        "寄往中国：限自用，每个包裹 2,000 元；单件不可分割的除外。",
        "寄往中國：限自用，每個包裹 2,000 元；單件不可分割的除外。",
    ),
    delivery_days=(10, 25),
    listing_requires=("identity_verified", "residence_proof", "deposit_paid"),
    identity_required=True,
    identity_countries=("CN",),
)
