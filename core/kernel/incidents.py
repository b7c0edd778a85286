"""Records what plug-ins do wrong, without ever failing the one who was disturbed.

An incident is written at once, in a savepoint of the caller's transaction; it is kept in memory
until that transaction commits and written again when it was rolled back.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
import traceback as tb
from dataclasses import dataclass
from datetime import timedelta

from django.core.signals import request_finished
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from core.kernel.calls import suspended
from core.kernel.models import Incident
from core.shared.clock import now

MESSAGE_LENGTH = 1_000
TRACEBACK_LENGTH = 8_000
KEPT = 200
PERSONAL = re.compile(r"[\w.+-]+@[\w-]+\.\w[\w.-]*|\d[\d -]{6,}[\dXx]|[A-Z]{1,2}\d{6,}")

log = logging.getLogger("haitao.kernel")


@dataclass(frozen=True, slots=True)
class Report:
    """What happened, before it is written. ``channel`` is a key or ""."""

    plugin: str
    hook: str
    channel: str
    kind: str
    message: str
    traceback: str = ""
    digest: str = ""

    @property
    def fingerprint(self) -> str:
        """The same for the same thing at the same place."""
        place = self.traceback.rpartition('File "')[2].partition("\n")[0]
        parts = (self.plugin, self.hook, self.channel, self.kind, place or self.message)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:40]


_waiting: list[Report] = []
_lock = threading.Lock()


def report(
    plugin: str,
    hook: str,
    kind: str,
    message: str,
    *,
    channel: str = "",
    error: BaseException | None = None,
    arguments: object = None,
) -> None:
    """Record an incident. Never raises; nothing personal is stored."""
    one = Report(
        plugin=plugin,
        hook=hook,
        channel=channel,
        kind=kind,
        message=masked(message)[:MESSAGE_LENGTH],
        traceback=_traceback(error),
        digest=_digest(arguments),
    )
    log.warning("plug-in %s failed in %s %s: %s", plugin, hook, channel, one.message)
    with _lock:
        del _waiting[:-KEPT]
        _waiting.append(one)
    flush(one)


def flush(*only: Report) -> None:
    """Write what is waiting, as far as the database allows it now."""
    inside = connection.in_atomic_block
    for one in only if inside else tuple(_waiting):
        try:
            with suspended(), transaction.atomic():
                _write(one)
        except Exception:
            log.warning("an incident of %s waits to be written", one.plugin)
            continue
        if inside:
            transaction.on_commit(lambda one=one: _written(one), robust=True)  # type: ignore[misc]
        else:
            _written(one)


def forget() -> None:
    """Drop what is waiting."""
    with _lock:
        _waiting.clear()


def recent(plugin: str, *, hours: int = 24, limit: int = 20) -> list[Incident]:
    """Return a plug-in's open incidents of the last hours, newest first."""
    since = now() - timedelta(hours=hours)
    rows = Incident.objects.filter(plugin=plugin, last_seen__gte=since, resolved_at=None)
    return list(rows.order_by("-last_seen")[:limit])


def masked(text: str) -> str:
    """Return ``text`` with what looks like numbers of people, phones and addresses left out."""
    return PERSONAL.sub("…", text)


def _write(one: Report) -> None:
    seen = Incident.objects.filter(fingerprint=one.fingerprint)
    changes = {"last_seen": now(), "message": one.message, "resolved_at": None}
    if seen.update(count=F("count") + 1, **changes):
        return
    try:
        with transaction.atomic():
            Incident.objects.create(
                fingerprint=one.fingerprint,
                plugin=one.plugin,
                hook=one.hook,
                channel=one.channel,
                kind=one.kind,
                message=one.message,
                traceback=one.traceback,
                digest=one.digest,
            )
    except IntegrityError:
        seen.update(count=F("count") + 1, **changes)


def _written(one: Report) -> None:
    with _lock:
        if one in _waiting:
            _waiting.remove(one)


def _traceback(error: BaseException | None) -> str:
    if error is None:
        return ""
    frames = "".join(tb.format_tb(error.__traceback__, limit=-12))
    return masked(f"{frames}{type(error).__name__}: {error}")[-TRACEBACK_LENGTH:]


def _digest(arguments: object) -> str:
    if arguments is None:
        return ""
    try:
        text = repr(arguments)
    except Exception:
        return ""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _after_request(**_: object) -> None:
    if _waiting and not connection.in_atomic_block:
        flush()


request_finished.connect(_after_request, dispatch_uid="kernel.incidents")
