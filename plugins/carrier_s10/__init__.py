"""Every post of the world, by its UPU S10 numbers and EMSEVT event codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from core.pluginapi import (
    Capability,
    Carrier,
    CarrierGuess,
    CarrierHint,
    Context,
    EtaRange,
    Manifest,
    Note,
    NumberFormat,
    ParcelView,
    RawEvent,
    Setup,
    Text,
    TrackingEvent,
    hookimpl,
)
from plugins.carrier_s10 import arrival, codes, numbers

KEY = "s10"
SURE = Decimal("0.97")
FROM_ORIGIN = Decimal("0.99")

MANIFEST = Manifest(
    key="carrier_s10",
    name=Text("International post (S10)", "国际邮政(S10)", "國際郵政(S10)"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Knows the numbers of all posts by form and check digit, and what their event codes mean.",
        "按格式与校验位识别各国邮政运单号，并理解其轨迹代码。",
        "依格式與檢查碼識別各國郵政追蹤號碼，並理解其軌跡代碼。",
    ),
    provides=(Capability.CARRIER,),
    author="Haitao",
    licence="Apache-2.0",
    docs="explanation/tracking.md",
    default_on=True,
)


class Post:
    """The posts as one carrier: an S10 number keeps its meaning from post to post."""

    key = KEY
    title = MANIFEST.name
    hub = False
    formats: Sequence[NumberFormat] = (numbers.FORMAT,)

    def normalise(self, raw: RawEvent) -> TrackingEvent:
        """Translate one EMSEVT event."""
        return codes.normalise(raw)


@hookimpl
def register_carriers(setup: Setup) -> Iterable[Carrier]:
    """Hand over the posts."""
    return [Post()]


@hookimpl
def add_carrier_guesses(ctx: Context, number: str, hint: CarrierHint) -> Sequence[CarrierGuess]:
    """Recognise an S10 number whose service indicator is an international one."""
    parts = numbers.read(number)
    if parts is None or parts.service is None:
        return []
    confidence = FROM_ORIGIN if hint.origin == parts.country else SURE
    name = parts.service.name
    reason = Text(
        f"{name.en} of the post of {parts.country}; the check digit fits",
        f"{parts.country} 邮政 {name.zh_hans}，校验位相符",
        f"{parts.country} 郵政 {name.zh_hant}，檢查碼相符",
    )
    return [CarrierGuess(KEY, numbers.FORMAT.key, confidence, reason)]


@hookimpl
def offer_eta(ctx: Context, parcel: ParcelView) -> EtaRange | None:
    """Estimate by service and region from the first scan, by less after clearance."""
    number = arrival.postal_number(parcel, KEY)
    return arrival.estimate(parcel, number, ctx.now) if number else None


@hookimpl
def add_tracking_notes(ctx: Context, parcel: ParcelView) -> Iterable[Note]:
    """Explain what posts do not report, and what a buyer has to do."""
    number = arrival.postal_number(parcel, KEY)
    return list(arrival.explain(parcel, number)) if number else []
