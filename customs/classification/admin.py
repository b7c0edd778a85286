"""Operators' records of classifications; decisions are taken in the console."""

from __future__ import annotations

from django.contrib import admin

from core.accounts.records import ReadOnlyRecord
from customs.classification.models import Change, Classification


@admin.register(Classification)
class ClassificationRecord(ReadOnlyRecord):
    """Where each item stands in each jurisdiction."""

    list_display = ("item", "jurisdiction", "state", "code", "source", "conflict", "doubt")
    list_filter = ("state", "jurisdiction", "doubt")
    list_select_related = ("item",)
    search_fields = ("code", "item__sku", "item__gtin")


@admin.register(Change)
class ChangeRecord(ReadOnlyRecord):
    """Everything that was suggested and decided, the newest first."""

    list_display = ("at", "item", "jurisdiction", "step", "code", "before", "by")
    list_filter = ("step", "jurisdiction")
    search_fields = ("code", "item", "by")
