"""Identifiers: time-ordered UUIDs for rows, unguessable tokens for links."""

from __future__ import annotations

import secrets
import time
import uuid


def new_id() -> uuid.UUID:
    """Return a UUID of version 7 (RFC 9562): ordered by creation time, so indexes stay compact."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= secrets.randbits(12) << 64
    value |= 0b10 << 62
    value |= secrets.randbits(62)
    return uuid.UUID(int=value)


def new_token(bits: int = 160) -> str:
    """Return an unguessable, URL-safe token."""
    return secrets.token_urlsafe(bits // 8)
