"""Frozen values of parcels and their way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.pluginapi import CarrierGuess, EtaRange, Note, ParcelRef, Status, Text, TimeConfidence


@dataclass(frozen=True, slots=True, kw_only=True)
class AddParcel:
    """A parcel to be added. ``channel`` is a channel's key; weights are in grams.

    Without a number the parcel waits for one: bonded goods are declared before they are picked up.
    """

    order: UUID | None
    channel: str
    origin: str
    destination: str
    gross_grams: int
    carrier: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What an intake did: ``new`` are the ids of the events that were not known before."""

    received: int
    new: tuple[UUID, ...]
    status: Status
    changed: bool

    @property
    def known(self) -> int:
        """How many of the received events were known, or came twice."""
        return self.received - len(self.new)


@dataclass(frozen=True, slots=True)
class Identification:
    """Who may have issued a number, best first; or why it is none.

    ``refused`` is ``phone``, ``identity_number`` or ``not_a_number``; ``number`` is then masked
    where it is personal.
    """

    number: str
    candidates: tuple[CarrierGuess, ...] = ()
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event as a buyer may see it: what, when by the local clock, in which country and city.

    Carriers' own words stay with the operator: they name people. ``at`` is None where the
    carrier's clock has no zone; ``moves`` is False for events that are stored but not understood.
    """

    status: Status
    milestone: str | None
    label: Text
    at: datetime | None
    local_time: str
    zone: str
    confidence: TimeConfidence
    place: str
    country: str
    carrier: str
    leg: int
    moves: bool


@dataclass(frozen=True, slots=True)
class Tracking:
    """Everything that the tracking page shows, newest event first. Nothing of it names a person.

    ``action`` is what somebody has to do now, or None.
    """

    parcel: ParcelRef
    status: Status
    label: Text
    milestone: str | None
    milestone_label: Text | None
    action: Text | None
    conflict: bool
    origin: str
    destination: str
    updated_at: datetime | None
    timeline: tuple[TimelineEntry, ...]
    eta: EtaRange | None
    notes: tuple[Note, ...]
