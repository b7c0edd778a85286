"""What plug-ins may do to parcels: the verbs ``add_parcel`` and ``add_tracking_event``."""

from __future__ import annotations

from core.logistics import services
from core.logistics.errors import ParcelError
from core.logistics.models import Parcel
from core.logistics.types import AddParcel
from core.pluginapi import ChannelRef, InvalidInput, OrderRef, ParcelRef, TrackingEvent


def add_parcel(
    plugin: str,
    channel: ChannelRef | None,
    order: OrderRef,
    *,
    carrier: str,
    number: str,
    gross_grams: int,
) -> ParcelRef:
    """Add a parcel to an order of ``channel``, bound for the channel's market.

    The same number adds once. Raises InvalidInput.
    """
    if channel is None:
        raise InvalidInput("a parcel is added in a channel", code="channel_missing")
    request = AddParcel(
        order=order,
        channel=channel.key,
        origin="",
        destination=channel.market,
        gross_grams=gross_grams,
        carrier=carrier,
        number=number,
    )
    try:
        return services.add_parcel(request).ref
    except ParcelError as error:
        raise InvalidInput(str(error), code=error.code) from None


def add_tracking_event(
    plugin: str, channel: ChannelRef | None, parcel: ParcelRef, event: TrackingEvent
) -> bool:
    """Add an event to the last leg of a parcel of ``channel``; False when it was known.

    Raises InvalidInput.
    """
    found = Parcel.objects.select_related("channel").filter(pk=parcel).first()
    theirs = found is not None and (found.channel.key if found.channel else None) == (
        channel.key if channel else None
    )
    if found is None or not theirs:
        raise InvalidInput("there is no such parcel in this channel", code="parcel_unknown")
    leg = found.legs.order_by("-sequence").first()
    if leg is None:
        raise InvalidInput("the parcel has no tracking number yet", code="leg_missing")
    try:
        return bool(services.ingest(leg, [event], source=f"plugin:{plugin}").new)
    except ParcelError as error:
        raise InvalidInput(str(error), code=error.code) from None
