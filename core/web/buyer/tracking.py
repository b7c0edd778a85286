"""The public page of a parcel, and the look-up by number. Nothing here names a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.kernel import hooks, providers
from core.kernel.models import Channel
from core.logistics import queries
from core.logistics.detect import identify
from core.logistics.models import Parcel
from core.logistics.types import TimelineEntry, Tracking
from core.pluginapi import ChannelRef, Place, Status, Subject, SubjectKind, Text
from core.shared.clock import now
from core.shared.numbers import fold
from core.web.countries import country_name
from core.web.errors import FAULTS, fault_response
from core.web.qr import qr_svg
from core.web.rate_limit import spend
from core.web.slots import fragments

STOP_POLLING = 286
"""The status by which htmx is told to stop asking."""

LOOK_UPS = 40
"""Look-ups by number in five minutes, so that numbers are not tried one after the other."""

LABEL, PICKED, MOVING, CUSTOMS, LAST_MILE, DELIVERING, DELIVERED = range(7)
STAGES: tuple[Promise, ...] = (
    _("Label created"),
    _("Picked up"),
    _("On its way"),
    _("Customs"),
    _("Last mile"),
    _("Out for delivery"),
    _("Delivered"),
)
BY_STATUS = {
    Status.INFO_RECEIVED: LABEL,
    Status.PICKED_UP: PICKED,
    Status.IN_TRANSIT: MOVING,
    Status.CUSTOMS: CUSTOMS,
    Status.OUT_FOR_DELIVERY: DELIVERING,
    Status.DELIVERY_FAILED: DELIVERING,
    Status.AVAILABLE_FOR_PICKUP: DELIVERING,
    Status.DELIVERED: DELIVERED,
}
BY_MILESTONE = {
    "import_released": CUSTOMS,
    "bonded_released": CUSTOMS,
    "handed_to_last_mile": LAST_MILE,
    "last_mile_accepted": LAST_MILE,
    "dest_hub_in": LAST_MILE,
    "dest_hub_out": LAST_MILE,
    "delivery_office": LAST_MILE,
}
OVER = frozenset((Status.DELIVERED, Status.RETURNED, Status.CANCELLED))
TROUBLE = frozenset(
    (Status.EXCEPTION, Status.DELIVERY_FAILED, Status.RETURNING, Status.RETURNED, Status.EXPIRED)
)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the progress bar."""

    name: Promise
    is_done: bool
    is_current: bool


@never_cache
@require_safe
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Show a parcel to whoever has its address."""
    parcel = _parcel(token)
    context = _context(parcel)
    address = request.build_absolute_uri(request.path)
    response = render(
        request, "buyer/tracking.html", {**context, "address": address, "code": qr_svg(address)}
    )
    return _hidden(response)


@never_cache
@require_safe
def part(request: HttpRequest, token: str) -> HttpResponse:
    """Answer a poll: 204 when nothing is new, else the part; 286 ends the polling."""
    parcel = _parcel(token)
    is_over = parcel.state in OVER
    if request.GET.get("revision") == str(parcel.revision) and not is_over:
        return _hidden(HttpResponse(status=204))
    status = STOP_POLLING if is_over else 200
    return _hidden(render(request, "buyer/tracking_part.html", _context(parcel), status=status))


@never_cache
@require_safe
def look_up(request: HttpRequest) -> HttpResponse:
    """Find a parcel by its number; the answer is the parcel's page and nothing of the order."""
    number = request.GET.get("number", "")[:120].strip()
    if not number:
        return _hidden(render(request, "buyer/track.html", {"section": "track"}))
    if not spend(request, "track", limit=LOOK_UPS, seconds=300):
        return fault_response(request, FAULTS[429])
    channel = _any_channel()
    found = identify(number, channel=channel)
    parcels = [] if found.refused else _parcels(number)
    if len(parcels) == 1:
        return redirect(f"/t/{parcels[0].public_token}/")
    names = {one.key: one.object.title for one in providers.carriers(channel)}
    context = {
        "section": "track",
        "number": found.number if found.refused else number,
        "refused": found.refused,
        "parcels": parcels,
        "candidates": [(names.get(g.carrier, g.carrier), g.reason) for g in found.candidates],
    }
    return _hidden(render(request, "buyer/track.html", context, status=200 if parcels else 404))


