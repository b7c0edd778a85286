"""Tells workers that something is due. Best effort: the sweeper finds what a lost wake left.

The broker is spoken to by a thread of its own, so that a broker that is down costs a request
nothing. Wakes carry nothing, hence any number that wait become one.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time

from celery import current_app
from django.db import transaction

from core.jobs import file_broker  # noqa: F401  # takes the place of the one in kombu

log = logging.getLogger("haitao.jobs")

WAKE = "core.jobs.wake"
PAUSE_AFTER_FAILURE = 5.0
LAST_WORDS = 0.5


class Bell:
    """One pending wake at most, sent by a daemon thread of this process."""

    def __init__(self) -> None:
        self.wanted = threading.Event()
        self.idle = threading.Event()
        self.idle.set()
        self.thread = threading.Thread(target=self._send_forever, name="wake", daemon=True)
        self.thread.start()

    def ring(self) -> None:
        """Ask for a wake to be sent; returns at once."""
        self.idle.clear()
        self.wanted.set()

    def _send_forever(self) -> None:
        while True:
            self.wanted.wait()
            self.wanted.clear()
            try:
                send()
            except Exception as error:
                log.warning("the broker cannot be reached, the sweeper will do: %s", error)
                self.idle.set()
                time.sleep(PAUSE_AFTER_FAILURE)
            if not self.wanted.is_set():
                self.idle.set()


_bell: Bell | None = None
_bell_of = 0
_lock = threading.Lock()


def wake_on_commit() -> None:
    """Wake workers when the current transaction has been committed, at once if there is none."""
    transaction.on_commit(ring, robust=True)


def ring() -> None:
    """Wake a worker soon; never blocks and never raises for the broker's sake."""
    global _bell, _bell_of
    with _lock:
        # A forked process inherits the bell, but not its thread.
        if _bell is None or _bell_of != os.getpid():
            _bell, _bell_of = Bell(), os.getpid()
    _bell.ring()


def send() -> None:
    """Send one wake. Raises what the broker's client raises."""
    current_app.send_task(WAKE, retry=False, ignore_result=True)


@atexit.register
def _wait_for_last_wake() -> None:
    if _bell is not None and _bell_of == os.getpid():
        _bell.idle.wait(LAST_WORDS)
