"""The one place that asks what time it is, so that tests can freeze it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return the current instant, aware, in UTC."""
    return datetime.now(UTC)


def today(zone: str = "UTC") -> date:
    """Return the current date in an IANA time zone."""
    return datetime.now(ZoneInfo(zone)).date()
