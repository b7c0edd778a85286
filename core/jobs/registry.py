"""What this process can run: handlers by kind, subscribers by event kind, schedules by key.

Filled by the rooms' ``AppConfig.ready()``, which import their ``tasks`` modules. Needs no models.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from core.jobs.errors import UnknownKind
from core.jobs.types import Event

if TYPE_CHECKING:
    from core.jobs.context import JobContext

MAX_ATTEMPTS = 5
LEASE = timedelta(seconds=60)

F = TypeVar("F", bound="Callable[[JobContext], None]")


@dataclass(frozen=True, slots=True)
class Handler:
    """How jobs of one kind are run.

    ``delays`` are seconds before the second, third … attempt; the last one repeats. ``given_up``
    is called with the payload when a job is parked or failed.
    """

    kind: str
    run: Callable[[JobContext], None]
    max_attempts: int = MAX_ATTEMPTS
    lease: timedelta = LEASE
    atomic: bool = False
    delays: tuple[int, ...] = (5, 20, 60, 300)
    given_up: Callable[[Mapping[str, Any]], None] | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who wants to hear of what; ``kind`` may end in ``.*``."""

    name: str
    kind: str
    handler: Callable[[Event], None]

    def wants(self, kind: str) -> bool:
        """Say whether an event of ``kind`` is for this subscriber."""
        if self.kind.endswith(".*"):
            return kind.startswith(self.kind[:-1])
        return kind == self.kind


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A job that is enqueued every ``every``, never while the last one is still live."""

    key: str
    kind: str
    every: timedelta
    payload: Mapping[str, Any] = field(default_factory=dict)
    channel: str = ""
    jitter: timedelta = timedelta(0)


_handlers: dict[str, Handler] = {}
_subscriptions: dict[str, Subscription] = {}
_recurrences: dict[str, Recurrence] = {}


def handler(
    kind: str,
    *,
    max_attempts: int = MAX_ATTEMPTS,
    lease: timedelta = LEASE,
    atomic: bool = False,
    delays: tuple[int, ...] = (5, 20, 60, 300),
    given_up: Callable[[Mapping[str, Any]], None] | None = None,
) -> Callable[[F], F]:
    """Register a function as the one that runs jobs of ``kind``.

    It is called at least once: what it does outside ``job.chunk()`` must bear repeating. With
    ``atomic`` the whole run and its end are one transaction, so its rows are written exactly once;
    for short work without I/O. ``lease`` is how long a chunk, or the whole run of a handler
    without chunks, may take before another worker may take over. ``given_up`` is called with the
    payload in the transaction that parks or fails a job, also when its workers were killed and
    the handler could not say so itself. Raises ValueError when another
    function has the kind.
    """

    def register(function: F) -> F:
        known = _handlers.get(kind)
        if known and _name(known.run) != _name(function):
            raise ValueError(f"two handlers for jobs of kind {kind!r}")
        _handlers[kind] = Handler(kind, function, max_attempts, lease, atomic, delays, given_up)
        return function

    return register


def subscribe(kind: str, handler: Callable[[Event], None], *, name: str | None = None) -> None:
    """Have ``handler`` called for events of ``kind`` (``"order.paid"``, or ``"order.*"`` for all).

    It runs in a job and a transaction of its own, and its rows are written exactly once for each
    (``name``, event); its failure is retried alone. ``name`` must stay the same over releases; by
    default the function's dotted name. There is no order between events. Raises ValueError when
    the name is taken by another subscription.
    """
    subscription = Subscription(name or f"{_name(handler)}:{kind}", kind, handler)
    known = _subscriptions.get(subscription.name)
    if known and (known.kind != kind or _name(known.handler) != _name(handler)):
        raise ValueError(f"two subscribers are named {subscription.name!r}")
    _subscriptions[subscription.name] = subscription


def schedule(
    key: str,
    kind: str,
    *,
    every: timedelta,
    payload: Mapping[str, Any] | None = None,
    channel: str = "",
    jitter: timedelta = timedelta(0),
) -> None:
    """Have a job of ``kind`` enqueued every ``every``, first at the next sweep.

    Never twice at once; ticks that were missed become one. ``jitter`` delays each job by a random
    part of it. Raises ValueError when ``every`` is under a second.
    """
    if every < timedelta(seconds=1):
        raise ValueError("a schedule recurs every second at most")
    _recurrences[key] = Recurrence(key, kind, every, dict(payload or {}), channel, jitter)


def handler_of(kind: str) -> Handler:
    """Return the handler of ``kind``. Raises UnknownKind."""
    try:
        return _handlers[kind]
    except KeyError:
        raise UnknownKind(f"no handler for jobs of kind {kind!r} is registered") from None


def kinds() -> list[str]:
    """Return the kinds of jobs that this process can run."""
    return sorted(_handlers)


def subscribers_of(kind: str) -> list[Subscription]:
    """Return who wants events of ``kind``, by name."""
    return [s for _, s in sorted(_subscriptions.items()) if s.wants(kind)]


def subscription(name: str) -> Subscription | None:
    """Return a subscriber by name, or None when it is gone."""
    return _subscriptions.get(name)


def recurrences() -> list[Recurrence]:
    """Return the rooms' schedules."""
    return list(_recurrences.values())


def _name(function: Callable[..., object]) -> str:
    return f"{function.__module__}.{getattr(function, '__qualname__', type(function).__name__)}"
