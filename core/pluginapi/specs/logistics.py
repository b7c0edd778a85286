"""Logistics: carriers, detection, notes, arrival."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.pluginapi.context import Context
from core.pluginapi.markers import Combine, OnError, Policy, Where, hookspec
from core.pluginapi.protocols import Carrier
from core.pluginapi.types.kernel import Setup
from core.pluginapi.types.logistics import (
    CarrierGuess,
    CarrierHint,
    EtaRange,
    Note,
    ParcelView,
    TrackingEvent,
)


@hookspec(Policy(Combine.COLLECT, OnError.REFUSE, Where.BOOT))
def register_carriers(setup: Setup) -> Iterable[Carrier]:
    """Hand over carriers and hubs.

    Called once, when the plug-in is loaded. A second plug-in with the same key is refused.

    Example::

        @hookimpl
        def register_carriers(setup: Setup) -> Iterable[Carrier]:
            return [HelloPost()]
    """
    return ()


@hookspec(Policy(Combine.COLLECT, OnError.SKIP, Where.REQUEST))
def add_carrier_guesses(ctx: Context, number: str, hint: CarrierHint) -> Sequence[CarrierGuess]:
    """Say that a number may be this carrier's.

    Called when a number is entered without a carrier; ``number`` is folded to capitals and
    digits. Never called with phone or identity numbers. Several plausible answers are shown to a
    person, never chosen.

    Example::

        @hookimpl
        def add_carrier_guesses(ctx: Context, number: str, hint: CarrierHint) -> Sequence[CarrierGuess]:
            if not number.startswith("HP"):
                return []
            return [CarrierGuess("hello_post", "hp13", Decimal("0.9"), Text("Prefix HP"))]
    """
    return ()


@hookspec(Policy(Combine.COLLECT, OnError.SKIP, Where.REQUEST))
def add_tracking_notes(ctx: Context, parcel: ParcelView) -> Iterable[Note]:
    """Explain a parcel's state on its tracking page.

    Called when the page is shown. Not called for notifications.

    Example::

        @hookimpl
        def add_tracking_notes(ctx: Context, parcel: ParcelView) -> Iterable[Note]:
            if parcel.status is Status.CUSTOMS:
                return [Note("customs", Text("Clearance takes one to three days"))]
            return []
    """
    return ()


@hookspec(Policy(Combine.FIRST, OnError.SKIP, Where.REQUEST))
def offer_eta(ctx: Context, parcel: ParcelView) -> EtaRange | None:
    """Say when a parcel should arrive.

    Called when its events change or its page is shown. Not called for delivered parcels.

    Example::

        @hookimpl
        def offer_eta(ctx: Context, parcel: ParcelView) -> EtaRange | None:
            start = ctx.now.date()
            return EtaRange(start + timedelta(3), start + timedelta(7), Text("Carrier's average"))
    """


@hookspec(Policy(Combine.EVENT, OnError.RETRY, Where.TASK, budget_ms=5_000, db=True))
def on_parcel_event(ctx: Context, parcel: ParcelView, event: TrackingEvent) -> None:
    """Hear of a new event of a parcel.

    Called after commit, in a job, at least once for each (parcel, event). Not called for events
    that were known.

    Example::

        @hookimpl
        def on_parcel_event(ctx: Context, parcel: ParcelView, event: TrackingEvent) -> None:
            ctx.log.info("parcel", status=event.status.value)
    """
