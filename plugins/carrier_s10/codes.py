"""UPU EMSEVT event codes: each means exactly one (status, milestone)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from core.pluginapi import RawEvent, Status, TimeConfidence, TrackingEvent
from core.shared.localtime import place_time


class Meaning(NamedTuple):
    """What a code says; ``reason`` where the status alone does not tell why."""

    status: Status
    milestone: str
    reason: str = ""


CODES: Mapping[str, Meaning] = MappingProxyType(
    {
        "EMA": Meaning(Status.PICKED_UP, "pickup_ok"),
        "EMB": Meaning(Status.IN_TRANSIT, "origin_hub_in"),
        "EXA": Meaning(Status.CUSTOMS, "export_presented"),
        "EXB": Meaning(Status.CUSTOMS, "export_held", "customs_inspection"),
        "EXC": Meaning(Status.IN_TRANSIT, "export_released"),
        "EXD": Meaning(Status.IN_TRANSIT, "origin_hub_in", "carrier_held_at_office"),
        "EXX": Meaning(Status.CANCELLED, "cancelled", "customs_export_cancelled"),
        "EMC": Meaning(Status.IN_TRANSIT, "linehaul_departed"),
        "EMJ": Meaning(Status.IN_TRANSIT, "transit_country_in"),
        "EMK": Meaning(Status.IN_TRANSIT, "transit_country_out"),
        "EMD": Meaning(Status.IN_TRANSIT, "linehaul_arrived"),
        "EDA": Meaning(Status.CUSTOMS, "import_held", "carrier_held_at_office"),
        "EDB": Meaning(Status.CUSTOMS, "import_presented"),
        "EME": Meaning(Status.CUSTOMS, "import_held", "customs_inspection"),
        "EDC": Meaning(Status.IN_TRANSIT, "import_released"),
        "EMF": Meaning(Status.IN_TRANSIT, "handed_to_last_mile"),
        "EDD": Meaning(Status.IN_TRANSIT, "dest_hub_in"),
        "EDE": Meaning(Status.IN_TRANSIT, "dest_hub_out"),
        "EMG": Meaning(Status.IN_TRANSIT, "delivery_office"),
        "EDF": Meaning(Status.IN_TRANSIT, "delivery_office", "carrier_held_at_office"),
        "EDG": Meaning(Status.OUT_FOR_DELIVERY, "out_for_delivery"),
        "EDH": Meaning(Status.AVAILABLE_FOR_PICKUP, "pickup_point_in"),
        "EMH": Meaning(Status.DELIVERY_FAILED, "attempt_failed"),
        "EMI": Meaning(Status.DELIVERED, "delivered_recipient"),
        "EDX": Meaning(Status.EXCEPTION, "import_refused", "customs_returned"),
    }
)
"""EMX is in the posts' lists, but no source says what it means: it stays unknown."""


def normalise(raw: RawEvent) -> TrackingEvent:
    """Translate one EMSEVT event. An unknown code gives UNKNOWN and no milestone."""
    meaning = CODES.get("".join(raw.code.upper().split()))
    placed = place_time(raw.at, zone=raw.zone, country=raw.country)
    return TrackingEvent(
        status=meaning.status if meaning else Status.UNKNOWN,
        milestone=meaning.milestone if meaning else None,
        code=raw.code,
        text=raw.text,
        local_time=raw.at,
        at=placed.at,
        confidence=TimeConfidence(placed.confidence),
        place=raw.place,
        country=raw.country.upper(),
        reason=meaning.reason if meaning else "",
        zone=raw.zone,
    )
