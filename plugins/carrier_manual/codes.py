"""The codes that an operator chooses from; each means exactly one (status, milestone)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.pluginapi import RawEvent, Status, TimeConfidence, TrackingEvent
from core.shared.localtime import place_time

CODES: Mapping[str, Status] = MappingProxyType(
    {
        "purchased": Status.INFO_RECEIVED,
        "order_created": Status.INFO_RECEIVED,
        "label_created": Status.INFO_RECEIVED,
        "seller_packed": Status.INFO_RECEIVED,
        "bonded_picked": Status.INFO_RECEIVED,
        "drop_off": Status.PICKED_UP,
        "pickup_ok": Status.PICKED_UP,
        "warehouse_in": Status.IN_TRANSIT,
        "warehouse_out": Status.IN_TRANSIT,
        "origin_hub_in": Status.IN_TRANSIT,
        "origin_hub_out": Status.IN_TRANSIT,
        "export_presented": Status.CUSTOMS,
        "export_released": Status.IN_TRANSIT,
        "linehaul_handed": Status.IN_TRANSIT,
        "linehaul_departed": Status.IN_TRANSIT,
        "linehaul_arrived": Status.IN_TRANSIT,
        "import_presented": Status.CUSTOMS,
        "import_declared": Status.CUSTOMS,
        "import_inspection": Status.CUSTOMS,
        "import_held": Status.CUSTOMS,
        "import_docs_needed": Status.CUSTOMS,
        "duty_due": Status.CUSTOMS,
        "duty_paid": Status.CUSTOMS,
        "import_released": Status.IN_TRANSIT,
        "import_refused": Status.EXCEPTION,
        "handed_to_last_mile": Status.IN_TRANSIT,
        "dest_hub_in": Status.IN_TRANSIT,
        "delivery_office": Status.IN_TRANSIT,
        "rerouted": Status.IN_TRANSIT,
        "out_for_delivery": Status.OUT_FOR_DELIVERY,
        "attempt_failed": Status.DELIVERY_FAILED,
        "pickup_point_in": Status.AVAILABLE_FOR_PICKUP,
        "pickup_overdue": Status.AVAILABLE_FOR_PICKUP,
        "delivered_recipient": Status.DELIVERED,
        "delivered_other": Status.DELIVERED,
        "collected": Status.DELIVERED,
        "damaged": Status.EXCEPTION,
        "lost": Status.EXCEPTION,
        "destroyed": Status.EXCEPTION,
        "seized": Status.EXCEPTION,
        "refused": Status.EXCEPTION,
        "address_problem": Status.EXCEPTION,
        "delayed_other": Status.EXCEPTION,
        "return_started": Status.RETURNING,
        "return_in_transit": Status.RETURNING,
        "return_done": Status.RETURNED,
        "cancelled": Status.CANCELLED,
    }
)
"""The codes are the platform's milestones themselves, so that nothing has to be translated."""


def normalise(raw: RawEvent) -> TrackingEvent:
    """Take a typed event. A code that is not in the list gives UNKNOWN and no milestone."""
    code = raw.code.strip().lower()
    status = CODES.get(code)
    placed = place_time(raw.at, zone=raw.zone, country=raw.country)
    return TrackingEvent(
        status=status or Status.UNKNOWN,
        milestone=code if status else None,
        code=raw.code,
        text=raw.text,
        local_time=raw.at,
        at=placed.at,
        confidence=TimeConfidence(placed.confidence),
        place=raw.place,
        country=raw.country.upper(),
        zone=raw.zone,
    )
