"""One order: its state and next steps, papers, parcels, payments and ledger."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.accounts.services import record
from core.kernel import providers
from core.logistics.models import Parcel
from core.orders import flow
from core.orders.errors import OrderError
from core.orders.models import STATES, LedgerEntry, Order
from core.orders.quota import RETURN_PAPER, uses_of
from core.web.operator.access import actor, operator_page
from core.web.operator.forms import DocumentForm, TransitionForm
from core.web.operator.orders import TONES

STATE_WORDS = dict(STATES)


@operator_page()
def order_page(request: HttpRequest, number: str) -> HttpResponse:
    """Show one order."""
    return show(request, find(number), TransitionForm(), _document_form(find(number)))


@operator_page("POST")
def take_step(request: HttpRequest, number: str) -> HttpResponse:
    """Move an order along its flow, with a reason."""
    order = find(number)
    form = TransitionForm(request.POST)
    if not form.is_valid():
        return show(request, order, form, _document_form(order), status=400)
    target = request.POST.get("target", "")
    reason = form.cleaned_data["reason"]
    try:
        flow.transition(order, target, by="operator", reason=reason, actor=actor(request))
    except OrderError as refusal:
        form.add_error(None, refusal.text.in_language(get_language() or "en"))
        return show(request, find(number), form, _document_form(order), status=400)
    record(actor(request), "order.moved", f"order:{order.number}", to=order.state, reason=reason)
    words = STATE_WORDS.get(order.state, order.state)
    messages.success(request, _("The order is now: %(state)s.") % {"state": words})
    return redirect("operator:order", number=order.number)


@operator_page("POST")
def add_document(request: HttpRequest, number: str) -> HttpResponse:
    """Note a paper that a step of the order needs."""
    order = find(number)
    form = _document_form(order, request.POST)
    if not form.is_valid():
        return show(request, order, TransitionForm(), form, status=400)
    kind, reference = form.cleaned_data["kind"], form.cleaned_data["reference"]
    try:
        flow.attach_document(order, kind, reference, by=actor(request))
    except OrderError as refusal:
        form.add_error("reference", refusal.text.in_language(get_language() or "en"))
        return show(request, order, TransitionForm(), form, status=400)
    record(actor(request), "order.document", f"order:{order.number}", kind=kind)
    messages.success(request, _("The document was noted."))
    return redirect("operator:order", number=order.number)


def find(number: str) -> Order:
    """Return an order with what its page reads. Raises Http404."""
    rows = Order.objects.select_related("channel", "quote", "buyer")
    return get_object_or_404(rows, number=number)


def show(
    request: HttpRequest,
    order: Order,
    step_form: TransitionForm,
    document_form: DocumentForm,
    *,
    status: int = 200,
) -> HttpResponse:
    """Draw the order's page with the forms as they stand."""
    context = {
        "order": order,
        "tone": TONES.get(order.state, "info"),
        "stages": _stages(order),
        "steps": _steps(order),
        "step_form": step_form,
        "document_form": document_form,
        "documents": order.documents.all(),
        "lines": order.lines.all(),
        "components": order.quote.document.get("components", []),
        "parcels": Parcel.objects.filter(order=order.pk).prefetch_related("legs"),
        "payments": order.payments.all(),
        "entries": LedgerEntry.objects.filter(order=order),
        "history": order.transitions.order_by("-at", "-id"),
    }
    return render(request, "operator/order.html", context, status=status)


def _stages(order: Order) -> list[dict[str, Any]]:
    """Return the flow's states for the progress line; the side states come in where they are."""
    try:
        states = list(flow.flow_of(order).states)
    except OrderError:
        states = []
    if order.state not in states:
        states.append(order.state)
    here = states.index(order.state)
    return [
        {"word": STATE_WORDS.get(state, state), "done": at < here, "current": at == here}
        for at, state in enumerate(states)
    ]


def _steps(order: Order) -> list[dict[str, Any]]:
    """Return what an operator may ask for now, with the papers that are missing."""
    try:
        found = flow.steps(order, by="operator")
    except OrderError:
        return []
    return [
        {
            "target": step.target,
            "word": STATE_WORDS.get(step.target, step.target),
            "missing": [document_word(kind) for kind in step.missing],
            "back": step.target in {"cancelled", "held", "refunding"},
        }
        for step in found
    ]


def document_word(kind: str) -> str:
    """Return a paper's kind as words."""
    words = {
        "order": _("order"),
        "payment": _("payment"),
        "logistics": _("parcel"),
        "shop_receipt": _("shop receipt"),
        "bonded_list": _("bonded list"),
        "inventory_list": _("declaration list"),
        RETURN_PAPER: _("customs' acceptance of the return"),
        "other": _("other paper"),
        "cn22": "CN22",
        "cn23": "CN23",
    }
    return words.get(kind, kind.replace("_", " "))


def _document_form(order: Order, data: Any = None) -> DocumentForm:
    kind = providers.channel_kinds().get(order.channel.kind)
    named = list(kind.documents) if kind else []
    if kind:
        named += [paper for step in kind.flow.transitions for paper in step.requires_documents]
    if uses_of(order.quote.document):
        named.append(RETURN_PAPER)
    by_itself = {"order", "payment", "logistics"}
    kinds = [k for k in dict.fromkeys(named) if k not in by_itself] or ["other"]
    choices = [(k, document_word(k)) for k in dict.fromkeys([*kinds, "other"])]
    return DocumentForm(data, kinds=choices, auto_id="document_%s")
