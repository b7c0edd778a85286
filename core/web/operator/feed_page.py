"""One feed: what it was, how its rows ended, what it waits for."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.web.operator.access import actor, operator_page
from core.web.operator.feeds import TONES
from suppliers.errors import SupplierError
from suppliers.models import Feed
from suppliers.services import cancel_feed, confirm_feed

SHOWN_ISSUES = 200
REFUSED = {
    "feed_overtaken": gettext_lazy("A newer file of this scope was applied meanwhile."),
    "feed_not_held": gettext_lazy("This feed does not wait any more."),
    "feed_not_waiting": gettext_lazy("This feed can no longer be cancelled."),
}


@operator_page()
def feed_page(request: HttpRequest, feed: str) -> HttpResponse:
    """Show a feed's report."""
    row = find(feed)
    context = {
        "feed": row,
        "tone": TONES.get(Feed.Status(row.status), "info"),
        "summary": list((row.summary or {}).items()),
        "issues": row.issues.all()[:SHOWN_ISSUES],
        "held": row.held or {},
        "can_release": row.status == Feed.Status.HELD,
    }
    return render(request, "operator/feed.html", context)


@operator_page("POST")
def confirm(request: HttpRequest, feed: str) -> HttpResponse:
    """Let a held feed take down what it no longer names."""
    done = _("The offers are being taken down.")
    return _decide(request, find(feed), confirm_feed, done)


@operator_page("POST")
def cancel(request: HttpRequest, feed: str) -> HttpResponse:
    """Keep the offers that a held feed no longer names."""
    done = _("Nothing is taken down. The next file decides anew.")
    return _decide(request, find(feed), cancel_feed, done)


def find(feed: str) -> Feed:
    """Return a feed by its public id. Raises Http404."""
    identifier = Feed.id_of(feed)
    if identifier is None:
        raise Http404(feed)
    return get_object_or_404(Feed.objects.select_related("supplier"), pk=identifier)


def _decide(
    request: HttpRequest, feed: Feed, decide: Callable[..., None], done: str
) -> HttpResponse:
    try:
        decide(feed, actor=actor(request))
    except SupplierError as refusal:
        messages.error(request, str(REFUSED.get(refusal.code, refusal)))
    else:
        messages.success(request, done)
    return redirect("operator:feed", feed=feed.public_id)
