"""``Context``: all that an implementation is given beside its arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from core.pluginapi.types.values import ChannelRef
from core.pluginapi.verbs import Verbs


class Reply(Protocol):
    """An HTTP answer, read whole within the session's byte limit."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str: ...

    def json(self) -> Any:
        """Return the parsed body. Raises InvalidInput when it is not JSON."""
        ...


class Http(Protocol):
    """Outgoing HTTP with a deadline, a byte limit, and no way to private addresses.

    Raises Unavailable on time-outs, refused addresses and 5xx answers, InvalidInput when the
    answer is larger than the limit.
    """

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply: ...

    def post(
        self,
        url: str,
        *,
        json: object | None = None,
        data: bytes | Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply: ...


class Log(Protocol):
    """A rate-limited log that names the plug-in and never writes its secrets."""

    def debug(self, message: str, **fields: object) -> None: ...
    def info(self, message: str, **fields: object) -> None: ...
    def warning(self, message: str, **fields: object) -> None: ...
    def error(self, message: str, **fields: object) -> None: ...


class Cache(Protocol):
    """A cache of this plug-in's own; values are JSON."""

    def get(self, key: str) -> Any: ...
    def set(self, key: str, value: object, seconds: int) -> None: ...


class OwnHooks(Protocol):
    """Fires the hooks that the plug-in's manifest declares under ``specs``."""

    def __call__(self, hook: str, /, **arguments: object) -> Any: ...


@dataclass(frozen=True, slots=True)
class Context:
    """Bound to (plug-in, channel) by the kernel; ``channel`` is None for platform work.

    ``settings`` are this plug-in's own, of the class that it registered, or None. ``deadline`` is
    in seconds of ``time.monotonic()``.
    """

    plugin: str
    channel: ChannelRef | None
    settings: Any
    verbs: Verbs
    http: Http
    log: Log
    cache: Cache
    hooks: OwnHooks
    now: datetime
    deadline: float
