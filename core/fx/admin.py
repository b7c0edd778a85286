"""Operators' records of exchange rates; the console's rates page adds and releases."""

from __future__ import annotations

from django.contrib import admin

from core.accounts.records import ReadOnlyRecord
from core.fx.models import RateRow


@admin.register(RateRow)
class RateRecord(ReadOnlyRecord):
    """Every rate that was ever published to us."""

    list_display = ("as_of", "source", "base", "quote", "value", "purpose", "revision", "held")
    list_filter = ("source", "purpose", "held")
    search_fields = ("base", "quote", "source")
    date_hierarchy = "as_of"
