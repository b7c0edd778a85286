"""Parcels of an order: adding them, their legs, and what an operator knows of their way."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.accounts.services import record
from core.kernel import providers
from core.logistics import milestones, services, statuses
from core.logistics.detect import identify
from core.logistics.errors import ParcelError
from core.logistics.models import Leg, Parcel
from core.logistics.queries import operator_events
from core.logistics.types import AddParcel, Identification
from core.orders.models import Order
from core.pluginapi import CarrierHint, ChannelRef, Status, TimeConfidence, TrackingEvent
from core.web.forms import add_error
from core.web.operator.access import actor, operator_page
from core.web.operator.forms import LegForm, ParcelForm, TrackingEventForm
from core.web.operator.order_page import find

SOURCE = "operator"
REFUSED = {
    "phone": gettext_lazy("This is a phone number, not a tracking number."),
    "identity_number": gettext_lazy("This is an identity number, not a tracking number."),
    "not_a_number": gettext_lazy("This cannot be a tracking number."),
}


@operator_page("GET", "HEAD", "POST")
def new_parcel(request: HttpRequest, number: str) -> HttpResponse:
    """Add a parcel to an order; without a carrier, show which ones its number fits."""
    order = find(number)
    form = ParcelForm(request.POST or None, carriers=carrier_choices(order.channel.ref))
    found = None
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["carrier"]:
            parcel = _add(request, order, form)
            if parcel:
                return redirect("operator:parcel", parcel=parcel.pk)
        else:
            found = _candidates(form, order.channel.ref, order.country)
    context = {"order": order, "form": form, "found": found, "guesses": _guesses(found, form)}
    status = 400 if form.errors else 200
    return render(request, "operator/parcel_new.html", context, status=status)


@operator_page()
def parcel_page(request: HttpRequest, parcel: UUID) -> HttpResponse:
    """Show a parcel with the carriers' own words."""
    row = find_parcel(parcel)
    return _show(request, row, _event_form(row), _leg_form(row))


@operator_page("POST")
def add_event(request: HttpRequest, parcel: UUID) -> HttpResponse:
    """Note what happened to a parcel, as the operator knows it."""
    row = find_parcel(parcel)
    form = _event_form(row, request.POST)
    leg = row.legs.order_by("-sequence").first()
    if leg is None:
        form.add_error(None, _("The parcel has no tracking number yet. Add one first."))
    if not form.is_valid() or leg is None:
        return _show(request, row, form, _leg_form(row), status=400)
    try:
        result = services.ingest(leg, [_event(form)], source=SOURCE)
    except ParcelError as refusal:
        add_error(form, refusal)
        return _show(request, row, form, _leg_form(row), status=400)
    if result.new:
        what = form.cleaned_data["milestone"]
        record(actor(request), "parcel.event", f"parcel:{row.pk}", milestone=what)
        messages.success(request, _("Noted. The buyer's page shows it now."))
    else:
        messages.info(request, _("This was known already."))
    return redirect("operator:parcel", parcel=row.pk)


@operator_page("POST")
def add_leg(request: HttpRequest, parcel: UUID) -> HttpResponse:
    """Add the next carrier's number; without a carrier, show which ones it fits."""
    row = find_parcel(parcel)
    form = _leg_form(row, request.POST)
    found = None
    if form.is_valid() and not form.cleaned_data["carrier"]:
        found = _candidates(form, _channel(row), row.destination)
    elif form.is_valid() and _add_leg(request, row, form):
        return redirect("operator:parcel", parcel=row.pk)
    status = 400 if form.errors else 200
    return _show(request, row, _event_form(row), form, found=found, status=status)


def find_parcel(parcel: UUID) -> Parcel:
    """Return a parcel. Raises Http404."""
    return get_object_or_404(Parcel.objects.select_related("channel"), pk=parcel)


def carrier_choices(channel: ChannelRef | None) -> list[tuple[str, str]]:
    """Return the carriers that are on in a channel, in the current language."""
    language = get_language() or "en"
    return [(p.key, p.object.title.in_language(language)) for p in providers.carriers(channel)]


