"""Operators' records of exchange rates; the console's rates page adds and releases."""

from __future__ import annotations

from django.contrib import admin

from core.accounts.records import ReadOnlyRecord
from core.fx.models import ClosedDay, RateRow, SourceState


@admin.register(RateRow)
class RateRecord(ReadOnlyRecord):
    """Every rate that was ever published to us."""

    list_display = (
        "as_of", "source", "base", "quote", "quantity", "value", "purpose", "revision", "held",
    )  # fmt: skip
    list_filter = ("source", "purpose", "held")
    search_fields = ("base", "quote", "source")
    date_hierarchy = "as_of"


@admin.register(SourceState)
class SourceRecord(ReadOnlyRecord):
    """Which source answers, and since when one does not."""

    list_display = ("source", "checked_at", "next_at", "failing_since", "problem")


@admin.register(ClosedDay)
class ClosedDayRecord(ReadOnlyRecord):
    """Days that operators added to calendars; ``manage.py fx holiday`` adds them."""

    list_display = ("calendar", "day", "name", "open", "origin", "author", "withdrawn_at")
    list_filter = ("calendar",)
