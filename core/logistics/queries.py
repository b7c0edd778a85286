"""What other rooms read of parcels. Nothing here names a person, but :func:`operator_events`."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count

from core.kernel import hooks
from core.logistics import milestones, statuses
from core.logistics.models import Leg, Parcel, ParcelEvent
from core.logistics.progress import moment_of
from core.logistics.types import TimelineEntry, Tracking
from core.pluginapi import (
    ChannelRef,
    EtaRange,
    LegView,
    Note,
    ParcelRef,
    ParcelView,
    Status,
    Text,
    TimeConfidence,
    TrackingEvent,
)

TOKEN_LENGTH = 40
UNREAD = Text("Reported by the carrier", "承运商更新", "承運商更新")
FINAL = frozenset({Status.DELIVERED, Status.RETURNED, Status.CANCELLED})


def by_token(token: str) -> Parcel | None:
    """Return the parcel whose page has this address, or None."""
    if not token or len(token) > TOKEN_LENGTH or not token.isascii():
        return None
    return Parcel.objects.select_related("channel").filter(public_token=token).first()


def of_order(order: UUID) -> list[Parcel]:
    """Return the parcels of an order, the first one first."""
    return list(Parcel.objects.filter(order=order).order_by("created_at"))


def parcel_view(ref: ParcelRef | UUID) -> ParcelView:
    """Return a parcel as plug-ins see it. Raises Parcel.DoesNotExist."""
    return view_of(Parcel.objects.get(pk=ref))


def view_of(parcel: Parcel) -> ParcelView:
    """Return a parcel as plug-ins see it: without carriers' words, oldest event first."""
    return ParcelView(
        ref=parcel.ref,
        order=parcel.order_ref,
        status=parcel.state,
        milestone=parcel.milestone or None,
        origin=parcel.origin,
        destination=parcel.destination,
        legs=tuple(
            LegView(number=leg.number, carrier=leg.carrier, sequence=leg.sequence)
            for leg in parcel.legs.order_by("sequence")
        ),
        events=tuple(public_event(row) for row in reversed(_newest_first(parcel))),
    )


def public_event(row: ParcelEvent) -> TrackingEvent:
    """Return an event without what may name a person: no text, and a place that is a city."""
    known = milestones.MILESTONES.get(row.milestone)
    return TrackingEvent(
        status=Status(row.status),
        milestone=row.milestone or None,
        code=row.code,
        text="",
        local_time=row.local_time,
        at=row.at,
        confidence=TimeConfidence(row.confidence),
        place=_city(row.place),
        country=row.country,
        reason=row.reason,
        action_required=row.action_required or (known.action if known else ""),
        zone=row.zone,
    )


def event_value(event: UUID) -> TrackingEvent | None:
    """Return one stored event without what may name a person, or None when it is gone."""
    row = ParcelEvent.objects.filter(pk=event).first()
    return public_event(row) if row else None


def tracking(parcel: Parcel) -> Tracking:
    """Return everything that the tracking page shows."""
    view = view_of(parcel)
    milestone = milestones.MILESTONES.get(parcel.milestone)
    return Tracking(
        parcel=parcel.ref,
        status=parcel.state,
        label=statuses.label(parcel.state),
        milestone=parcel.milestone or None,
        milestone_label=milestone.label if milestone else None,
        action=milestones.ACTIONS.get(parcel.action_required),
        conflict=parcel.conflict,
        origin=parcel.origin,
        destination=parcel.destination,
        updated_at=parcel.status_at,
        timeline=tuple(_entry(row) for row in _newest_first(parcel)),
        eta=eta(parcel, view),
        notes=notes(parcel, view),
    )


def eta(parcel: Parcel, view: ParcelView | None = None) -> EtaRange | None:
    """Return when a parcel should arrive, by the first plug-in that knows; None when it ended."""
    if parcel.state in FINAL or parcel.milestone in milestones.ENDINGS:
        return None
    answer = hooks.offer_eta(_channel(parcel), parcel=view or view_of(parcel))
    return answer.value if answer else None


def notes(parcel: Parcel, view: ParcelView | None = None) -> tuple[Note, ...]:
    """Return the plug-ins' sentences for the tracking page."""
    answers = hooks.add_tracking_notes(_channel(parcel), parcel=view or view_of(parcel))
    return tuple(answer.value for answer in answers)


def operator_events(parcel: Parcel) -> list[TrackingEvent]:
    """Return all events with the carriers' own words, newest first, for operators alone."""
    return [row.value for row in _newest_first(parcel)]


def unmapped_codes(limit: int = 100) -> list[tuple[str, str, int]]:
    """Return (carrier, code, count) of events that no plug-in understood, most frequent first."""
    rows = ParcelEvent.objects.filter(milestone="").values_list("leg__carrier", "code")
    return list(rows.annotate(count=Count("id")).order_by("-count", "code")[:limit])


def legs_with(number: str, carrier: str = "") -> list[Leg]:
    """Return the legs that have a folded number: one hand-over number may serve several parcels."""
    found = Leg.objects.filter(number=number).select_related("parcel")
    return list(found.filter(carrier=carrier) if carrier else found)


def _channel(parcel: Parcel) -> ChannelRef | None:
    return parcel.channel.ref if parcel.channel else None


def _newest_first(parcel: Parcel) -> list[ParcelEvent]:
    rows = list(parcel.events.select_related("leg"))
    return sorted(rows, key=_order, reverse=True)


def _order(row: ParcelEvent) -> tuple[object, ...]:
    moment = moment_of(row.at, row.local_time, row.received_at)
    return moment, statuses.rank(Status(row.status)), row.leg.sequence, bytes(row.identity)


def _entry(row: ParcelEvent) -> TimelineEntry:
    milestone = milestones.MILESTONES.get(row.milestone)
    return TimelineEntry(
        status=Status(row.status),
        milestone=row.milestone or None,
        label=milestone.label if milestone else UNREAD,
        at=row.at,
        local_time=row.local_time,
        zone=row.zone,
        confidence=TimeConfidence(row.confidence),
        place=_city(row.place),
        country=row.country,
        carrier=row.leg.carrier,
        leg=row.leg.sequence,
        moves=milestone is not None,
    )


def _city(place: str) -> str:
    """A city's name has no digits and is short; anything else may be somebody's address."""
    is_city = len(place) <= 40 and not any(c.isdigit() for c in place)
    return place if is_city else ""
