"""Google's product attributes, and the canonical attribute that each stands for."""

from __future__ import annotations

CANONICAL = {
    "id": "sku",
    "item_group_id": "group_id",
    "title": "title",
    "description": "description",
    "summary": "description",
    "content": "description",
    "brand": "brand",
    "gtin": "gtin",
    "mpn": "mpn",
    "condition": "condition",
    "price": "price",
    "sale_price": "sale_price",
    "sale_price_effective_date": "sale_window",
    "availability": "availability",
    "availability_date": "available_at",
    "quantity": "quantity",
    "inventory": "quantity",
    "quantity_to_sell_on_facebook": "quantity",
    "max_handling_time": "lead_time_days",
    "ships_from_country": "ship_from",
    "country_of_origin": "origin",
    "origin_country": "origin",
    "hs_code": "hs_code",
    "product_weight": "net_weight",
    "shipping_weight": "gross_weight",
    "unit_pricing_measure": "net_content",
    "link": "link",
    "product_type": "category",
    "content_language": "language",
}
IMAGES = ("image_link", "additional_image_link")
KNOWN = frozenset(
    """
    adult ads_redirect age_group auto_pricing_min_price bundle certification color
    cost_of_goods_sold custom_label_0 custom_label_1 custom_label_2 custom_label_3 custom_label_4
    energy_efficiency_class excluded_destination expiration_date gender google_product_category
    fb_product_category identifier_exists included_destination installment is_bundle
    lifestyle_image_link loyalty_points material max_energy_efficiency_class
    min_energy_efficiency_class min_handling_time mobile_link multipack pattern pause
    product_detail product_height product_highlight product_length product_width promotion_id
    rich_text_description shipping shipping_height shipping_label shipping_length shipping_width
    shopping_ads_excluded_country size size_system size_type status structured_description
    structured_title subscription_cost tax tax_category transit_time_label
    unit_pricing_base_measure updated published author guid pubdate visibility video
    """.split()
)
SHAPE = frozenset(
    "availability image_link condition google_product_category product_type link brand".split()
)
FOREIGN = frozenset("vin vehicle_id vehicle_fulfillment mileage vehicle_msrp".split())


def cell_name(name: str) -> str:
    """Return the cell under which an attribute is handed on."""
    if name in IMAGES:
        return "images"
    known = CANONICAL.get(name)
    if known:
        return known
    return f"extra:{name}" if name in KNOWN else name


def folded(column: str) -> str:
    """Return a column's attribute name: ``Image Link`` and ``shipping(country:price)`` alike."""
    name = column.strip().lower().removeprefix("g:").split("(", 1)[0].strip()
    return name.replace(" ", "_")
