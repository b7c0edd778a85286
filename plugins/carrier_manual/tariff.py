"""Freight and duration by the operator's tariff. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.pluginapi import (
    EtaRange,
    Money,
    MoneyError,
    ParcelView,
    RateRequest,
    ServiceQuote,
    Status,
    Text,
)
from core.shared.localtime import zone_of
from plugins.carrier_manual.settings import TariffRow

KEY = "manual"
SOURCE = "tariff typed by the operator"
LAST_STRETCH = frozenset({Status.OUT_FOR_DELIVERY, Status.AVAILABLE_FOR_PICKUP})


def quotes(rows: Iterable[TariffRow], request: RateRequest) -> Sequence[ServiceQuote]:
    """Return a price for each row of the way that takes the weight, the cheapest first."""
    found = [
        ServiceQuote(
            carrier=KEY,
            service=row.title,
            title=Text(row.title),
            freight=freight(row, request.gross_grams),
            days=_days(row),
            source=SOURCE,
        )
        for row in rows
        if _serves(row, request.ship_from, request.destination)
        and request.gross_grams <= row.max_grams
    ]
    return sorted(found, key=lambda one: (one.freight.amount, one.service))


def freight(row: TariffRow, grams: int) -> Money:
    """Return the price of a weight: the first weight, and every step that was begun.

    Raises MoneyError when the row's currency is none.
    """
    beyond = max(0, grams - row.first_grams)
    steps = -(-beyond // row.step_grams)
    return Money(row.first_price + row.step_price * steps, row.currency).rounded()


def usable(rows: Iterable[TariffRow]) -> list[TariffRow]:
    """Return the rows whose currency exists; a mistyped one must not spoil the others."""
    good = []
    for row in rows:
        try:
            freight(row, row.first_grams)
        except MoneyError:
            continue
        good.append(row)
    return good


def estimate(rows: Iterable[TariffRow], parcel: ParcelView, now: datetime) -> EtaRange | None:
    """Return the tariff's days from the first event on; None for a way that is not in it."""
    days = [_days(row) for row in rows if _serves(row, parcel.origin, parcel.destination)]
    if not days or parcel.status in {Status.RETURNING, Status.EXCEPTION}:
        return None
    zone = zone_of(parcel.destination)
    place = ZoneInfo(zone) if zone else UTC
    today = now.astimezone(place).date()
    if parcel.status in LAST_STRETCH:
        return EtaRange(today, today + timedelta(2), BASIS)
    start = min((e.at for e in parcel.events if e.at), default=now).astimezone(place).date()
    return _range(start, today, days)


def _range(start: date, today: date, days: Sequence[tuple[int, int]]) -> EtaRange:
    earliest = max(start + timedelta(min(low for low, _high in days)), today)
    latest = max(start + timedelta(max(high for _low, high in days)), earliest)
    return EtaRange(earliest, latest, BASIS)


def _serves(row: TariffRow, origin: str, destination: str) -> bool:
    return (row.origin, row.destination) == (origin, destination)


def _days(row: TariffRow) -> tuple[int, int]:
    return min(row.days_min, row.days_max), max(row.days_min, row.days_max)


BASIS = Text(
    "Days of the tariff typed by the operator",
    "依据运营人员填写的运费表时效",
    "依據營運人員填寫的運費表時效",
)
