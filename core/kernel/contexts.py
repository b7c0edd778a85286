"""Builds the ``Context`` of a plug-in in a channel; kept until what is switched on changes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings as site
from django.core.cache import cache

from core.kernel import configuration, snapshot
from core.kernel.calls import CALLS, suspended
from core.kernel.errors import KernelError
from core.kernel.registry import Plugin
from core.kernel.verbs import BoundVerbs
from core.pluginapi import ChannelRef, Context
from core.shared import clock
from core.shared.http import GuardedHttp

LINES_PER_MINUTE = 60
FIELD_LENGTH = 500
CACHE_SECONDS_MAX = 7 * 24 * 3600


class BoundContext(Context):
    """A context whose ``now`` and ``deadline`` are asked for when they are needed."""

    __slots__ = ()

    def __init__(self, **fields: Any) -> None:
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    @property
    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        return clock.now()

    @property
    def deadline(self) -> float:
        """When the running call should be done, in seconds of ``time.monotonic()``."""
        return CALLS.call.deadline

    def __repr__(self) -> str:
        return f"<context of {self.plugin} in {self.channel.key if self.channel else '*'}>"


class PluginLog:
    """Writes to the logger ``haitao.plugin.<key>``, at most sixty lines a minute."""

    def __init__(self, plugin: str) -> None:
        self._logger = logging.getLogger(f"haitao.plugin.{plugin}")
        self._minute = 0
        self._lines = 0
        self._lock = threading.Lock()

    def debug(self, message: str, **fields: object) -> None:
        """Log a detail."""
        self._write(logging.DEBUG, message, fields)

    def info(self, message: str, **fields: object) -> None:
        """Log an event."""
        self._write(logging.INFO, message, fields)

    def warning(self, message: str, **fields: object) -> None:
        """Log what may need a person."""
        self._write(logging.WARNING, message, fields)

    def error(self, message: str, **fields: object) -> None:
        """Log what needs a person."""
        self._write(logging.ERROR, message, fields)

    def _write(self, level: int, message: str, fields: dict[str, object]) -> None:
        if not self._logger.isEnabledFor(level):
            return
        with self._lock:
            minute = int(time.monotonic() // 60)
            if minute != self._minute:
                self._minute, self._lines = minute, 0
            self._lines += 1
            lines = self._lines
        if lines > LINES_PER_MINUTE + 1:
            return
        if lines == LINES_PER_MINUTE + 1:
            self._logger.warning("more lines of this minute are left out")
            return
        text = " ".join(str(message).split())[:FIELD_LENGTH]
        details = " ".join(
            f"{name}={str(value)[:FIELD_LENGTH]!r}" for name, value in fields.items()
        )
        self._logger.log(level, "%s %s", text, details)


class PluginCache:
    """The platform's cache under the plug-in's own prefix."""

    def __init__(self, plugin: str, channel: str) -> None:
        self._prefix = f"plugin:{plugin}:{channel}:"

    def get(self, key: str) -> Any:
        """Return what was stored, or None."""
        with suspended():
            return cache.get(self._prefix + key)

    def set(self, key: str, value: object, seconds: int) -> None:
        """Keep a JSON value for ``seconds``, a week at most."""
        with suspended():
            cache.set(self._prefix + key, value, min(seconds, CACHE_SECONDS_MAX))


FireOwn = Callable[..., Any]
_fire_own: list[FireOwn] = []


def own_hooks(fire: FireOwn) -> None:
    """Say who fires plug-ins' own hooks; called once by the dispatcher."""
    _fire_own[:] = [fire]


class OwnHooks:
    """Fires the hooks that the plug-in's manifest declares."""

    def __init__(self, plugin: str, channel: ChannelRef | None) -> None:
        self._plugin = plugin
        self._channel = channel

    def __call__(self, hook: str, /, **arguments: object) -> Any:
        """Call every implementation of ``hook`` that is on here; answers as its policy says."""
        return _fire_own[0](self._plugin, hook, self._channel, arguments)


_kept: dict[tuple[str, str], BoundContext] = {}
_logs: dict[str, PluginLog] = {}


def context_for(plugin: Plugin, channel: ChannelRef | None) -> BoundContext:
    """Return the context of ``plugin`` in ``channel``. Raises Misconfigured."""
    place = channel.key if channel else ""
    kept = _kept.get((plugin.key, place))
    if kept is not None and (kept.channel is channel or kept.channel == channel):
        return kept
    made = fresh_context(plugin, channel, settings=configuration.load(plugin, place))
    _kept[plugin.key, place] = made
    return made


def fresh_context(plugin: Plugin, channel: ChannelRef | None, *, settings: Any) -> BoundContext:
    """Return a context with given settings, not kept."""
    if plugin.manifest is None:
        raise KernelError(f"{plugin.key} has no manifest")
    key = plugin.key
    return BoundContext(
        plugin=key,
        channel=channel,
        settings=settings,
        verbs=BoundVerbs(plugin.manifest, channel),
        http=GuardedHttp(allowed_hosts=frozenset(site.HAITAO_HTTP_ALLOWED_HOSTS)),
        log=_logs.setdefault(key, PluginLog(key)),
        cache=PluginCache(key, channel.key if channel else ""),
        hooks=OwnHooks(key, channel),
    )


snapshot.on_change(_kept.clear)
