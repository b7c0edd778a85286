"""Where a parcel stands, computed from the whole set of its events. Pure.

The same set gives the same answer in whatever order it arrived: events are sorted by their moment,
then by rank, leg and identity, and each is asked whether it may move the parcel on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby

from core.logistics import milestones, statuses
from core.pluginapi import Status
from core.shared.localtime import place_time

FUTURE_TOLERANCE = timedelta(hours=26)
"""Clocks of the whole world differ by 26 hours at most; later times are mistakes."""
PAST_TOLERANCE = timedelta(days=5 * 365)

EARLY = frozenset({Status.PENDING, Status.INFO_RECEIVED, Status.PICKED_UP})
_ON_ITS_WAY = frozenset(
    {
        Status.IN_TRANSIT,
        Status.CUSTOMS,
        Status.OUT_FOR_DELIVERY,
        Status.DELIVERY_FAILED,
        Status.AVAILABLE_FOR_PICKUP,
    }
)
_TROUBLED = frozenset(
    {Status.EXCEPTION, Status.RETURNING, Status.RETURNED, Status.DELIVERED, Status.CANCELLED}
)
_ENDS_A_RETURN = frozenset(
    {Status.RETURNING, Status.RETURNED, Status.EXCEPTION, Status.CANCELLED, Status.EXPIRED}
)
_STOPS_A_RETURN = frozenset({"rerouted"}) | milestones.NEW_CYCLE


@dataclass(frozen=True, slots=True)
class Observed:
    """One stored event, reduced to what moves a parcel. ``leg`` is the sequence, from 1."""

    identity: bytes
    leg: int
    milestone: str | None
    at: datetime | None
    local_time: str
    received_at: datetime
    reason: str = ""
    action_required: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a parcel stands. ``conflict`` says that two endings claim the same instant."""

    status: Status = Status.PENDING
    milestone: str | None = None
    at: datetime | None = None
    reason: str = ""
    action_required: str = ""
    conflict: bool = False
    under_way: bool = False

    @property
    def ended(self) -> bool:
        """True when the parcel's way is over, for good or ill."""
        return statuses.STATUSES[self.status].terminal or self.milestone in milestones.ENDINGS


@dataclass(frozen=True, slots=True)
class _Step:
    event: Observed
    moment: datetime
    milestone: str
    status: Status

    @property
    def order(self) -> tuple[datetime, int, int, bytes]:
        return self.moment, statuses.rank(self.status), self.event.leg, self.event.identity

    @property
    def ends(self) -> bool:
        return statuses.STATUSES[self.status].terminal or self.milestone in milestones.ENDINGS


def standing(
    events: Iterable[Observed], *, last_leg: int, to_consignee: frozenset[int] = frozenset()
) -> Standing:
    """Return where a parcel stands after ``events``, in any order and with repetitions.

    ``last_leg`` is the highest sequence of its legs; ``to_consignee`` are legs that end at the
    buyer although another follows. Events without a known milestone move nothing.
    """
    known = {event.identity: event for event in events if milestones.status_of(event.milestone)}
    steps = sorted(
        (_step(event, last_leg, to_consignee) for event in known.values()),
        key=lambda step: step.order,
    )
    current = Standing()
    for _moment, group in groupby(steps, key=lambda step: step.moment):
        current = _advance(current, list(group))
    return current


def moment_of(at: datetime | None, local_time: str, received_at: datetime) -> datetime:
    """Return the instant that an event is sorted by.

    A wall clock without a zone counts as UTC; a time that cannot be (1970, 2099) or that nobody
    wrote gives way to the time of receipt, so that it neither freezes nor outranks the others.
    """
    instant = at or _wall_clock(local_time)
    if instant is None or not is_plausible(instant, received_at):
        return received_at
    return instant


def is_plausible(instant: datetime, received_at: datetime) -> bool:
    """Say whether an event can have happened then, seen from when it was received."""
    return -PAST_TOLERANCE <= instant - received_at <= FUTURE_TOLERANCE


def _wall_clock(local_time: str) -> datetime | None:
    placed = place_time(local_time)
    if placed.at or not placed.local:
        return placed.at
    return datetime.fromisoformat(placed.local).replace(tzinfo=UTC)


def _step(event: Observed, last_leg: int, to_consignee: frozenset[int]) -> _Step:
    milestone = event.milestone or ""
    status = milestones.MILESTONES[milestone].status
    moment = moment_of(event.at, event.local_time, event.received_at)
    if status is Status.DELIVERED and event.leg < last_leg and event.leg not in to_consignee:
        # The end of a part of the way: a forwarder or a pick-up partner signed, not the buyer.
        milestone, status = "handed_to_last_mile", Status.IN_TRANSIT
    return _Step(event, moment, milestone, status)


def _advance(current: Standing, group: Sequence[_Step]) -> Standing:
    """Take all events of one instant. Two endings at once are shown to a person, not chosen."""
    endings = {step.milestone for step in group if step.ends and _may_move(current, step)}
    statuses_of_endings = {step.status for step in group if step.milestone in endings}
    if len(statuses_of_endings) > 1:
        quiet = [step for step in group if step.milestone not in endings]
        return replace(_advance(current, quiet), conflict=True, action_required="operator")
    for step in group:
        if _may_move(current, step):
            current = _moved(current, step)
        elif current.status is Status.RETURNING and step.status is Status.DELIVERED:
            # To whom? Carriers report the sender's receipt of a return in the same words.
            current = replace(current, conflict=True, action_required="operator")
    return current


def _may_move(current: Standing, step: _Step) -> bool:
    if current.ended:
        later = current.at is None or step.moment > current.at
        return later and step.milestone in milestones.AFTER_THE_END
    if step.milestone in milestones.NEW_CYCLE and current.status in _TROUBLED:
        return True
    if current.status is Status.EXPIRED:
        return True
    if current.status is Status.RETURNING:
        return step.status in _ENDS_A_RETURN or step.milestone in _STOPS_A_RETURN
    if _is_leg_end(step) and current.status in _ON_ITS_WAY:
        return False
    return not _regresses(current, step)


def _regresses(current: Standing, step: _Step) -> bool:
    if step.status not in EARLY:
        return False
    back = current.status in EARLY and statuses.rank(step.status) < statuses.rank(current.status)
    return back or current.under_way


def _is_leg_end(step: _Step) -> bool:
    """A delivery that ends a leg alone, which :func:`_step` has taken for a hand-over."""
    return step.milestone == "handed_to_last_mile" != step.event.milestone


def _moved(current: Standing, step: _Step) -> Standing:
    event = step.event
    facts = milestones.MILESTONES[step.milestone]
    anew = step.milestone in milestones.NEW_CYCLE
    return Standing(
        status=step.status,
        milestone=step.milestone,
        at=step.moment,
        reason=event.reason,
        action_required=event.action_required or facts.action,
        conflict=False,
        under_way=step.status in _ON_ITS_WAY or (current.under_way and not anew),
    )