def _parcel(token: str) -> Parcel:
    parcel = queries.by_token(token)
    if parcel is None:
        raise Http404
    return parcel


def _parcels(number: str) -> list[Parcel]:
    found = {leg.parcel_id: leg.parcel for leg in queries.legs_with(fold(number))}
    return list(found.values())[:20]


def _any_channel() -> ChannelRef | None:
    """Carriers are switched on per channel; the first open one says who may have a number."""
    channel = Channel.objects.filter(is_open=True).first()
    return channel.ref if channel else None


def _hidden(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def _context(parcel: Parcel) -> dict[str, Any]:
    tracking = queries.tracking(parcel)
    channel = parcel.channel.ref if parcel.channel else None
    names = {one.key: one.object.title for one in providers.carriers(channel)}
    subject = Subject(SubjectKind.PARCEL, parcel.pk)
    place = Place("tracking", "below_timeline", get_language() or "en", subject)
    answers = hooks.slot_tracking_page(channel, place=place, subject=subject)
    return {
        "section": "track",
        "parcel": parcel,
        "tracking": tracking,
        "stages": stages(tracking),
        "is_over": tracking.status in OVER,
        "in_trouble": tracking.status in TROUBLE or tracking.conflict,
        "origin": country_name(tracking.origin) if tracking.origin else "",
        "destination": country_name(tracking.destination),
        "entries": [(entry, _carrier(names, entry), _where(entry)) for entry in tracking.timeline],
        "legs": [
            (names.get(leg.carrier, Text(leg.carrier)), leg.number)
            for leg in parcel.legs.order_by("sequence")
        ],
        "silent_days": _silent_days(tracking),
        "fragments": fragments(answers),
    }


def stages(tracking: Tracking) -> list[Stage]:
    """Return the stages with the one that the parcel is in.

    Customs comes before the pick-up where it did: goods of a bonded zone are cleared in it.
    """
    reports = [_stage(entry) for entry in reversed(tracking.timeline)]
    oldest_first = [stage for stage in reports if stage is not None]
    order = list(range(len(STAGES)))
    if _is_cleared_first(oldest_first):
        order.remove(CUSTOMS)
        order.insert(PICKED, CUSTOMS)
    reached = [order.index(stage) for stage in oldest_first]
    current = max(reached, default=-1)
    is_over = current == DELIVERED
    return [
        Stage(STAGES[stage], place < current or is_over, place == current and not is_over)
        for place, stage in enumerate(order)
    ]


def _is_cleared_first(stages: list[int]) -> bool:
    """Say whether customs was done before anything moved, and something moved since."""
    if CUSTOMS not in stages:
        return False
    before = stages[: stages.index(CUSTOMS)]
    moved = any(stage not in (LABEL, CUSTOMS) for stage in stages)
    return moved and all(stage == LABEL for stage in before)


def _stage(entry: TimelineEntry) -> int | None:
    if not entry.moves:
        return None
    by_milestone = BY_MILESTONE.get(entry.milestone or "")
    return by_milestone if by_milestone is not None else BY_STATUS.get(entry.status)


def _carrier(names: dict[str, Text], entry: TimelineEntry) -> Text:
    return names.get(entry.carrier, Text(entry.carrier))


def _where(entry: TimelineEntry) -> str:
    country = country_name(entry.country) if entry.country else ""
    return ", ".join(part for part in (entry.place, country) if part)


def _silent_days(tracking: Tracking) -> int:
    newest = next((entry.at for entry in tracking.timeline if entry.at), None)
    return (now() - newest).days if newest and tracking.status not in OVER else 0
