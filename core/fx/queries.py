"""Reading the store of rates."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from core.fx.models import RateRow, SourceState


def history(base: str, quote: str, *, on: date | None = None) -> QuerySet[RateRow]:
    """Return the stored rates between two currencies, either way round, newest first."""
    rows = RateRow.objects.filter(Q(base=base, quote=quote) | Q(base=quote, quote=base))
    if on is not None:
        rows = rows.filter(as_of__lte=on)
    return rows.order_by("-as_of", "source", "-revision")


def held() -> QuerySet[RateRow]:
    """Return the rates that wait for a release, newest first."""
    return RateRow.objects.filter(held=True).order_by("-fetched_at")


def failing_sources() -> QuerySet[SourceState]:
    """Return the sources whose last answer could not be used, by name."""
    return SourceState.objects.exclude(failing_since=None).order_by("source")


def pinned(row_id: UUID) -> RateRow | None:
    """Return the row that a quote pinned; rows never change, so it says what it said then."""
    return RateRow.objects.filter(pk=row_id).first()
