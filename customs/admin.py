"""Operators' records of rules and tariffs: superseded, never edited."""

from __future__ import annotations

from django.contrib import admin

from core.accounts.records import ReadOnlyRecord
from customs.models import RuleOverride, RuleRow, TariffLine


@admin.register(RuleRow)
class RuleRecord(ReadOnlyRecord):
    """Dated rules with their sources."""

    list_display = ("rule_id", "jurisdiction", "valid_from", "valid_to", "confidence", "plugin")
    list_filter = ("jurisdiction", "plugin", "confidence")
    search_fields = ("rule_id", "source")


@admin.register(TariffLine)
class TariffRecord(ReadOnlyRecord):
    """Dated tariff lines; a kind of rate that is absent is unknown, not zero."""

    list_display = ("jurisdiction", "code", "rates", "valid_from", "valid_to", "confidence")
    list_filter = ("jurisdiction", "confidence")
    search_fields = ("code", "source")


@admin.register(RuleOverride)
class OverrideRecord(ReadOnlyRecord):
    """Operators' dated changes to rules."""

    list_display = ("key", "plugin", "valid_from", "valid_to", "author", "reason")
    list_filter = ("plugin",)
    search_fields = ("key", "reason")
