"""Reads the times that carriers write, and says how surely their instant is known. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MAX_TEXT = 60
MAX_OFFSET = timedelta(hours=14)

_ZONES = {
    "AE": "Asia/Dubai", "AT": "Europe/Vienna", "BE": "Europe/Brussels", "CH": "Europe/Zurich",
    "CN": "Asia/Shanghai", "CZ": "Europe/Prague", "DE": "Europe/Berlin", "DK": "Europe/Copenhagen",
    "FI": "Europe/Helsinki", "FR": "Europe/Paris", "GB": "Europe/London", "GR": "Europe/Athens",
    "HK": "Asia/Hong_Kong", "HU": "Europe/Budapest", "IE": "Europe/Dublin", "IL": "Asia/Jerusalem",
    "IN": "Asia/Kolkata", "IT": "Europe/Rome", "JP": "Asia/Tokyo", "KR": "Asia/Seoul",
    "LU": "Europe/Luxembourg", "MO": "Asia/Macau", "MY": "Asia/Kuala_Lumpur",
    "NL": "Europe/Amsterdam", "NO": "Europe/Oslo", "PH": "Asia/Manila", "PL": "Europe/Warsaw",
    "SE": "Europe/Stockholm", "SG": "Asia/Singapore", "TH": "Asia/Bangkok", "TR": "Europe/Istanbul",
    "TW": "Asia/Taipei", "VN": "Asia/Ho_Chi_Minh",
}  # fmt: skip
"""Countries that parcels leave or reach under one civil time; others have several."""

_DATE = r"(?P<year>[0-9]{4})[-/.年](?P<month>[0-9]{1,2})[-/.月](?P<day>[0-9]{1,2})日?"
_TIME = (
    r"(?P<hour>[0-9]{1,2})[:时点](?P<minute>[0-9]{1,2})"
    r"(?:[:分](?P<second>[0-9]{1,2})(?:[.,][0-9]{1,9})?)?[分秒]?(?:\s*(?P<half>[AP]M))?"
)
_OFFSET = r"(?P<offset>Z|UTC|GMT|(?:GMT|UTC)?[+-][0-9]{1,2}(?::?[0-9]{2})?)"
_WRITTEN = re.compile(rf"{_DATE}(?:[T\s]*{_TIME})?\s*{_OFFSET}?", re.ASCII)
_COMPACT = re.compile(
    r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
    r"(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2})",
    re.ASCII,
)
_EPOCH = re.compile(r"[0-9]{10}(?:[0-9]{3})?", re.ASCII)
_SHIFT = re.compile(r"(?:GMT|UTC)?(?P<sign>[+-])(?P<hours>[0-9]{1,2}):?(?P<minutes>[0-9]{2})?")


class PlacedTime(NamedTuple):
    """A carrier's time: the wall clock in ISO 8601, the instant in UTC, and how it is known.

    ``confidence`` is ``offset``, ``zone_from_location``, ``carrier_default`` or ``none``. ``local``
    is empty when the text is no time, and a date alone when it has no clock.
    """

    local: str
    at: datetime | None
    confidence: str


UNPLACED = PlacedTime("", None, "none")


def place_time(
    text: str, *, zone: str = "", country: str = "", default_zone: str = ""
) -> PlacedTime:
    """Read a carrier's time; ``zone`` is an offset or IANA name that came with it.

    Without one the country's single civil time is used, then the carrier's default, then none:
    an instant is never guessed. Day and month are never swapped; unreadable text gives no time.
    """
    written = text.strip()[:MAX_TEXT].upper()
    if _EPOCH.fullmatch(written):
        return _from_epoch(written)
    match = _COMPACT.fullmatch(written) or _WRITTEN.fullmatch(written)
    if match is None:
        return UNPLACED
    parts = match.groupdict()
    clock = _clock(parts)
    if clock is None:
        return UNPLACED
    if parts.get("hour") is None:
        return PlacedTime(clock.date().isoformat(), None, "none")
    place, confidence = _zone(parts.get("offset") or "", zone, country, default_zone)
    at = _instant(clock, place)
    return PlacedTime(clock.isoformat(), at, confidence if at else "none")


def zone_of(country: str) -> str:
    """Return the IANA zone of a country with one civil time, or an empty text."""
    return _ZONES.get(country.upper(), "")


def local_day(country: str, at: datetime) -> date:
    """Return the day of an instant by a country's calendar; by UTC where it has several times."""
    return at.astimezone(ZoneInfo(zone_of(country) or "UTC")).date()


def _clock(parts: dict[str, str | None]) -> datetime | None:
    hour = int(parts.get("hour") or 0)
    half = parts.get("half")
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "PM" else 0)
    minute, second = int(parts.get("minute") or 0), int(parts.get("second") or 0)
    midnight = hour == 24 and not minute and not second
    try:
        clock = datetime(
            int(parts["year"] or 0),
            int(parts["month"] or 0),
            int(parts["day"] or 0),
            0 if midnight else hour,
            minute,
            second,
        )
        return clock + timedelta(days=1) if midnight else clock
    except (ValueError, OverflowError):
        return None


def _zone(offset: str, zone: str, country: str, default: str) -> tuple[tzinfo | None, str]:
    for candidate, confidence in (
        (offset, "offset"),
        (zone.strip(), "offset"),
        (zone_of(country), "zone_from_location"),
        (default, "carrier_default"),
    ):
        place = _tzinfo(candidate)
        if place is not None:
            return place, confidence
    return None, "none"


def _tzinfo(text: str) -> tzinfo | None:
    if not text:
        return None
    if text.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    match = _SHIFT.fullmatch(text.upper())
    if match:
        shift = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
        return timezone(-shift if match["sign"] == "-" else shift) if shift <= MAX_OFFSET else None
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _instant(clock: datetime, place: tzinfo | None) -> datetime | None:
    if place is None:
        return None
    try:
        return clock.replace(tzinfo=place).astimezone(UTC)
    except OverflowError:
        return None


def _from_epoch(digits: str) -> PlacedTime:
    seconds = int(digits[:10])
    at = datetime.fromtimestamp(seconds, UTC)
    return PlacedTime(at.replace(tzinfo=None).isoformat(), at, "offset")
