"""What this thread is doing for which plug-in: read by the database guard and by ``ctx``."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.kernel.surroundings import Arithmetic


class Call:
    """The running call of a thread.

    ``plugin`` is None while the platform itself works; ``deadline`` is in seconds of
    ``time.monotonic()``; ``writes`` allows changes to the plug-in's own tables; ``savepoint`` is
    the one that the first query of a call opened, unless the call is ``covered`` by one already.
    ``spent`` are the seconds that plug-ins took of the request, which may take ``limit``;
    ``arithmetic`` is the decimal context last seen, and ``alarm`` is raised by whatever calls for
    a closer look after a plug-in's turn.
    """

    __slots__ = (
        "alarm",
        "arithmetic",
        "covered",
        "deadline",
        "hook",
        "limit",
        "plugin",
        "savepoint",
        "spent",
        "touched",
        "writes",
    )

    def __init__(self) -> None:
        self.plugin: str | None = None
        self.hook = ""
        self.deadline = float("inf")
        self.writes = False
        self.touched = False
        self.covered = False
        self.alarm = True
        self.savepoint: str | None = None
        self.arithmetic: Arithmetic | None = None
        self.spent = 0.0
        self.limit = float("inf")


class _Calls(threading.local):
    def __init__(self) -> None:
        self.call = Call()


CALLS = _Calls()


@contextmanager
def suspended() -> Iterator[None]:
    """Let the platform work on a plug-in's behalf, with the platform's own rights."""
    call = CALLS.call
    plugin, call.plugin = call.plugin, None
    try:
        yield
    finally:
        call.plugin = plugin


def begin_request(limit: float) -> None:
    """Give plug-ins ``limit`` seconds of what this thread does from now on."""
    CALLS.call.spent, CALLS.call.limit = 0.0, limit


def end_request() -> None:
    """Count no longer."""
    CALLS.call.spent, CALLS.call.limit = 0.0, float("inf")
