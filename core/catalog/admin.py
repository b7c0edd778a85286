"""Operators' records of listings. Price and stock come from feeds and are not typed here."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from core.accounts.records import ReadOnlyRecord, Record
from core.catalog.models import Item, Offer, Product


@admin.register(Product)
class ProductRecord(Record):
    """What buyers look at; the next feed may complete it, not undo it."""

    list_display = ("title", "brand", "category", "updated_at")
    list_filter = ("category",)
    search_fields = ("words", "brand")
    fields = ("titles", "descriptions", "brand", "category", "images", "updated_at")
    readonly_fields = ("updated_at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Products come from feeds."""
        return False


@admin.register(Item)
class ItemRecord(Record):
    """What customs and carriers know of a variant."""

    list_display = ("sku", "product", "gtin", "hs_code", "origin", "gross_grams")
    list_filter = ("origin",)
    list_select_related = ("product",)
    search_fields = ("sku", "gtin", "hs_code")
    fields = (
        "product",
        "steward",
        "sku",
        "gtin",
        "hs_code",
        "origin",
        "net_grams",
        "gross_grams",
        "net_content",
        "facts",
    )
    readonly_fields = ("product", "steward", "sku", "gtin")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Items come from feeds."""
        return False


@admin.register(Offer)
class OfferRecord(ReadOnlyRecord):
    """What each channel sells, and why an offer is held or denied."""

    list_display = ("sku", "channel", "state", "price", "on_hand", "reserved", "updated_at")
    list_filter = ("state", "channel")
    list_select_related = ("channel",)
    search_fields = ("sku",)
