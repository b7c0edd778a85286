"""Values about a plug-in's own life."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from core.shared.text import Text

if TYPE_CHECKING:
    from core.pluginapi.context import Context


@dataclass(frozen=True, slots=True)
class Setup:
    """What ``register_*`` hooks are given: the plug-in's key and the contract's version."""

    plugin: str
    api_version: tuple[int, int]


class HealthState(Enum):
    """How a plug-in is."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Health:
    """One line of the health page. ``cure`` says what the operator should do."""

    code: str
    state: HealthState
    message: Text
    cure: Text | None = None


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """The answer of ``test_connection``; ``details`` are shown to the operator, never secrets."""

    ok: bool
    message: Text
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Work that recurs: ``run(ctx)`` is called in a job, once per active channel, every ``every``.

    ``jitter`` spreads the start, so that many installations do not call a partner at once.
    """

    key: str
    title: Text
    every: timedelta
    run: Callable[[Context], None]
    jitter: timedelta = timedelta(0)
