"""Operators' records of background work; retrying is a button of the console."""

from __future__ import annotations

from django.contrib import admin

from core.accounts.records import ReadOnlyRecord
from core.jobs.models import Failure, Job, OutboxEvent, ScheduleState


@admin.register(Job)
class JobRecord(ReadOnlyRecord):
    """Every job and its state."""

    list_display = ("kind", "state", "attempts", "channel", "created_at", "finished_at")
    list_filter = ("state", "kind")
    search_fields = ("kind", "key")


@admin.register(Failure)
class FailureRecord(ReadOnlyRecord):
    """Attempts that failed."""

    list_display = ("at", "job", "attempt", "error")
    list_select_related = ("job",)
    search_fields = ("error",)


@admin.register(OutboxEvent)
class OutboxRecord(ReadOnlyRecord):
    """News, and whether it was passed on."""

    list_display = ("at", "kind", "subject", "channel", "dispatched_at")
    list_filter = ("kind",)
    search_fields = ("kind", "subject")


@admin.register(ScheduleState)
class ScheduleRecord(ReadOnlyRecord):
    """When recurring work is due."""

    list_display = ("key", "last_at", "next_at")
    search_fields = ("key",)
