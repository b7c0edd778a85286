"""Operators' records of personal quotas: counted by the ledger, never edited."""

from __future__ import annotations

from django.contrib import admin

from core.accounts.records import ReadOnlyRecord
from customs.quota.models import QuotaBalance, QuotaEntry


@admin.register(QuotaBalance)
class BalanceRecord(ReadOnlyRecord):
    """What persons used of their year, by a few signs of the blind index."""

    list_display = ("shown_person", "jurisdiction", "year", "subject", "amounts")
    list_filter = ("jurisdiction", "year", "subject")


@admin.register(QuotaEntry)
class EntryRecord(ReadOnlyRecord):
    """Reservations and releases, by order."""

    list_display = ("at", "reference", "kind", "subject", "quantity", "rule_id")
    list_filter = ("kind", "jurisdiction", "year", "subject")
    search_fields = ("reference",)
