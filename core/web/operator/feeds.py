"""Feeds of all suppliers: what arrived, how it was read, what waits for a person."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from core.web.operator.access import operator_page
from core.web.operator.listing import asked, chosen, page_of, query_without_page, tabs
from suppliers.models import Feed

TABS = (
    ("attention", _("Needs attention")),
    ("running", _("Being worked on")),
    ("done", _("Done")),
    ("all", _("All")),
)
Status = Feed.Status
STATES: dict[str, tuple[str, ...]] = {
    "attention": (Status.HELD, Status.FAILED),
    "running": Feed.RUNNING,
    "done": (Status.DONE, Status.DONE_WITH_ERRORS, Status.UNCHANGED),
    "all": tuple(Status),
}
TONES = {
    Status.HELD: "warn",
    Status.FAILED: "bad",
    Status.REJECTED: "bad",
    Status.DONE: "ok",
    Status.UNCHANGED: "ok",
    Status.DONE_WITH_ERRORS: "warn",
}


@operator_page()
def feeds(request: HttpRequest) -> HttpResponse:
    """List feeds by state, newest first."""
    counts = _counts()
    show = chosen(request, "show", list(STATES), "attention" if counts["attention"] else "all")
    search = asked(request, "q")
    rows = Feed.objects.filter(status__in=STATES[show]).select_related("supplier")
    if search:
        rows = rows.filter(
            Q(supplier__name__icontains=search)
            | Q(supplier__key__icontains=search)
            | Q(file_name__icontains=search)
        )
    page = page_of(request, rows)
    context = {
        "page": page,
        "rows": [(feed, TONES.get(Status(feed.status), "info"), _numbers(feed)) for feed in page],
        "tabs": tabs(TABS, counts, show),
        "show": show,
        "search": search,
        "query": query_without_page(request),
    }
    return render(request, "operator/feeds.html", context)


def _numbers(feed: Feed) -> list[tuple[str, int]]:
    """Return what an operator looks for first: rows read, written, refused."""
    summary = feed.summary or {}
    wanted = (
        ("rows_read", _("read")),
        ("created", _("created")),
        ("updated", _("changed")),
        ("rejected", _("refused")),
    )
    return [(str(word), summary[key]) for key, word in wanted if summary.get(key) is not None]


def _counts() -> dict[str, int]:
    by_state = dict(Feed.objects.values_list("status").annotate(number=Count("pk")).order_by())
    return {key: sum(by_state.get(s, 0) for s in states) for key, states in STATES.items()}
