"""What makes two reports the same event. Pure."""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import UTC, datetime

from core.pluginapi import TrackingEvent
from core.shared.localtime import place_time

IDENTITY_BYTES = 16


def event_identity(leg: str, event: TrackingEvent) -> bytes:
    """Return 16 bytes that two reports of one event share: leg, what happened, when and where.

    What happened is the carrier's code, else the milestone, else the words; when is the instant,
    else the wall clock. Text, language, later fields and the order of reports do not matter.
    """
    parts = (leg, _what(event), _when(event), _folded(event.place), event.country.upper())
    content = "\x1f".join(parts).encode()
    return hashlib.blake2b(content, digest_size=IDENTITY_BYTES, person=b"haitao event").digest()


def _what(event: TrackingEvent) -> str:
    code = _folded(event.code)
    if code:
        return f"code:{code}"
    return f"milestone:{event.milestone}" if event.milestone else f"text:{_folded(event.text)}"


def _when(event: TrackingEvent) -> str:
    if event.at is not None:
        return _instant(event.at)
    placed = place_time(event.local_time)
    if placed.at is not None:
        return _instant(placed.at)
    return placed.local or _folded(event.local_time)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0).isoformat()


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).upper().split())
