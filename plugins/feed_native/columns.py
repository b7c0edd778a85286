"""The names that native feeds use, and the canonical attribute that each stands for."""

from __future__ import annotations

import re

ALIASES = {
    "sku": ("sku", "supplier_sku", "item_no", "item_number", "article_number"),
    "group_id": ("group_id", "item_group_id", "parent_sku"),
    "title": ("title", "name", "product_name"),
    "description": ("description", "body"),
    "brand": ("brand", "manufacturer"),
    "gtin": ("gtin", "ean", "upc", "barcode", "isbn", "jan"),
    "mpn": ("mpn",),
    "condition": ("condition",),
    "price": ("price", "unit_price"),
    "currency": ("currency", "price_currency"),
    "sale_price": ("sale_price",),
    "sale_window": ("sale_window", "sale_price_effective_date"),
    "price_type": ("price_type",),
    "availability": ("availability",),
    "available_at": ("available_at", "availability_date"),
    "quantity": ("quantity", "stock", "qty", "on_hand", "inventory"),
    "lead_time_days": ("lead_time_days", "lead_time"),
    "ship_from": ("ship_from", "ships_from_country"),
    "hs_code": ("hs_code", "hs", "customs_code"),
    "origin": ("origin", "country_of_origin", "origin_country"),
    "net_grams": ("net_grams",),
    "gross_grams": ("gross_grams", "grams"),
    "net_weight": ("net_weight",),
    "gross_weight": ("gross_weight", "weight"),
    "weight_unit": ("weight_unit",),
    "net_content": ("net_content",),
    "images": ("images", "image", "image_link", "image_url"),
    "link": ("link", "url"),
    "category": ("category", "categories", "product_type"),
    "language": ("language", "lang"),
    "deleted": ("deleted", "delete"),
}
FACTS = (
    "filing_number",
    "warehouse",
    "authorisation",
    "purchase_invoice",
    "contains_battery",
    "price_floor",
    "price_ceiling",
    "un_number",
    "liquid",
    "abv",
    "ingredients",
)
REQUIRED = ("sku", "title", "price")

_BY_NAME = {name: canonical for canonical, names in ALIASES.items() for name in names}
_BY_NAME |= {fact: f"facts:{fact}" for fact in FACTS}
_TAGGED = re.compile(
    r"^(title|name|description)[\[._:]+([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)\]?$"
)
_FACT = re.compile(r"^facts?[.:]([a-z][a-z0-9_]{0,39})$")


def canonical(name: str) -> str | None:
    """Return the canonical attribute of a column name, or None when it is not known."""
    folded = name.strip().lower().replace(" ", "_").replace("-", "_")
    known = _BY_NAME.get(folded)
    if known:
        return known
    tagged = _TAGGED.match(name.strip())
    if tagged:
        base = "title" if tagged[1].lower() == "name" else tagged[1].lower()
        return f"{base}:{tagged[2].replace('_', '-')}"
    fact = _FACT.match(folded)
    return f"facts:{fact[1]}" if fact else None


def missing(names: set[str]) -> list[str]:
    """Return the required attributes that ``names`` lack; a title in any language counts."""
    bases = {name.split(":", 1)[0] for name in names}
    return [name for name in REQUIRED if name not in bases]
