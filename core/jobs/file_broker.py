"""Celery's filesystem broker, mended: files appear whole or not at all.

kombu writes a message under its final name, so that a worker can take the file before there is
anything in it, and a sender that is killed leaves an empty one. Either ends the worker with a
JSONDecodeError (celery/kombu issue 1551); a torn exchange file does so at every start.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem


class Channel(filesystem.Channel):
    """Messages by rename; an unreadable message or exchange counts as absent."""

    def _put(  # type: ignore[override]  # kombu's classes name the argument differently
        self, queue: str, message: Any, **kwargs: Any
    ) -> None:
        name = f"{time.time_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        write_whole(Path(self.data_folder_out) / name, message)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for waiting in self._waiting(queue):
            taken = waiting.with_name(f".{os.getpid()}-{waiting.name}")
            try:
                # Whoever renames it has it.
                waiting.rename(taken)
                content = taken.read_bytes()
                taken.unlink()
            except OSError:
                continue
            with suppress(ValueError):
                return json.loads(content)
        raise Empty

    def _size(self, queue: str) -> int:
        return len(self._waiting(queue))

    def _purge(self, queue: str) -> int:
        waiting = self._waiting(queue)
        for path in waiting:
            path.unlink(missing_ok=True)
        return len(waiting)

    def _waiting(self, queue: str) -> list[Path]:
        folder = Path(self.data_folder_in)
        try:
            names = sorted(os.listdir(folder))
        except FileNotFoundError:
            folder.mkdir(parents=True, exist_ok=True)
            return []
        return [folder / name for name in names if name.partition(".")[2] == f"{queue}.msg"]

    def get_table(self, exchange: str) -> list[Any]:
        """Return the queues bound to ``exchange``."""
        with suppress(OSError, ValueError, TypeError):
            stored = json.loads(self._file_of(exchange).read_bytes())
            return [filesystem.exchange_queue_t(*bound) for bound in stored]
        return []

    def _file_of(self, exchange: str) -> Path:
        file: Path = getattr(self, "_exchange_file")(exchange)  # noqa: B009  # not in kombu's types
        return file

    def _queue_bind(
        self, exchange: str, routing_key: str | None, pattern: str | None, queue: str
    ) -> None:
        bound = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._changing_exchanges():
            queues = self.get_table(exchange)
            if bound not in queues:
                write_whole(self._file_of(exchange), [bound, *queues])

    def _delete(
        self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any
    ) -> None:
        self._purge(queue)
        gone = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._changing_exchanges():
            queues = self.get_table(exchange)
            if gone in queues:
                kept = [bound for bound in queues if bound != gone]
                write_whole(self._file_of(exchange), kept)

    @contextmanager
    def _changing_exchanges(self) -> Iterator[None]:
        self.control_folder.mkdir(parents=True, exist_ok=True)
        with (self.control_folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    """The transport of ``filesystem://`` in every process that has imported this module."""

    Channel = Channel


def write_whole(path: Path, value: Any) -> None:
    """Write JSON so that a reader sees all of it or no file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.parent / f".{uuid.uuid4()}.tmp"
    try:
        draft.write_text(json.dumps(value), encoding="utf-8")
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
