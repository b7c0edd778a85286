"""Operators' records of rules and tariffs: superseded, never edited."""

from __future__ import annotations

from django.contrib import admin

from core.accounts.records import ReadOnlyRecord
from customs.models import RuleOverride, RuleRow, TariffEdition, TariffLine, TariffOverride


@admin.register(RuleRow)
class RuleRecord(ReadOnlyRecord):
    """Dated rules with their sources."""

    list_display = ("rule_id", "jurisdiction", "valid_from", "valid_to", "confidence", "plugin")
    list_filter = ("jurisdiction", "plugin", "confidence")
    search_fields = ("rule_id", "source")


@admin.register(TariffLine)
class TariffRecord(ReadOnlyRecord):
    """Dated rates of codes; a kind of rate that is absent is unknown, not zero."""

    list_display = ("jurisdiction", "code", "kind", "value", "expression", "valid_from",
                    "valid_to", "confidence", "edition")  # fmt: skip
    list_filter = ("jurisdiction", "confidence")
    search_fields = ("code", "source")


@admin.register(TariffEdition)
class EditionRecord(ReadOnlyRecord):
    """Official files that were imported: which bytes, from whom, and which is in force."""

    list_display = ("jurisdiction", "edition", "state", "row_count", "valid_from", "fetched_at",
                    "format", "checked", "author")  # fmt: skip
    list_filter = ("jurisdiction", "state", "format")
    search_fields = ("edition", "sha256")


@admin.register(TariffOverride)
class TariffOverrideRecord(ReadOnlyRecord):
    """Operators' dated rates, which win over every import."""

    list_display = ("jurisdiction", "code", "kind", "value", "expression", "valid_from",
                    "valid_to", "author", "reason")  # fmt: skip
    list_filter = ("jurisdiction",)
    search_fields = ("code", "reason")


@admin.register(RuleOverride)
class OverrideRecord(ReadOnlyRecord):
    """Operators' dated changes to rules."""

    list_display = ("key", "plugin", "valid_from", "valid_to", "author", "reason")
    list_filter = ("plugin",)
    search_fields = ("key", "reason")
