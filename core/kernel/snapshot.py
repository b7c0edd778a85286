"""What is switched on, as this process last read it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.db import DatabaseError, connection, transaction

from core.kernel import stamps
from core.kernel.models import Activation, Channel
from core.kernel.registry import Plugin, registry
from core.pluginapi import ChannelRef

LOOK_EVERY = 1.0


class Row(NamedTuple):
    """One activation as stored; ``channel`` is the channel's key, or "" for the platform."""

    enabled: bool
    priority: int
    settings: Mapping[str, Any]
    version: int


class Snapshot(NamedTuple):
    """The activations and the open channels of one stamp."""

    stamp: int
    rows: Mapping[tuple[str, str], Row]
    channels: Mapping[str, ChannelRef]

    def is_on(self, plugin: Plugin, channel: str) -> bool:
        """Say whether a loaded plug-in works in ``channel`` (a key, "" for the platform)."""
        if not plugin.loaded:
            return False
        if plugin.forced is not None:
            return plugin.forced
        place = "" if plugin.platform else channel
        if not plugin.platform and not channel:
            return False
        row = self.rows.get((plugin.key, place))
        return row is not None and row.enabled and self._has_required(plugin, channel)

    def _has_required(self, plugin: Plugin, channel: str) -> bool:
        required = plugin.manifest.requires if plugin.manifest else ()
        known = registry().plugins
        return all(key in known and self.is_on(known[key], channel) for key in required)

    def priority(self, plugin: Plugin, channel: str) -> int:
        """Return where the operator put the plug-in: smaller is asked first."""
        row = self.rows.get((plugin.key, channel)) or self.rows.get((plugin.key, ""))
        if row is not None:
            return row.priority
        return plugin.manifest.default_priority if plugin.manifest else 100


EMPTY = Snapshot(-1, {}, {})
_lock = threading.RLock()
_listeners: list[Callable[[], None]] = []


class Freshness:
    """When this process must look again; ``due`` is in seconds of ``time.monotonic()``."""

    due = 0.0
    snapshot = EMPTY
    offline = False


def on_change(listener: Callable[[], None]) -> None:
    """Call ``listener`` whenever what is switched on was read anew."""
    _listeners.append(listener)


def current() -> Snapshot:
    """Return what is switched on, at most a second old."""
    if time.monotonic() >= Freshness.due:
        refresh()
    return Freshness.snapshot


def refresh() -> None:
    """Look at the stamp, and read the activations where it has changed."""
    with _lock:
        if Freshness.offline:
            Freshness.due = float("inf")
            return
        stamp = stamps.current()
        Freshness.due = time.monotonic() + LOOK_EVERY
        if stamp < 0 or stamp == Freshness.snapshot.stamp:
            return
        try:
            Freshness.snapshot = _read(stamp)
        except DatabaseError:
            return
        _tell()


def changed() -> None:
    """Say, inside the caller's transaction, that what is switched on changed."""
    stamps.bump()
    _look_now()
    transaction.on_commit(_look_now, robust=True)


def forget() -> None:
    """Read everything anew at the next call."""
    with _lock:
        Freshness.due, Freshness.snapshot, Freshness.offline = 0.0, EMPTY, False
        _tell()


def go_offline() -> None:
    """Work without a database: only plug-ins that a test forced on are on."""
    with _lock:
        Freshness.due, Freshness.snapshot, Freshness.offline = float("inf"), EMPTY, True
        _tell()


def _look_now() -> None:
    if not Freshness.offline:
        Freshness.due = 0.0


def _tell() -> None:
    for listener in _listeners:
        listener()


def _read(stamp: int) -> Snapshot:
    if not connection.in_atomic_block:
        return _query(stamp)
    with transaction.atomic():
        return _query(stamp)


def _query(stamp: int) -> Snapshot:
    channels = {channel.pk: channel.ref for channel in Channel.objects.all()}
    rows = {
        (row.plugin, channels[row.channel_id].key if row.channel_id else ""): Row(
            row.enabled, row.priority, row.settings, row.settings_version
        )
        for row in Activation.objects.all()
    }
    return Snapshot(stamp, rows, {ref.key: ref for ref in channels.values()})
