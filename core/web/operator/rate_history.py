"""The history of one pair: a chart of what was in use, and every row below it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.fx.models import PURPOSES, RateRow, RateSeries
from core.fx.queries import history
from core.fx.routes import PRECISE
from core.shared.clock import today
from core.web.operator.access import operator_page
from core.web.operator.listing import asked, chosen, page_of, query_without_page
from core.web.operator.rate_chart import chart_of
from core.web.operator.rates import titles

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PERIODS = (
    ("30", gettext_lazy("30 days")),
    ("90", gettext_lazy("90 days")),
    ("366", gettext_lazy("One year")),
    ("1827", gettext_lazy("Five years")),
    ("all", gettext_lazy("Everything")),
)
MOST_ROWS = 5_000
"""Rows of one chart; of more, the newest."""


@dataclass(frozen=True, slots=True)
class Row:
    """One stored rate with how old it is and whether it may still be used."""

    row: RateRow
    age_days: int
    stale: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a filter."""

    key: str
    label: str
    current: bool


@dataclass(frozen=True, slots=True)
class Filters:
    """What is shown; "" means all."""

    pair: str
    source: str
    purpose: str
    period: str

    def rows(self) -> QuerySet[RateRow]:
        """Return the rows of the pair, either way round, newest first."""
        base, _, quote = self.pair.partition("/")
        rows = history(base, quote)
        if self.source:
            rows = rows.filter(source=self.source)
        if self.purpose:
            rows = rows.filter(purpose=self.purpose)
        if self.period != "all":
            rows = rows.filter(as_of__gte=today() - timedelta(days=int(self.period)))
        return rows


@operator_page()
def rate_history(request: HttpRequest) -> HttpResponse:
    """Show the chart and the rows of a pair; filters are in the address."""
    pairs, sources = _known()
    filters = Filters(
        pair=chosen(request, "pair", pairs, pairs[0] if pairs else ""),
        source=chosen(request, "source", sources),
        purpose=chosen(request, "purpose", [key for key, _label in PURPOSES]),
        period=chosen(request, "period", [key for key, _label in PERIODS], "90"),
    )
    page = page_of(request, filters.rows())
    context = {
        "filters": filters,
        "unknown_pair": asked(request, "pair") if asked(request, "pair") not in pairs else "",
        "pairs": _choices([(one, one) for one in pairs], filters.pair),
        "sources": _choices([("", _("Every source")), *_titled(sources)], filters.source),
        "purposes": _choices([("", _("Every use")), *PURPOSES], filters.purpose),
        "periods": _choices(PERIODS, filters.period),
        "chart": chart_of(_series(filters)),
        "page": page,
        "rows": [_row(row) for row in page],
        "query": query_without_page(request),
    }
    return render(request, "operator/rate_history.html", context)


def _known() -> tuple[list[str], list[str]]:
    """Return the pairs that have rates, and their sources, in order of name."""
    series = RateSeries.objects.values_list("base", "quote", "source")
    found = list(series)
    pairs = sorted({f"{base}/{quote}" for base, quote, _source in found})
    return pairs, sorted({source for _base, _quote, source in found})


def _titled(sources: list[str]) -> list[tuple[str, str]]:
    names = titles()
    return [(key, names.get(key, key)) for key in sources]


def _choices(entries: Iterable[tuple[str, StrOrPromise]], current: str) -> list[Choice]:
    return [Choice(key, str(label), key == current) for key, label in entries]


def _series(filters: Filters) -> dict[str, list[tuple[date, Decimal]]]:
    """Return what was in use by source and purpose, oldest first, per unit of the asked base."""
    names, uses = titles(), dict(PURPOSES)
    days: dict[str, dict[date, Decimal]] = defaultdict(dict)
    for row in reversed(filters.rows().filter(held=False)[:MOST_ROWS]):
        label = f"{names.get(row.source, row.source)} · {uses[row.purpose]}"
        days[label][row.as_of] = _value(row, filters.pair)  # a correction comes after
    return {label: sorted(found.items()) for label, found in sorted(days.items())}


def _value(row: RateRow, pair: str) -> Decimal:
    value = row.rate.per_unit
    return value if pair.startswith(row.base) else PRECISE.divide(Decimal(1), value)


def _row(row: RateRow) -> Row:
    return Row(row, (today() - row.as_of).days, not row.rate.holds(today()))
