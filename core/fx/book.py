"""The rates of one day, read at once: the newest row of each series that begins at or before it.

A book is kept in memory for as long as no source has a new row. With ``known_at`` it holds what
was known at that instant: rows only accumulate, so an old conversion comes out as it did then.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from core.fx.models import RateRow, RateSeries, SourceState
from core.pluginapi import Pair, Purpose, Rate
from core.shared.prepared import Prepared

KEPT = 64
Rates = Mapping[tuple[Pair, Purpose], Rate]
Stamps = tuple[tuple[str, UUID], ...]


@dataclass(frozen=True, slots=True)
class Book:
    """The newest rate of every series on ``day``, by source; usable or not."""

    day: date
    known_at: datetime | None
    rates: Mapping[str, Rates]

    def on_day(self, source: str, as_of: date) -> Rates:
        """Return what a source observed on one day. One query; rarely needed."""
        rows = RateRow.objects.filter(
            visible(self.known_at), source=source, as_of=as_of, valid_from__lte=self.day
        )
        return {(row.rate.pair, row.rate.purpose): row.rate for row in rows.order_by("revision")}


def visible(known_at: datetime | None) -> Q:
    """Select the rows that could be used at an instant: stored, and not held any more."""
    if known_at is None:
        return Q(held=False)
    return Q(fetched_at__lte=known_at) & (
        Q(held=False, released_at=None) | Q(released_at__lte=known_at)
    )


_STAMPS = Prepared(lambda: SourceState.objects.order_by("source").values_list("source", "stamp"))


def stamps() -> Stamps:
    """Return what changes whenever a rate is added or released. One query."""
    return tuple(tuple(row) for row in _STAMPS.rows())


def book(day: date, *, known_at: datetime | None = None, seen: Stamps | None = None) -> Book:
    """Return the rates of ``day``; two queries, or one when the book is in memory.

    ``seen`` are stamps that the caller has just read, for several books of one conversion.
    """
    key = (stamps() if seen is None else seen, day, known_at)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = _read(day, known_at)
    with _lock:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


_kept: OrderedDict[tuple[Stamps, date, datetime | None], Book] = OrderedDict()
_lock = Lock()


def newest_rows(day: date, known_at: datetime | None = None) -> QuerySet[RateRow]:
    """Return the newest row of each series that begins at or before ``day``; one query."""
    newest = RateRow.objects.filter(
        visible(known_at),
        source=OuterRef("source"),
        base=OuterRef("base"),
        quote=OuterRef("quote"),
        purpose=OuterRef("purpose"),
        valid_from__lte=day,
    ).order_by("-valid_from", "-as_of", "-revision")
    found = RateSeries.objects.annotate(row=Subquery(newest.values("pk")[:1])).values("row")
    return RateRow.objects.filter(pk__in=found)


def _read(day: date, known_at: datetime | None) -> Book:
    rates: dict[str, dict[tuple[Pair, Purpose], Rate]] = defaultdict(dict)
    for row in newest_rows(day, known_at).order_by():
        rate = row.rate
        rates[row.source][rate.pair, rate.purpose] = rate
    return Book(day, known_at, dict(rates))
