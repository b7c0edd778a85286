"""What the queue of an operator reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from core.catalog.words import searchable
from core.shared.nomenclature import digits_of
from customs.classification.models import Change, Classification, Doubt, State

MAX_WORDS = 8
OPEN = ~Q(state=State.CONFIRMED) | ~Q(conflict="")
SHOWS: Mapping[str, Q] = {
    "open": OPEN,
    "unclassified": Q(state=State.UNCLASSIFIED),
    "suggested": Q(state=State.SUGGESTED),
    "conflict": ~Q(conflict=""),
    "doubt": ~Q(state=State.CONFIRMED) & ~Q(doubt=Doubt.NONE),
    "confirmed": Q(state=State.CONFIRMED),
}
"""Parts of the queue by name."""


class Alike(NamedTuple):
    """Suggestions of one code by one source, none of them doubted."""

    jurisdiction: str
    code: str
    source: str
    number: int


def queue(show: str, *, jurisdiction: str = "", text: str = "") -> QuerySet[Classification]:
    """Return rows of a part of the queue, the newest first, with their items.

    ``text`` is a code, a GTIN or a SKU, or words that a title holds; at most eight count.
    """
    rows = Classification.objects.filter(SHOWS[show]).select_related("item__product")
    if jurisdiction:
        rows = rows.filter(jurisdiction=jurisdiction)
    if not text:
        return rows
    code = digits_of(text) or "—"
    by_words = Q()
    for word in searchable((text.replace("\x00", " "),)).split()[:MAX_WORDS]:
        by_words &= Q(item__product__words__contains=word)
    named = Q(code__startswith=code) | Q(conflict__startswith=code) | Q(stated__startswith=code)
    return rows.filter(by_words | named | Q(item__sku__iexact=text))


def counts(jurisdiction: str = "") -> dict[str, int]:
    """Return how many rows each part of the queue has, in one query."""
    rows = Classification.objects.all()
    if jurisdiction:
        rows = rows.filter(jurisdiction=jurisdiction)
    # An aggregate may not have the name of a field.
    parts = {f"n_{show}": Count("pk", filter=part) for show, part in SHOWS.items()}
    found = rows.order_by().aggregate(**parts)
    return {show: found[f"n_{show}"] for show in SHOWS}


def alike(jurisdiction: str = "", *, most: int = 10) -> list[Alike]:
    """Return the suggestions that were made most often, twice at least, without a doubt."""
    rows = Classification.objects.filter(state=State.SUGGESTED, doubt=Doubt.NONE)
    if jurisdiction:
        rows = rows.filter(jurisdiction=jurisdiction)
    found = rows.order_by().values_list("jurisdiction", "code", "source")
    often = found.annotate(number=Count("pk")).filter(number__gte=2)
    return [Alike(*one) for one in often.order_by("-number", "jurisdiction", "code")[:most]]


def jurisdictions() -> list[str]:
    """Return the jurisdictions that rows are of."""
    known = Classification.objects.order_by("jurisdiction").values_list("jurisdiction", flat=True)
    return list(known.distinct())


def history(row: Classification, *, most: int = 50) -> list[Change]:
    """Return what happened to a row, the newest first."""
    steps = Change.objects.filter(item=row.item_id, jurisdiction=row.jurisdiction)
    return list(steps[:most])
