"""Operators' records of suppliers, their feeds and what came of them."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from core.accounts.records import ReadOnlyRecord, Record
from suppliers.models import Feed, FeedIssue, StagedOffer, Supplier, SupplierMember, Supply


@admin.register(Supplier)
class SupplierRecord(Record):
    """Suppliers, and their papers as far as they were verified."""

    list_display = ("name", "key", "kind", "country", "state", "created_at")
    list_filter = ("kind", "state", "country")
    search_fields = ("name", "key")
    fields = (
        "key",
        "name",
        "kind",
        "country",
        "currency",
        "language",
        "state",
        "facts",
        "intake",
        "created_at",
    )
    readonly_fields = ("key", "kind", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A supplier is created with its first key, by the command or by signing up."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Suppliers are suspended: orders refer to them."""
        return False


@admin.register(SupplierMember)
class MemberRecord(Record):
    """Who may act for which supplier."""

    list_display = ("user", "supplier", "role")
    list_filter = ("role",)
    list_select_related = ("user", "supplier")
    search_fields = ("user__email", "supplier__name")
    autocomplete_fields = ("user", "supplier")


@admin.register(Supply)
class SupplyRecord(ReadOnlyRecord):
    """Which supplier feeds which channel; the console's channel pages change it."""

    list_display = ("supplier", "scope", "channel", "price_rule", "markup_percent", "is_on")
    list_filter = ("channel", "is_on")
    list_select_related = ("supplier", "channel")


@admin.register(Feed)
class FeedRecord(ReadOnlyRecord):
    """Every push."""

    list_display = ("public_id", "supplier", "scope", "status", "dialect", "bytes", "received_at")
    list_filter = ("status", "supplier")
    list_select_related = ("supplier",)
    search_fields = ("file_name", "sha256")
    fields = (
        "supplier",
        "scope",
        "type",
        "status",
        "fault",
        "dialect",
        "encoding",
        "file_name",
        "bytes",
        "sha256",
        "sequence",
        "dry_run",
        "error_policy",
        "summary",
        "by_code",
        "held",
        "received_at",
        "started_at",
        "finished_at",
    )


@admin.register(FeedIssue)
class IssueRecord(ReadOnlyRecord):
    """What was wrong with which row."""

    list_display = ("code", "severity", "action", "feed", "row", "sku", "attribute", "value")
    list_filter = ("severity", "code")
    list_select_related = ("feed",)
    search_fields = ("sku", "code")


@admin.register(StagedOffer)
class StagedRecord(ReadOnlyRecord):
    """What suppliers offer, before any channel's price."""

    list_display = ("sku", "supplier", "scope", "brand", "price", "quantity", "state", "updated_at")
    list_filter = ("state", "supplier")
    list_select_related = ("supplier",)
    search_fields = ("sku", "gtin", "brand")
