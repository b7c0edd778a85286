"""Brings the database in line with what was found: records, and what is on by default."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from core.kernel import snapshot
from core.kernel.discovery import State
from core.kernel.models import Activation, Channel, PluginRecord
from core.kernel.registry import Plugin, registry
from core.shared.clock import now


@transaction.atomic
def sync() -> None:
    """Record every plug-in, mark those that are gone, and switch on what is on by default.

    Idempotent; an operator's decision is never undone. Runs after each migration.
    """
    plugins = registry().plugins
    for plugin in plugins.values():
        PluginRecord.objects.update_or_create(key=plugin.key[:80], defaults=_facts(plugin))
    _mark_missing(set(plugins))
    channels = list(Channel.objects.all())
    created = [row for plugin in plugins.values() for row in _defaults(plugin, channels)]
    if created:
        Activation.objects.bulk_create(created, ignore_conflicts=True)
    snapshot.changed()


def open_channel(channel: Channel) -> None:
    """Switch on in a new channel what is on by default."""
    rows = [row for plugin in registry().plugins.values() for row in _defaults(plugin, [channel])]
    Activation.objects.bulk_create(
        [row for row in rows if row.channel is not None], ignore_conflicts=True
    )


def missing_keys() -> set[str]:
    """Return the plug-ins that something is switched on for but that are not installed."""
    used = set(Activation.objects.values_list("plugin", flat=True))
    return used - set(registry().plugins)


def _facts(plugin: Plugin) -> dict[str, Any]:
    manifest = plugin.manifest
    facts: dict[str, Any] = {
        "origin": plugin.found.origin.value,
        "state": plugin.state.value,
        "reason": plugin.reason,
        "where": plugin.where[-400:],
        "seen_at": now(),
    }
    if manifest is not None:
        facts |= {
            "names": manifest.name.as_dict(),
            "summaries": manifest.summary.as_dict(),
            "version": manifest.version[:40],
            "scope": manifest.scope.value,
        }
    return facts


def _mark_missing(present: set[str]) -> None:
    gone = PluginRecord.objects.exclude(key__in=present)
    used = missing_keys()
    gone.exclude(key__in=used).delete()
    gone.filter(key__in=used).update(
        state=State.MISSING.value, reason="the plug-in is not installed any more", where=""
    )
    known = set(PluginRecord.objects.values_list("key", flat=True))
    for key in sorted(used - known):
        PluginRecord.objects.create(
            key=key,
            origin="",
            state=State.MISSING.value,
            reason="the plug-in is not installed",
        )


def _defaults(plugin: Plugin, channels: list[Channel]) -> list[Activation]:
    """Return the rows of a plug-in that is on by default, where there is none yet."""
    manifest = plugin.manifest
    if manifest is None or not plugin.loaded or not manifest.default_on:
        return []
    places: list[Channel | None] = [None] if plugin.platform else [*_suited(plugin, channels)]
    known = set(Activation.objects.filter(plugin=plugin.key).values_list("channel_id", flat=True))
    return [
        Activation(
            plugin=plugin.key,
            channel=place,
            enabled=True,
            priority=manifest.default_priority,
            settings_version=getattr(plugin.settings, "VERSION", 1),
        )
        for place in places
        if (place.pk if place else None) not in known
    ]


def _suited(plugin: Plugin, channels: list[Channel]) -> list[Channel]:
    """Return the channels that a plug-in is meant for: one that brings kinds serves those alone."""
    given = registry().provided.get("register_channel_kinds", {})
    kinds = {key for key, one in given.items() if one.plugin == plugin.key}
    return [channel for channel in channels if not kinds or channel.kind in kinds]