def _show(
    request: HttpRequest,
    row: Parcel,
    event_form: TrackingEventForm,
    leg_form: LegForm,
    *,
    found: Identification | None = None,
    status: int = 200,
) -> HttpResponse:
    events = [(event, _milestone_word(event.milestone)) for event in operator_events(row)]
    context = {
        "parcel": row,
        "order": Order.objects.filter(pk=row.order).first() if row.order else None,
        "status_word": statuses.label(row.state),
        "legs": row.legs.order_by("sequence"),
        "events": events,
        "event_form": event_form,
        "leg_form": leg_form,
        "found": found,
        "guesses": _guesses(found, leg_form),
    }
    return render(request, "operator/parcel.html", context, status=status)


def _add(request: HttpRequest, order: Order, form: ParcelForm) -> Parcel | None:
    data = form.cleaned_data
    wanted = AddParcel(
        order=order.pk,
        channel=order.channel.key,
        origin=data["origin"],
        destination=order.country,
        gross_grams=data["gross_grams"],
        carrier=data["carrier"],
        number=data["number"],
    )
    try:
        parcel = services.add_parcel(wanted)
    except ParcelError as refusal:
        add_error(form, refusal)
        return None
    record(actor(request), "parcel.added", f"parcel:{parcel.pk}", order=order.number)
    messages.success(request, _("The parcel was added."))
    return parcel


def _add_leg(request: HttpRequest, row: Parcel, form: LegForm) -> Leg | None:
    data = form.cleaned_data
    try:
        leg = services.add_leg(row, carrier=data["carrier"], number=data["number"])
    except ParcelError as refusal:
        add_error(form, refusal)
        return None
    record(actor(request), "parcel.leg", f"parcel:{row.pk}", carrier=leg.carrier)
    messages.success(request, _("The next leg was added."))
    return leg


def _candidates(
    form: LegForm, channel: ChannelRef | None, destination: str
) -> Identification | None:
    """Ask which carriers may have issued the number; a refusal becomes an error of the field."""
    found = identify(form.cleaned_data["number"], CarrierHint(destination=destination), channel)
    if found.refused:
        form.add_error("number", str(REFUSED[found.refused]))
        return None
    if not found.candidates:
        form.add_error("carrier", _("No carrier knows this format. Choose the carrier yourself."))
        return None
    return found


def _guesses(found: Identification | None, form: LegForm) -> list[dict[str, Any]]:
    """Return one choice for each carrier among the candidates, the likeliest first."""
    if found is None:
        return []
    titles = dict(form.fields["carrier"].choices)  # type: ignore[attr-defined]
    best: dict[str, dict[str, Any]] = {}
    for guess in found.candidates:
        best.setdefault(
            guess.carrier,
            {
                "carrier": guess.carrier,
                "title": titles.get(guess.carrier, guess.carrier),
                "percent": int(guess.confidence * 100),
                "reason": guess.reason,
                "format": guess.format,
            },
        )
    return [guess for guess in best.values() if guess["carrier"] in titles]


def _event(form: TrackingEventForm) -> TrackingEvent:
    data = form.cleaned_data
    key = data["milestone"]
    return TrackingEvent(
        status=milestones.status_of(key) or Status.UNKNOWN,
        milestone=key,
        code=key,
        text=data["text"],
        local_time=data["at"].strftime("%Y-%m-%d %H:%M"),
        at=data["instant"],
        confidence=TimeConfidence.OFFSET,
        place=data["place"],
        country=data["country"],
        zone=data["zone"],
    )


def _event_form(row: Parcel, data: Any = None) -> TrackingEventForm:
    return TrackingEventForm(data, milestones=_milestone_choices(), initial={"country": row.origin})


def _leg_form(row: Parcel, data: Any = None) -> LegForm:
    return LegForm(data, carriers=carrier_choices(_channel(row)), auto_id="leg_%s")


def _milestone_choices() -> list[Any]:
    """Return the milestones, grouped by the status that follows from each."""
    language = get_language() or "en"
    groups: dict[Status, list[tuple[str, str]]] = {}
    for key, one in milestones.MILESTONES.items():
        groups.setdefault(one.status, []).append((key, one.label.in_language(language)))
    return [
        ("", "—"),
        *((statuses.label(s).in_language(language), found) for s, found in groups.items()),
    ]


def _milestone_word(key: str | None) -> object:
    known = milestones.MILESTONES.get(key or "")
    return known.label if known else None


def _channel(row: Parcel) -> ChannelRef | None:
    return row.channel.ref if row.channel else None
