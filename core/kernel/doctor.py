"""Examines plug-ins: what could not start, what is misconfigured, what fails, what they say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from core.kernel import breaker, configuration, incidents, snapshot, syncing
from core.kernel.activation import call_own
from core.kernel.discovery import State
from core.kernel.guard import Failure
from core.kernel.models import Activation, Channel
from core.kernel.registry import Plugin, registry
from core.kernel.results import listed
from core.pluginapi import ConnectionReport, Health, HealthState


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about one plug-in. ``level`` is ``error``, ``warning`` or ``ok``."""

    plugin: str
    level: str
    code: str
    message: str
    where: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return the finding as JSON."""
        return asdict(self)


def examine(*, connect: bool = False, only: str = "") -> list[Finding]:
    """Return what is to be said of every plug-in, or of ``only`` one, by key.

    ``connect`` also lets plug-ins that are on try their partners' services.
    """
    found: list[Finding] = []
    for key, plugin in sorted(registry().plugins.items()):
        if only in {"", key, plugin.found.name}:
            found += _examine(plugin, connect=connect)
    found += [
        Finding(key, "error", "missing", "is switched on but not installed")
        for key in sorted(syncing.missing_keys())
        if only in {"", key}
    ]
    return found


def _examine(plugin: Plugin, *, connect: bool) -> Iterator[Finding]:
    if plugin.state in {State.BROKEN, State.INCOMPATIBLE}:
        place = plugin.where or plugin.found.path
        yield Finding(plugin.key, "error", plugin.state.value, plugin.reason, place)
    if not plugin.loaded:
        return
    for text in plugin.warnings:
        yield Finding(plugin.key, "warning", "implementation", text)
    for pause in breaker.pauses():
        if pause.plugin == plugin.key:
            yield Finding(plugin.key, "error", "paused", f"{pause.hook} is paused")
    for row in incidents.recent(plugin.key, hours=24, limit=5):
        text = f"{row.hook} {row.channel}: {row.message} ({row.count} times)"
        yield Finding(plugin.key, "warning", "incident", text)
    for channel in _places(plugin):
        yield from _examine_in(plugin, channel, connect=connect)


def _places(plugin: Plugin) -> list[Channel | None]:
    now_on = snapshot.current()
    rows = Activation.objects.filter(plugin=plugin.key, enabled=True).select_related("channel")
    places = [row.channel for row in rows if plugin.platform or row.channel]
    return [place for place in places if now_on.is_on(plugin, place.key if place else "")]


def _examine_in(plugin: Plugin, channel: Channel | None, *, connect: bool) -> Iterator[Finding]:
    place = f" in {channel.key}" if channel else ""
    try:
        configuration.load(plugin, channel.key if channel else "")
    except Exception as error:
        yield Finding(plugin.key, "error", "settings", f"{error}{place}")
        return
    yield from _health(plugin, channel, place)
    if connect and "test_connection" in plugin.implementations:
        yield _connection(plugin, channel, place)


def _health(plugin: Plugin, channel: Channel | None, place: str) -> Iterator[Finding]:
    answer = call_own(plugin, "add_health", channel)
    if answer is None:
        return
    if isinstance(answer, Failure):
        yield Finding(plugin.key, "error", "add_health", f"{answer.reason}{place}")
        return
    for line in listed(answer):
        if isinstance(line, Health):
            cure = f" {line.cure.en}" if line.cure else ""
            level = _LEVELS[line.state]
            yield Finding(plugin.key, level, line.code, f"{line.message.en}{place}.{cure}")
        else:
            yield Finding(plugin.key, "error", "add_health", "gave something that is not Health")


def _connection(plugin: Plugin, channel: Channel | None, place: str) -> Finding:
    answer: Any = call_own(plugin, "test_connection", channel)
    if isinstance(answer, Failure):
        return Finding(plugin.key, "error", "connection", f"{answer.reason}{place}")
    if not isinstance(answer, ConnectionReport):
        return Finding(plugin.key, "error", "connection", f"gave no report{place}")
    level = "ok" if answer.ok else "error"
    return Finding(plugin.key, level, "connection", f"{answer.message.en}{place}")


_LEVELS = {HealthState.OK: "ok", HealthState.DEGRADED: "warning", HealthState.FAILED: "error"}
