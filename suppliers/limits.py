"""What a feed may cost: defaults of the settings ``HAITAO_FEED_…``."""

from __future__ import annotations

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
}


def limit(name: str) -> int:
    """Return a limit: ``HAITAO_FEED_<NAME>`` of the settings, or its default."""
    value: Any = getattr(settings, f"HAITAO_FEED_{name}", _DEFAULTS[name])
    return int(value)
