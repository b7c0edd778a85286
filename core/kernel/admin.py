"""Operators' records of channels and plug-ins; switches and settings are in the console."""

from __future__ import annotations

from django.contrib import admin

from core.accounts.records import ReadOnlyRecord
from core.kernel.models import Activation, Channel, Incident, PluginRecord


@admin.register(Channel)
class ChannelRecord(ReadOnlyRecord):
    """Channels; the console opens and changes them."""

    list_display = ("key", "title", "kind", "market", "currency", "is_open", "demonstration")
    list_filter = ("kind", "market", "is_open")
    search_fields = ("key",)


@admin.register(PluginRecord)
class PluginRow(ReadOnlyRecord):
    """Plug-ins as they were last found."""

    list_display = ("key", "title", "version", "origin", "scope", "state", "seen_at")
    list_filter = ("state", "origin")
    search_fields = ("key",)


@admin.register(Activation)
class ActivationRecord(ReadOnlyRecord):
    """Where plug-ins are on, without their settings' secrets: those lie elsewhere, sealed."""

    list_display = ("plugin", "channel", "enabled", "priority", "changed_at")
    list_filter = ("enabled", "channel")
    list_select_related = ("channel",)
    search_fields = ("plugin",)


@admin.register(Incident)
class IncidentRecord(ReadOnlyRecord):
    """What plug-ins did wrong."""

    list_display = ("last_seen", "plugin", "hook", "channel", "kind", "message", "count")
    list_filter = ("kind", "plugin")
    search_fields = ("plugin", "hook", "message")
