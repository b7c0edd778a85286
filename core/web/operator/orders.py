"""Orders: which there are, and which wait for the platform to act."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from core.kernel.models import Channel
from core.orders.models import STATES as ORDER_STATES
from core.orders.models import Order
from core.web.operator.access import operator_page
from core.web.operator.listing import asked, chosen, page_of, query_without_page, tabs

TABS = (
    ("act", _("Waiting for you")),
    ("way", _("On the way")),
    ("unpaid", _("Not paid yet")),
    ("ended", _("Ended")),
    ("all", _("All")),
)
STATES: dict[str, tuple[str, ...]] = {
    "act": ("paid", "procuring", "ready", "declared", "cleared", "held", "refunding"),
    "way": ("shipped", "delivered"),
    "unpaid": ("draft", "placed"),
    "ended": ("completed", "cancelled", "refunded"),
}
OPEN = STATES["act"] + STATES["way"] + STATES["unpaid"]
TONES = {
    "held": "warn",
    "refunding": "warn",
    "cancelled": "",
    "refunded": "",
    "draft": "",
    "completed": "ok",
    "delivered": "ok",
}


@operator_page()
def orders(request: HttpRequest) -> HttpResponse:
    """List orders by what they wait for, newest first."""
    counts = _counts()
    keys = [key for key, _label in TABS]
    show = chosen(request, "show", keys, "act" if counts["act"] else "all")
    search = asked(request, "q")
    channel = chosen(request, "channel", list(Channel.objects.values_list("key", flat=True)))
    state = chosen(request, "state", [key for key, _word in ORDER_STATES])
    rows = Order.objects.select_related("channel")
    if state:
        rows = rows.filter(state=state)
    elif show in STATES:
        rows = rows.filter(state__in=STATES[show])
    if channel:
        rows = rows.filter(channel__key=channel)
    if search:
        rows = rows.filter(Q(number__icontains=search) | Q(lines__sku__iexact=search)).distinct()
    page = page_of(request, rows)
    context = {
        "page": page,
        "rows": [(order, TONES.get(order.state, "info")) for order in page],
        "tabs": tabs(TABS, counts, show),
        "show": show,
        "search": search,
        "query": query_without_page(request),
        "channels": Channel.objects.all(),
        "channel": channel,
        "state": dict(ORDER_STATES).get(state),
    }
    return render(request, "operator/orders.html", context)


def by_state() -> dict[str, int]:
    """Return how many orders are in each state."""
    return dict(Order.objects.values_list("state").annotate(number=Count("pk")).order_by())


def _counts() -> dict[str, int]:
    found = by_state()
    counts = {key: sum(found.get(s, 0) for s in states) for key, states in STATES.items()}
    return {**counts, "all": sum(found.values())}
