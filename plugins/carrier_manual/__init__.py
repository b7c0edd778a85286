"""A carrier without a feed: an operator types its events and its tariff."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.pluginapi import (
    Capability,
    Carrier,
    Context,
    EtaRange,
    Manifest,
    NumberFormat,
    ParcelView,
    PluginSettings,
    RateRequest,
    RawEvent,
    ServiceQuote,
    Setup,
    Text,
    TrackingEvent,
    hookimpl,
)
from plugins.carrier_manual import codes, tariff
from plugins.carrier_manual.settings import Settings

MANIFEST = Manifest(
    key="carrier_manual",
    name=Text("Manual carrier", "人工录入承运商", "人工登錄承運商"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "For carriers without a connection: events are typed by an operator, and freight follows "
        "a tariff typed by an operator.",
        "适用于未对接的承运商：轨迹由运营人员录入，运费依据运营人员填写的运费表。",
        "適用於未串接的承運商：軌跡由營運人員登錄，運費依據營運人員填寫的運費表。",
    ),
    provides=(Capability.CARRIER,),
    author="Haitao",
    licence="Apache-2.0",
    docs="explanation/tracking.md",
    default_on=True,
)


class Manual:
    """Takes any number, and therefore claims none: it has no formats."""

    key = tariff.KEY
    title = MANIFEST.name
    hub = False
    formats: Sequence[NumberFormat] = ()

    def normalise(self, raw: RawEvent) -> TrackingEvent:
        """Take an event whose code is one of the documented list."""
        return codes.normalise(raw)

    def quote(self, ctx: Context, request: RateRequest) -> Sequence[ServiceQuote]:
        """Price a parcel by the operator's tariff; empty for ways that are not in it."""
        return tariff.quotes(tariff.usable(ctx.settings.tariff), request)


@hookimpl
def register_settings(setup: Setup) -> type[PluginSettings]:
    """Hand over the tariff's settings."""
    return Settings


@hookimpl
def register_carriers(setup: Setup) -> Iterable[Carrier]:
    """Hand over the manual carrier."""
    return [Manual()]


@hookimpl
def offer_eta(ctx: Context, parcel: ParcelView) -> EtaRange | None:
    """Estimate by the tariff's days, for parcels that the manual carrier carries."""
    if all(leg.carrier != tariff.KEY for leg in parcel.legs):
        return None
    return tariff.estimate(ctx.settings.tariff, parcel, ctx.now)
