"""What the console's lists share: cleaned filters, tabs with counts, pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Tab:
    """One filter of a list: its key in the address, its words, and how many rows it shows."""

    key: str
    label: str
    count: int | None
    current: bool


def asked(request: HttpRequest, name: str, *, limit: int = 100) -> str:
    """Return a filter of the address: printable text of at most ``limit`` characters."""
    return "".join(c for c in request.GET.get(name, "") if c.isprintable())[:limit].strip()


def chosen(request: HttpRequest, name: str, allowed: Sequence[str], default: str = "") -> str:
    """Return a filter of the address when it is one of ``allowed``, else ``default``."""
    value = asked(request, name)
    return value if value in allowed else default


def tabs(
    labels: Sequence[tuple[str, Any]], counts: dict[str, int] | None, current: str
) -> list[Tab]:
    """Build the tabs of a list; labels may be lazy translations."""
    return [
        Tab(key, str(label), None if counts is None else counts.get(key, 0), key == current)
        for key, label in labels
    ]


def page_of(request: HttpRequest, rows: Any, *, per_page: int = PER_PAGE) -> Page[Any]:
    """Return the asked page of ``rows``; a number that cannot be is the nearest page."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


def query_without_page(request: HttpRequest) -> str:
    """Return the address's filters for links to other pages."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()
