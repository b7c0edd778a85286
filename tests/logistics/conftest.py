"""Channels in which carriers are switched on, and parcels in them."""

from __future__ import annotations

import uuid

import pytest

from core.kernel import activation
from core.logistics import services
from core.logistics.types import AddParcel
from core.pluginapi import Status, TimeConfidence, TrackingEvent
from core.shared.localtime import place_time
from core.shared.numbers import s10_check_digit

CODES = {
    "label_created": Status.INFO_RECEIVED,
    "pickup_ok": Status.PICKED_UP,
    "linehaul_departed": Status.IN_TRANSIT,
    "import_presented": Status.CUSTOMS,
    "out_for_delivery": Status.OUT_FOR_DELIVERY,
    "delivered_recipient": Status.DELIVERED,
    "import_held": Status.CUSTOMS,
}


@pytest.fixture
def channel(make_channel):
    """A channel to China with the posts and the manual carrier."""
    row = make_channel("test-cn")
    for plugin in ("carrier_s10", "carrier_manual"):
        activation.enable(plugin, row, actor="test")
    return row


@pytest.fixture
def make_parcel(channel):
    """Return a function that adds a parcel of an order with one leg."""

    def make(carrier="s10", number="", order=None, **fields):
        given = {"origin": "JP", "destination": "CN", "gross_grams": 900}
        request = AddParcel(
            order=order or uuid.uuid4(),
            channel=channel.key,
            carrier=carrier,
            number=number or s10_number("RR", "12345678", "JP"),
            **{**given, **fields},
        )
        return services.add_parcel(request)

    return make


@pytest.fixture
def event():
    """Return a function that makes one event of a carrier."""

    def make(milestone="pickup_ok", time="2026-11-20 10:00", **fields):
        placed = place_time(time, country=fields.get("country", "CN"))
        given = {
            "status": CODES.get(milestone, Status.UNKNOWN),
            "milestone": milestone,
            "code": f"X-{milestone}",
            "text": "text of the carrier",
            "local_time": time,
            "at": placed.at,
            "confidence": TimeConfidence(placed.confidence),
            "place": "Shanghai",
            "country": "CN",
        }
        return TrackingEvent(**{**given, **fields})

    return make


@pytest.fixture
def s10():
    """Return a function that makes an S10 number with its check digit."""
    return s10_number


def s10_number(indicator: str, serial: str, country: str) -> str:
    """Return an S10 number with its check digit."""
    return f"{indicator}{serial}{s10_check_digit(serial)}{country}"
