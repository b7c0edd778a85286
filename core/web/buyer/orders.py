"""A buyer's orders: the list, one order with its steps, parcels and payment."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.accounts.models import actor_of
from core.logistics.queries import of_order
from core.logistics.statuses import label
from core.orders.errors import OrderError, StepRefused
from core.orders.flow import flow_of
from core.orders.models import STATES, Order
from core.orders.services import confirm_payment, methods_for, start_payment, steps, transition
from core.pluginapi import Text
from core.web.buyer.account import buyer_of
from core.web.buyer.explained import lines_of
from core.web.buyer.offers import offer_of
from core.web.languages import spoken
from core.web.qr import qr_svg

PAGE_SIZE = 20
STATE_WORDS = dict(STATES)
ASKS: dict[str, Promise] = {
    "cancelled": gettext_lazy("Cancel the order"),
    "completed": gettext_lazy("I have received it: complete the order"),
    "refunding": gettext_lazy("Ask for a refund"),
    "held": gettext_lazy("Something is wrong with it: open a dispute"),
}
"""Steps that a buyer may take by a button, and what the button says."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A state on the order's way."""

    name: object
    is_done: bool
    is_current: bool


@never_cache
@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """List the buyer's orders, the newest first."""
    orders = Order.objects.filter(buyer=buyer_of(request)).select_related("channel")
    pages = Paginator(orders.prefetch_related("lines"), PAGE_SIZE)
    page = pages.get_page(request.GET.get("page", "1")[:6])
    return render(request, "buyer/orders.html", {"section": "orders", "page": page})


@never_cache
@require_safe
@login_required
def show(request: HttpRequest, number: str) -> HttpResponse:
    """Show one order: where it stands, what may be done, its parcels and what was bought."""
    order = _own(request, number)
    parcels = [(parcel, label(parcel.state)) for parcel in of_order(order.pk)]
    context = {
        "section": "orders",
        "order": order,
        "offer": offer_of(order.quote),
        "lines": lines_of(order.quote),
        "stages": _stages(order),
        "methods": methods_for(order) if order.state == "placed" else {},
        "asks": _asks(order),
        "parcels": parcels,
        "history": order.transitions.order_by("-at", "-id"),
        "state_words": STATE_WORDS,
    }
    return render(request, "buyer/order.html", context)


@never_cache
@require_POST
@login_required
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """Begin a payment, and show how the buyer goes on: a redirect, a code, or a message."""
    order = _own(request, number)
    try:
        payment, start = start_payment(order, request.POST.get("method", "")[:40])
    except OrderError as error:
        return _told(request, order, error.text)
    if start.redirect.startswith("https://"):
        return redirect(start.redirect)
    context = {
        "section": "orders",
        "order": order,
        "payment": payment,
        "start": start,
        "code": qr_svg(start.qr_content) if start.qr_content else "",
    }
    return render(request, "buyer/pay.html", context)


@never_cache
@require_POST
@login_required
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    """Ask the provider whether the payment has come in."""
    order = _own(request, number)
    try:
        payment = confirm_payment(order)
    except OrderError as error:
        return _told(request, order, error.text)
    if payment.state == payment.State.PAID:
        messages.success(request, _("Paid. Thank you."))
    else:
        messages.warning(request, _("The payment has not come in yet."))
    return redirect(f"/orders/{order.number}/")


@never_cache
@require_POST
@login_required
def step(request: HttpRequest, number: str) -> HttpResponse:
    """Take a step that the flow leaves to the buyer: cancel, confirm receipt, dispute."""
    order = _own(request, number)
    target = request.POST.get("target", "")[:20]
    if target not in ASKS:
        return _told(
            request,
            order,
            Text("This step is not yours.", "您不能执行此步骤。", "您不能執行此步驟。"),
        )
    try:
        transition(
            order,
            target,
            by="buyer",
            reason=request.POST.get("reason", "")[:300],
            actor=actor_of(request.user),
        )
    except StepRefused as error:
        return _told(request, order, error.text)
    messages.success(
        request, _("The order is now: %(state)s.") % {"state": STATE_WORDS[order.state]}
    )
    return redirect(f"/orders/{order.number}/")


def _own(request: HttpRequest, number: str) -> Order:
    orders = Order.objects.select_related("channel", "quote__channel", "buyer")
    return get_object_or_404(orders, number=number, buyer=buyer_of(request))


def _told(request: HttpRequest, order: Order, text: Text) -> HttpResponse:
    messages.error(request, spoken(text, get_language() or "en"))
    return redirect(f"/orders/{order.number}/")


def _asks(order: Order) -> list[tuple[str, Promise]]:
    try:
        open_steps = steps(order, by="buyer")
    except StepRefused:
        return []
    return [(one.target, ASKS[one.target]) for one in open_steps if one.target in ASKS]


def _stages(order: Order) -> list[Stage]:
    """Return the states of the flow that a buyer sees; beside the way the last one reached."""
    try:
        states = [state for state in flow_of(order).states if state != "draft"]
    except StepRefused:
        return []
    reached = {*order.transitions.values_list("target", flat=True), order.state}
    on_way = [index for index, state in enumerate(states) if state in reached]
    last = states.index(order.state) if order.state in states else max(on_way, default=0)
    return [
        Stage(
            STATE_WORDS.get(state, state),
            is_done=index < last or index == last == len(states) - 1,
            is_current=index == last < len(states) - 1,
        )
        for index, state in enumerate(states)
    ]
