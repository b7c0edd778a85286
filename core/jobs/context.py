"""What a handler is given: its payload, its cursor, and chunks that commit under the lease."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from core.jobs import leases
from core.jobs.errors import WorkerStopping
from core.jobs.models import Job
from core.jobs.registry import Handler
from core.shared.clock import now
from core.shared.text import Text

STOPPING = threading.Event()
"""Set when this worker was told to stop: jobs are handed back at their next chunk."""


class Chunk:
    """One transaction of a job; what was saved is written at its end, under the lease."""

    def __init__(self) -> None:
        self.cursor: dict[str, Any] | None = None
        self.changes: dict[str, Any] = {}

    def save(
        self,
        *,
        cursor: Mapping[str, Any] | None = None,
        done: int | None = None,
        total: int | None = None,
        message: str | Text | None = None,
    ) -> None:
        """Set what is stored with the chunk's effects; what is left out stays as it is."""
        if cursor is not None:
            self.cursor = dict(cursor)
        self.changes |= progress_columns(done, total, message)


class JobContext:
    """A job in the hands of a worker. ``cursor`` is as the last committed chunk left it."""

    def __init__(self, job: Job, spec: Handler) -> None:
        self.id = job.pk
        self.kind = job.kind
        self.payload: dict[str, Any] = job.payload
        self.channel = job.channel
        self.attempt = job.attempts
        self.cursor: dict[str, Any] = job.cursor
        self.lease = leases.Lease(job.pk, job.lease_owner, job.fence, spec.lease)

    @contextmanager
    def chunk(self) -> Iterator[Chunk]:
        """Open a transaction for effects, cursor and events together.

        Raises LeaseLost at its end, and rolls everything back, when another worker has the job;
        WorkerStopping at its beginning, when this one was told to stop.
        """
        if STOPPING.is_set():
            raise WorkerStopping
        with transaction.atomic():
            chunk = Chunk()
            yield chunk
            changes = dict(chunk.changes)
            if chunk.cursor is not None:
                changes |= {"cursor": chunk.cursor, "attempts": 1}
            leases.renew(self.lease, **changes)
        if chunk.cursor is not None:
            self.cursor = chunk.cursor

    def progress(
        self,
        done: int | None = None,
        total: int | None = None,
        message: str | Text | None = None,
    ) -> None:
        """Tell how far the work is, and keep the lease. Raises LeaseLost."""
        leases.renew(self.lease, **progress_columns(done, total, message))

    def heartbeat(self) -> None:
        """Keep the lease through a long step without rows. Raises LeaseLost."""
        leases.renew(self.lease)


def progress_columns(
    done: int | None, total: int | None, message: str | Text | None
) -> dict[str, Any]:
    """Return the columns that a report of progress changes."""
    columns: dict[str, Any] = {}
    if done is not None:
        columns |= {"done": done, "progress_at": now()}
    if total is not None:
        columns["total"] = total
    if message is not None:
        text = message if isinstance(message, Text) else Text(message)
        columns["message"] = text.as_dict()
    return columns
