"""Takes in what carriers report: each event once, in one transaction with the parcel's status.

Push and pull meet here. The first statement that writes is an UPDATE of the parcel, so that two
intakes of one parcel wait for each other and the second one sees all that the first one stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from core.jobs import emit
from core.logistics import milestones
from core.logistics.errors import ParcelError
from core.logistics.identity import event_identity
from core.logistics.models import Leg, Parcel, ParcelEvent
from core.logistics.progress import Observed, Standing, standing
from core.logistics.types import IngestResult
from core.pluginapi import Status, TrackingEvent
from core.shared.clock import now
from core.shared.masking import redact

EVENT = "parcel.event"
MAX_EVENTS = 500
"""Events of one parcel: a flood is refused and costs the other parcels nothing."""
_ACTIONS = frozenset(milestones.ACTIONS)


def ingest(leg: Leg, events: Sequence[TrackingEvent], *, source: str = "") -> IngestResult:
    """Store what is new among ``events`` of a leg and bring the parcel's status up to date.

    Idempotent: repeated, reworded, reordered or concurrent reports of an event are that event.
    Each new one is announced once as ``parcel.event``. Raises ParcelError(too_many_events) when
    the parcel would have more than 500.
    """
    rows = _rows(leg, events, source)
    unknown = _unknown(leg.parcel_id, rows)
    if not unknown:
        status = Parcel.objects.values_list("status", flat=True).get(pk=leg.parcel_id)
        return IngestResult(len(events), (), Status(status), changed=False)
    with transaction.atomic():
        _lock(leg.parcel_id)
        new = _insert(leg.parcel_id, unknown)
        before, after = _settle(leg.parcel_id)
        if new:
            _announce(leg.parcel_id, new)
    return IngestResult(len(events), tuple(row.pk for row in new), after, changed=before != after)


@transaction.atomic
def recompute(parcel_id: UUID) -> Status:
    """Judge a parcel's stored events again, after its legs or the milestones have changed."""
    _lock(parcel_id)
    return _settle(parcel_id)[1]


def observed(row: ParcelEvent, sequence: int) -> Observed:
    """Reduce a stored event to what moves a parcel."""
    return Observed(
        identity=bytes(row.identity),
        leg=sequence,
        milestone=row.milestone or None,
        at=row.at,
        local_time=row.local_time,
        received_at=row.received_at,
        reason=row.reason,
        action_required=row.action_required,
    )


def _lock(parcel_id: UUID) -> None:
    parcels = Parcel.objects.filter(pk=parcel_id)
    if not parcels.update(revision=F("revision") + 1):
        raise ParcelError("parcel_unknown", _("There is no such parcel."))


def _rows(leg: Leg, events: Iterable[TrackingEvent], source: str) -> list[ParcelEvent]:
    received = now()
    rows: dict[bytes, ParcelEvent] = {}
    for event in events:
        identity = event_identity(str(leg.pk), event)
        rows.setdefault(identity, _row(leg, identity, _clean(event), source))
    for row in rows.values():
        row.received_at = received
    return list(rows.values())


def _clean(event: TrackingEvent) -> TrackingEvent:
    """Cut to what the columns hold, mask personal numbers, and drop milestones nobody knows."""
    known = milestones.status_of(event.milestone)
    return replace(
        event,
        status=known or Status.UNKNOWN,
        milestone=event.milestone if known else None,
        code=redact(_line(event.code, 60)),
        text=redact(_line(event.text, 500)),
        local_time=_line(event.local_time, 60),
        zone=_line(event.zone, 40),
        place=redact(_line(event.place, 120)),
        country=_country(event.country),
        reason=_line(event.reason, 60),
        action_required=event.action_required if event.action_required in _ACTIONS else "",
    )


def _row(leg: Leg, identity: bytes, event: TrackingEvent, source: str) -> ParcelEvent:
    return ParcelEvent(
        parcel_id=leg.parcel_id,
        leg=leg,
        identity=identity,
        status=event.status.value,
        milestone=event.milestone or "",
        code=event.code,
        text=event.text,
        local_time=event.local_time,
        zone=event.zone,
        at=event.at,
        confidence=event.confidence.value,
        place=event.place,
        country=event.country,
        reason=event.reason,
        action_required=event.action_required,
        source=source[:60],
    )


def _unknown(parcel_id: UUID, rows: Sequence[ParcelEvent]) -> list[ParcelEvent]:
    stored = ParcelEvent.objects.filter(parcel_id=parcel_id).values_list("identity", flat=True)
    known = {bytes(identity) for identity in stored}
    fresh = [row for row in rows if bytes(row.identity) not in known]
    if fresh and len(known) + len(fresh) > MAX_EVENTS:
        raise ParcelError("too_many_events", _("The parcel has too many events."))
    return fresh


def _insert(parcel_id: UUID, rows: Sequence[ParcelEvent]) -> list[ParcelEvent]:
    ParcelEvent.objects.bulk_create(rows, ignore_conflicts=True, batch_size=200)
    stored = set(
        ParcelEvent.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True)
    )
    return [row for row in rows if row.pk in stored]


def _settle(parcel_id: UUID) -> tuple[Status, Status]:
    """Compute the status from all events and store it; return the status before and after."""
    legs = dict(Leg.objects.filter(parcel_id=parcel_id).values_list("pk", "sequence"))
    ends = Leg.objects.filter(parcel_id=parcel_id, to_consignee=True)
    rows = ParcelEvent.objects.filter(parcel_id=parcel_id)
    result = standing(
        [observed(row, legs[row.leg_id]) for row in rows],
        last_leg=max(legs.values(), default=1),
        to_consignee=frozenset(ends.values_list("sequence", flat=True)),
    )
    before = Parcel.objects.values_list("status", flat=True).get(pk=parcel_id)
    Parcel.objects.filter(pk=parcel_id).update(**_columns(result))
    return Status(before), result.status


def _columns(result: Standing) -> dict[str, object]:
    return {
        "status": result.status.value,
        "milestone": result.milestone or "",
        "status_at": result.at,
        "reason": result.reason,
        "action_required": result.action_required,
        "conflict": result.conflict,
        "updated_at": now(),
    }


def _announce(parcel_id: UUID, rows: Sequence[ParcelEvent]) -> None:
    parcel = Parcel.objects.select_related("channel").get(pk=parcel_id)
    channel = parcel.channel.key if parcel.channel else ""
    for row in rows:
        payload = {"parcel": str(parcel_id), "event": str(row.pk)}
        emit(EVENT, payload, channel=channel, subject=str(parcel_id))


def _line(text: str, limit: int) -> str:
    printable = "".join(c if c.isprintable() else " " for c in text[: limit * 4])
    return " ".join(printable.split())[:limit]


def _country(text: str) -> str:
    code = text.strip().upper()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else ""
