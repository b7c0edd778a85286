"""What changes parcels: adding them and their legs, and taking in what carriers report."""

from __future__ import annotations

import re
import unicodedata

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from core.kernel.models import Channel
from core.logistics.errors import ParcelError
from core.logistics.intake import ingest, recompute
from core.logistics.models import Leg, Parcel
from core.logistics.types import AddParcel, IngestResult
from core.shared.clock import now
from core.shared.numbers import fold, personal_kind

__all__ = [
    "AddParcel",
    "IngestResult",
    "add_leg",
    "add_parcel",
    "correct_carrier",
    "ingest",
    "recompute",
]

MAX_LEGS = 12
MAX_GRAMS = 1_000_000
_NUMBER = re.compile(r"[A-Z0-9]{4,50}", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


def add_parcel(request: AddParcel) -> Parcel:
    """Add a parcel, with its first leg where a number is known; the same number adds once.

    Raises ParcelError for personal numbers, unknown channels, and wrong countries or weights.
    """
    channel = _channel(request.channel)
    origin = _country(request.origin, "origin", optional=True)
    destination = _country(request.destination, "destination")
    if not 0 <= request.gross_grams <= MAX_GRAMS:
        raise ParcelError("weight_invalid", _("Weights are 0 to 1,000 kg."), field="gross_grams")
    key = _adding_key(request)
    try:
        with transaction.atomic():
            parcel = Parcel.objects.create(
                order=request.order,
                channel=channel,
                origin=origin,
                destination=destination,
                gross_grams=request.gross_grams,
                adding_key=key,
                next_poll_at=now(),
            )
            if request.number:
                add_leg(parcel, carrier=request.carrier, number=request.number)
    except IntegrityError:
        known = Parcel.objects.filter(adding_key=key).first() if key else None
        if known is None:
            raise
        return known
    return parcel


@transaction.atomic
def add_leg(parcel: Parcel, *, carrier: str, number: str, to_consignee: bool = False) -> Leg:
    """Add the next carrier's part of the way; the same number adds once.

    Its hand-over number is the next carrier's. What was reported so far is judged again: the
    delivery of a leg that is no longer the last one is not the parcel's. Raises ParcelError.
    """
    clean = tracking_number(number)
    key = _carrier_key(carrier)
    Parcel.objects.filter(pk=parcel.pk).update(updated_at=now())  # locks the row
    leg = Leg.objects.filter(parcel=parcel, number=clean, carrier=key).first()
    if leg:
        return leg
    last = Leg.objects.filter(parcel=parcel).aggregate(last=Max("sequence"))["last"] or 0
    if last >= MAX_LEGS:
        raise ParcelError(
            "too_many_legs",
            _("A parcel has 12 legs at most: its numbers probably run in a circle."),
        )
    leg = _create_leg(parcel, last + 1, key, clean, to_consignee=to_consignee)
    Parcel.objects.filter(pk=parcel.pk).update(next_poll_at=now(), poll_failures=0)
    recompute(parcel.pk)
    return leg


@transaction.atomic
def correct_carrier(leg: Leg, carrier: str) -> None:
    """Say that another carrier issued the leg's number; what was reported stays.

    Raises ParcelError.
    """
    key = _carrier_key(carrier)
    try:
        with transaction.atomic():
            Leg.objects.filter(pk=leg.pk).update(carrier=key)
    except IntegrityError:
        raise ParcelError(
            "leg_known", _("The parcel has that carrier's number already."), field="carrier"
        ) from None
    Parcel.objects.filter(pk=leg.parcel_id).update(next_poll_at=now(), poll_failures=0)


def tracking_number(text: str) -> str:
    """Return a number as it is stored: folded, 4 to 50 capitals and digits.

    Raises ParcelError(personal_number) for phone and identity numbers, which are never stored, and
    ParcelError(number_invalid). Neither message repeats what was given.
    """
    clean = fold(text)
    if personal_kind(clean, chosen=True):
        raise ParcelError(
            "personal_number",
            _("This is a phone or identity number, not a tracking number; it was not stored."),
            field="number",
        )
    if not _NUMBER.fullmatch(clean) or not re.search(r"[0-9]", clean):
        raise ParcelError(
            "number_invalid",
            _("A tracking number has 4 to 50 letters and digits."),
            field="number",
        )
    return clean


def _adding_key(request: AddParcel) -> str:
    if request.order is None or not request.number:
        return ""
    number = tracking_number(request.number)
    return f"{request.order}:{_carrier_key(request.carrier)}:{number}"


def _create_leg(
    parcel: Parcel, sequence: int, carrier: str, number: str, *, to_consignee: bool
) -> Leg:
    return Leg.objects.create(
        parcel=parcel,
        sequence=sequence,
        carrier=carrier,
        number=number,
        to_consignee=to_consignee,
    )


def _channel(key: str) -> Channel | None:
    if not key:
        return None
    channel = Channel.objects.filter(key=key).first()
    if channel is None:
        raise ParcelError("channel_unknown", _("There is no such channel."), field="channel")
    return channel


def _country(text: str, field: str, *, optional: bool = False) -> str:
    country = unicodedata.normalize("NFKC", text).strip().upper()
    if optional and not country:
        return ""
    if not _COUNTRY.fullmatch(country):
        raise ParcelError(
            "country_invalid", _("Countries have two letters, as in CN."), field=field
        )
    return country


def _carrier_key(text: str) -> str:
    key = text.strip().lower()
    if not re.fullmatch(r"[a-z0-9_]{0,40}", key, re.ASCII):
        raise ParcelError("carrier_invalid", _("Choose a carrier."), field="carrier")
    return key
