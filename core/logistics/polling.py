"""Asks carriers that can be asked. Which parcel is asked for when depends on its stage."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from django.db.models import F

from core.kernel import providers
from core.kernel.errors import ProviderFailed
from core.logistics import services
from core.logistics.errors import ParcelError
from core.logistics.intake import ingest
from core.logistics.models import Leg, Parcel
from core.logistics.queries import FINAL
from core.pluginapi import ChannelRef, RawTrack, Status, TrackingEvent
from core.shared.clock import now

BATCH = 40
MAX_PARCELS = 200
STAGES = {
    Status.OUT_FOR_DELIVERY: timedelta(minutes=10),
    Status.CUSTOMS: timedelta(hours=1),
    Status.PENDING: timedelta(hours=1),
    Status.INFO_RECEIVED: timedelta(hours=1),
    Status.EXPIRED: timedelta(hours=24),
}
OTHERWISE = timedelta(minutes=30)
AFTER_FAILURE = timedelta(minutes=15)
LONGEST = timedelta(hours=6)
UNTRACKED = timedelta(hours=6)
"""How long a parcel waits whose carrier cannot be asked: the plug-in may come later."""

_log = logging.getLogger(__name__)
_Key = tuple[str, str]


def poll_due() -> int:
    """Ask for every parcel that is due; return how many legs were asked for."""
    asked = 0
    for (_channel, carrier), legs in _due().items():
        channel = legs[0].parcel.channel
        ref = channel.ref if channel else None
        if not _can_track(ref, carrier):
            _postpone(legs, UNTRACKED)
            continue
        for start in range(0, len(legs), BATCH):
            _poll(ref, carrier, legs[start : start + BATCH])
        asked += len(legs)
    return asked


def take_in(leg: Leg, track: RawTrack, channel: ChannelRef | None) -> None:
    """Store what a carrier said of one leg, and follow it to the next carrier's number.

    A track of another number is not this parcel's and is left alone. One event that cannot be
    translated costs itself alone.
    """
    if services.tracking_number(track.number) != leg.number:
        return
    events: list[TrackingEvent] = []
    for raw in track.events:
        try:
            events.append(providers.carrier_normalise(channel, leg.carrier, raw=raw))
        except ProviderFailed:
            # The incident keeps the reason; a carrier's words do not belong in the log.
            _log.warning("an event of %s was not understood", leg.carrier)
    ingest(leg, events, source=f"poll:{leg.carrier}")
    if track.next_number:
        _follow(leg, track)


def _follow(leg: Leg, track: RawTrack) -> None:
    number = services.tracking_number(track.next_number)
    known = set(leg.parcel.legs.values_list("number", flat=True))
    if number not in known:  # carriers name each other in circles
        services.add_leg(leg.parcel, carrier=track.next_carrier, number=number)


def _due() -> dict[_Key, list[Leg]]:
    over = [status.value for status in FINAL]
    parcels = Parcel.objects.filter(next_poll_at__lte=now()).exclude(status__in=over)
    ids = list(parcels.order_by("next_poll_at").values_list("pk", flat=True)[:MAX_PARCELS])
    due: dict[_Key, list[Leg]] = defaultdict(list)
    legs = Leg.objects.filter(parcel__in=ids).select_related("parcel__channel")
    for leg in legs:
        channel = leg.parcel.channel.key if leg.parcel.channel else ""
        due[channel, leg.carrier].append(leg)
    without = set(ids) - {leg.parcel_id for leg in legs}
    Parcel.objects.filter(pk__in=without).update(next_poll_at=None)  # add_leg sets it again
    return due


def _can_track(channel: ChannelRef | None, carrier: str) -> bool:
    return any(
        one.key == carrier and hasattr(one.object, "track") for one in providers.carriers(channel)
    )


def _poll(channel: ChannelRef | None, carrier: str, legs: Sequence[Leg]) -> None:
    by_number: dict[str, list[Leg]] = defaultdict(list)
    for leg in legs:
        by_number[leg.number].append(leg)
    try:
        for track in providers.carrier_track(channel, carrier, numbers=sorted(by_number)):
            for leg in by_number.get(track.number, ()):
                _take_in_safely(leg, track, channel)
    except ProviderFailed:
        _log.warning("%s did not answer", carrier)
        _back_off(legs)
        return
    _plan_next(legs)


def _take_in_safely(leg: Leg, track: RawTrack, channel: ChannelRef | None) -> None:
    try:
        take_in(leg, track, channel)
    except ParcelError as error:
        _log.warning("what %s said of a parcel was refused: %s", leg.carrier, error.code)


def _plan_next(legs: Sequence[Leg]) -> None:
    ids = {leg.parcel_id for leg in legs}
    for parcel in Parcel.objects.filter(pk__in=ids):
        wait = STAGES.get(parcel.state, OTHERWISE)
        Parcel.objects.filter(pk=parcel.pk).update(next_poll_at=now() + wait, poll_failures=0)


def _back_off(legs: Sequence[Leg]) -> None:
    ids = {leg.parcel_id for leg in legs}
    for parcel in Parcel.objects.filter(pk__in=ids):
        wait = min(AFTER_FAILURE * 2 ** min(parcel.poll_failures, 10), LONGEST)
        Parcel.objects.filter(pk=parcel.pk).update(
            next_poll_at=now() + wait, poll_failures=F("poll_failures") + 1
        )


def _postpone(legs: Sequence[Leg], wait: timedelta) -> None:
    ids = {leg.parcel_id for leg in legs}
    due = Parcel.objects.filter(pk__in=ids, next_poll_at__lte=now())
    due.update(next_poll_at=now() + wait)
