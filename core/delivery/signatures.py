"""How outgoing webhooks are signed, and how a receiver checks them. Pure."""

from __future__ import annotations

import hashlib
import hmac

VERSION = "v1"
TOLERANCE_SECONDS = 300


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """Return ``v1=<hex>``: HMAC-SHA256 over ``"v1\\n" + timestamp + "\\n" + hex(sha256(body))``.

    ``timestamp`` is in seconds since 1970.
    """
    signed = f"{VERSION}\n{timestamp}\n{hashlib.sha256(body).hexdigest()}".encode()
    return f"{VERSION}={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def is_genuine(secret: str, *, signature: str, timestamp: str, body: bytes, at: int) -> bool:
    """Say whether a call is signed with ``secret`` and at most five minutes from ``at``."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 13):
        return False
    if abs(int(timestamp) - at) > TOLERANCE_SECONDS:
        return False
    expected = sign(secret, int(timestamp), body).encode()
    return hmac.compare_digest(expected, signature.encode("utf-8", "replace"))
