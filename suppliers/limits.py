"""What a feed may cost: ``HAITAO_FEED_…`` of the settings or the environment, or a default."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings

MIB = 1 << 20
_DEFAULTS = {
    "INLINE_BYTES": 16 * MIB,
    "RAW_BYTES": 512 * MIB,
    "PLAIN_BYTES": 4096 * MIB,
    "RATIO": 200,
    "RATIO_FREE_BYTES": 10 * MIB,
    "ROWS": 2_000_000,
    "ISSUES": 10_000,
    "REJECTED_ROWS": 10_000,
    "BATCH": 2_000,
    "VANISH_PERCENT": 10,
    "VANISH_ITEMS": 20,
    "REJECTED_PERCENT": 20,
    "IDEMPOTENCY_HOURS": 72,
    "LEASE_SECONDS": 30,
}


def limit(name: str) -> int:
    """Return a limit. Raises ValueError when the environment holds no number."""
    key = f"HAITAO_FEED_{name}"
    value: Any = getattr(settings, key, None)
    return int(os.environ.get(key, _DEFAULTS[name]) if value is None else value)
