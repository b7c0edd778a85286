"""Work that must not be lost: database-owned jobs, the outbox and its subscribers, schedules."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from core.jobs.errors import JobFailed, LeaseLost, UnknownKind
from core.jobs.registry import handler, schedule, subscribe
from core.jobs.types import Event, Progress

if TYPE_CHECKING:
    from core.jobs.context import Chunk, JobContext
    from core.jobs.services import emit, enqueue, run_due

__all__ = [
    "Chunk",
    "Event",
    "JobContext",
    "JobFailed",
    "LeaseLost",
    "Progress",
    "UnknownKind",
    "emit",
    "enqueue",
    "handler",
    "run_due",
    "schedule",
    "subscribe",
]

_LATE = {
    "Chunk": "core.jobs.context",
    "JobContext": "core.jobs.context",
    "emit": "core.jobs.services",
    "enqueue": "core.jobs.services",
    "run_due": "core.jobs.services",
}


def __getattr__(name: str) -> Any:
    # Django imports this package before its models can be; what needs them is fetched when used.
    if name not in _LATE:
        raise AttributeError(name)
    return getattr(import_module(_LATE[name]), name)
