"""Frozen values that other rooms see of jobs and events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any


class State(Enum):
    """Where a job stands. Queued and running are live; parked and failed wait for a person."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Event:
    """News of a room, as its subscribers receive it; ``id`` is the same at every delivery.

    ``channel`` is a channel's key or "", ``subject`` the id of what the news is about, or "".
    """

    id: str
    kind: str
    payload: Mapping[str, Any]
    channel: str
    subject: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is, for the person who waits.

    ``percent`` is 0 to 100, or None while the total is unknown. ``seconds_left`` is an estimate
    from the rows done so far, or None. ``error`` is one sentence, set when the job gave up.
    """

    id: str
    kind: str
    state: State
    done: int
    total: int | None
    message: str
    percent: int | None
    seconds_left: int | None
    attempts: int
    error: str
    at: datetime = field(repr=False)

    @property
    def is_over(self) -> bool:
        """True when the job will not go on by itself."""
        return self.state in {State.DONE, State.FAILED, State.PARKED}
