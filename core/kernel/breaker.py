"""Pauses what keeps failing: one (plug-in, hook) at a time, over every process.

Three failures in a row, or five within a minute, pause it for thirty seconds; then one process
tries once, and its success ends the pause. What is paused lies in the cache; a process looks when
it looks at the activations, so a healthy call costs nothing.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from django.core.cache import cache

IN_A_ROW = 3
IN_WINDOW = 5
WINDOW_SECONDS = 60.0
PAUSE_SECONDS = 30.0
PAUSED_KEY = "kernel:paused"
FAILURES_KEY = "kernel:failures:{}:{}"
TRIAL_KEY = "kernel:trial:{}:{}"
KEEP_SECONDS = 3600

Name = tuple[str, str]


class Pause(NamedTuple):
    """What is paused until ``until``, in seconds since the epoch."""

    plugin: str
    hook: str
    until: float


_streaks: dict[Name, int] = {}
_paused: dict[Name, float] = {}
_lock = threading.RLock()
_listeners: list[Callable[[], None]] = []


def on_change(listener: Callable[[], None]) -> None:
    """Call ``listener`` whenever what must be watched changed."""
    _listeners.append(listener)


def watched(plugin: str, hook: str) -> bool:
    """Say whether calls must be admitted and their success told."""
    return (plugin, hook) in _streaks or (plugin, hook) in _paused


def admit(plugin: str, hook: str) -> bool:
    """Say whether a call may go ahead; after a pause one caller at a time may try."""
    until = _paused.get((plugin, hook))
    if until is None:
        return True
    if time.time() < until:
        return False
    try:
        return bool(cache.add(_key(TRIAL_KEY, plugin, hook), 1, int(PAUSE_SECONDS)))
    except Exception:
        return True


def failed(plugin: str, hook: str, *, weight: int = 1) -> bool:
    """Count a failure; returns True when it opened a pause. ``weight`` 0 counts slowness only."""
    name = (plugin, hook)
    with _lock:
        streak = _streaks[name] = _streaks.get(name, 0) + weight
        recent = _remember(name)
        if streak < IN_A_ROW and recent < IN_WINDOW and name not in _paused:
            _tell()
            return False
        _paused[name] = time.time() + PAUSE_SECONDS
        _publish(name, _paused[name])
    _tell()
    return True


def succeeded(plugin: str, hook: str) -> None:
    """Note that a watched call went well: a trial's success ends the pause."""
    name = (plugin, hook)
    with _lock:
        _streaks.pop(name, None)
        if _paused.pop(name, None) is not None:
            _publish(name, None)
    _tell()


def resume(plugin: str) -> None:
    """End every pause of a plug-in, whichever process made it; an operator's wish."""
    read()
    with _lock:
        for name in [name for name in {**_paused, **_streaks} if name[0] == plugin]:
            _paused.pop(name, None)
            _streaks.pop(name, None)
            _publish(name, None)
    _tell()


def pauses() -> list[Pause]:
    """Return what is paused in any process, by plug-in and hook."""
    read()
    moment = time.time()
    return [Pause(*name, until) for name, until in sorted(_paused.items()) if until > moment]


def read() -> None:
    """Take over what other processes paused."""
    with contextlib.suppress(Exception):
        stored = cache.get(PAUSED_KEY) or {}
        fresh = {tuple(name.split("|", 1)): until for name, until in stored.items()}
        with _lock:
            if fresh != _paused:
                _paused.clear()
                _paused.update(fresh)
                _tell()


def forget() -> None:
    """Forget everything, here and in the cache."""
    with _lock:
        names = {**_paused, **_streaks}
        _paused.clear()
        _streaks.clear()
        with contextlib.suppress(Exception):
            cache.delete_many([PAUSED_KEY, *(_key(FAILURES_KEY, *name) for name in names)])
            cache.delete_many([_key(TRIAL_KEY, *name) for name in names])
    _tell()


def _remember(name: Name) -> int:
    """Return how many failures all processes saw within the window, this one included."""
    key, moment = _key(FAILURES_KEY, *name), time.time()
    try:
        times = [t for t in cache.get(key) or [] if t > moment - WINDOW_SECONDS]
        times.append(moment)
        cache.set(key, times[-IN_WINDOW:], int(WINDOW_SECONDS))
    except Exception:
        return _streaks.get(name, 0)
    return len(times)


def _publish(name: Name, until: float | None) -> None:
    with contextlib.suppress(Exception):
        stored = dict(cache.get(PAUSED_KEY) or {})
        if until is None:
            stored.pop("|".join(name), None)
            cache.delete_many([_key(TRIAL_KEY, *name), _key(FAILURES_KEY, *name)])
        else:
            stored["|".join(name)] = until
            cache.delete(_key(TRIAL_KEY, *name))
        cache.set(PAUSED_KEY, stored, KEEP_SECONDS)


def _tell() -> None:
    for listener in _listeners:
        listener()


def _key(template: str, plugin: str, hook: str) -> str:
    """Return a cache key; pages are hooks with a space in the name, which memcached refuses."""
    return template.format(plugin, hook.replace(" ", "."))
