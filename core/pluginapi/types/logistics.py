"""Values of carriers, parcels and tracking."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from core.pluginapi.types.values import OrderRef, ParcelRef
from core.shared.money import Money
from core.shared.text import Text


class Status(Enum):
    """The main status of a parcel. Precedence and guards are ``core.logistics``'s."""

    PENDING = "pending"
    INFO_RECEIVED = "info_received"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    CUSTOMS = "customs"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERY_FAILED = "delivery_failed"
    AVAILABLE_FOR_PICKUP = "available_for_pickup"
    EXCEPTION = "exception"
    RETURNING = "returning"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class TimeConfidence(Enum):
    """How the instant of an event is known."""

    OFFSET = "offset"
    ZONE_FROM_LOCATION = "zone_from_location"
    CARRIER_DEFAULT = "carrier_default"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A format of tracking numbers: a pattern over the folded number, and what checks it.

    ``check`` says whether a number that fits the pattern has the right check digit; a number that
    it refuses is not this carrier's.
    """

    key: str
    pattern: str
    example: str
    has_check_digit: bool
    check: Callable[[str], bool] | None = None


@dataclass(frozen=True, slots=True)
class CarrierHint:
    """What is known beside the number: countries (ISO 3166-1 alpha-2) and the service used."""

    origin: str = ""
    destination: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True)
class CarrierGuess:
    """A carrier that may have issued a number; confidence is 0 to 1."""

    carrier: str
    format: str
    confidence: Decimal
    reason: Text


@dataclass(frozen=True, slots=True)
class RateRequest:
    """What freight is asked for: gross weight in grams, from country to country."""

    ship_from: str
    destination: str
    gross_grams: int
    goods: Money


@dataclass(frozen=True, slots=True)
class ServiceQuote:
    """What a carrier charges. ``source`` says where the tariff comes from."""

    carrier: str
    service: str
    title: Text
    freight: Money
    days: tuple[int, int]
    source: str


@dataclass(frozen=True, slots=True)
class BookRequest:
    """A parcel to be booked; ``key`` makes it idempotent."""

    key: str
    order: OrderRef
    service: str
    gross_grams: int


@dataclass(frozen=True, slots=True)
class Booking:
    """What the carrier answered."""

    number: str
    service: str
    label: bytes | None = None


@dataclass(frozen=True, slots=True)
class RawEvent:
    """An event as the carrier wrote it; ``at`` is its local text, ``zone`` its offset or zone."""

    code: str
    text: str
    at: str
    zone: str = ""
    place: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class RawTrack:
    """What a carrier knows of one number."""

    number: str
    events: tuple[RawEvent, ...]
    next_number: str = ""
    next_carrier: str = ""


@dataclass(frozen=True, slots=True)
class TrackingEvent:
    """What happened, normalised. ``milestone`` is None when the code is unknown: never guessed.

    ``at`` is aware, in UTC, or None when the carrier's time cannot be placed; raw text, local
    time, its zone as the carrier gave it, and code are kept.
    """

    status: Status
    milestone: str | None
    code: str
    text: str
    local_time: str
    at: datetime | None
    confidence: TimeConfidence
    place: str = ""
    country: str = ""
    reason: str = ""
    action_required: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class LegView:
    """One carrier's part of a parcel's way."""

    number: str
    carrier: str
    sequence: int


@dataclass(frozen=True, slots=True)
class ParcelView:
    """A parcel without personal data."""

    ref: ParcelRef
    order: OrderRef | None
    status: Status
    milestone: str | None
    origin: str
    destination: str
    legs: tuple[LegView, ...]
    events: tuple[TrackingEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence for the tracking page."""

    code: str
    message: Text
    order: int = 100


@dataclass(frozen=True, slots=True)
class EtaRange:
    """When a parcel should arrive, in the destination's days, and what that rests on."""

    earliest: date
    latest: date
    basis: Text


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """An inbound call: header names in lower case, the body as received."""

    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    query: Mapping[str, str] = field(default_factory=dict)
