"""Operators' records of parcels: what carriers said, never changed."""

from __future__ import annotations

from django.contrib import admin

from core.accounts.records import ReadOnlyRecord
from core.logistics.models import Leg, Parcel, ParcelEvent


@admin.register(Parcel)
class ParcelRecord(ReadOnlyRecord):
    """Parcels and where they are."""

    list_display = ("id", "channel", "status", "milestone", "destination", "status_at", "conflict")
    list_filter = ("status", "channel", "destination")
    list_select_related = ("channel",)
    search_fields = ("id", "order")
    fields = (
        "order",
        "channel",
        "origin",
        "destination",
        "gross_grams",
        "status",
        "milestone",
        "status_at",
        "reason",
        "action_required",
        "conflict",
        "next_poll_at",
        "poll_failures",
        "created_at",
        "updated_at",
    )


@admin.register(Leg)
class LegRecord(ReadOnlyRecord):
    """Carriers' parts of the way."""

    list_display = ("number", "carrier", "sequence", "parcel", "started_at")
    list_filter = ("carrier",)
    list_select_related = ("parcel",)
    search_fields = ("number",)


@admin.register(ParcelEvent)
class EventRecord(ReadOnlyRecord):
    """Reports of carriers; codes that nobody understands yet have no milestone."""

    list_display = ("received_at", "leg", "status", "milestone", "code", "place", "country")
    list_filter = ("status", "source")
    list_select_related = ("leg",)
    search_fields = ("code", "leg__number")
    fields = (
        "parcel",
        "leg",
        "status",
        "milestone",
        "code",
        "local_time",
        "zone",
        "at",
        "confidence",
        "place",
        "country",
        "reason",
        "action_required",
        "source",
        "received_at",
    )
