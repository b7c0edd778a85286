"""Typed access to what plug-ins registered, routed by key. Nothing else calls their objects.

Every call is guarded: whatever the provider does becomes a ProviderFailed with the plug-in's name.
Keys of plug-ins that are off or gone raise ProviderMissing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, BinaryIO

from core.kernel import snapshot
from core.kernel.pages import api_routes, page_view, pages, route_view
from core.kernel.provided import Provided
from core.kernel.registry import registry
from core.kernel.routing import ask, every
from core.kernel.routing import stream as yielded
from core.kernel.running import run_schedule, schedules
from core.pluginapi import (
    Assessment,
    Booking,
    BookRequest,
    Carrier,
    ChannelKind,
    ChannelRef,
    Cursor,
    Declaration,
    Delivery,
    DutyRegime,
    FeedDialect,
    FeedHead,
    FeedHeader,
    FeedSpec,
    FeedTransport,
    FxSource,
    HsTable,
    Message,
    Messenger,
    PaymentEvent,
    PaymentIntent,
    PaymentMethod,
    PaymentStart,
    PaymentStatus,
    PushIdentity,
    RateRequest,
    RateTable,
    RawEvent,
    RawRow,
    RawTrack,
    RefundStatus,
    RuleSet,
    ServiceQuote,
    ShipmentFacts,
    StatementLine,
    TariffView,
    TrackingEvent,
    WebhookCall,
)
from core.shared.money import Money

__all__ = [
    "Provided",
    "api_routes",
    "page_view",
    "pages",
    "route_view",
    "run_schedule",
    "schedules",
]


def channel_kinds() -> dict[str, ChannelKind]:
    """Return the ways of selling of every loaded plug-in by key."""
    given = registry().provided.get("register_channel_kinds", {})
    return {key: given[key].object for key in sorted(given)}


def hs_tables() -> tuple[Provided[HsTable], ...]:
    """Return the tariff editions of every plug-in that is on."""
    return every("register_hs_tables", None)


def regimes(channel: ChannelRef | None, country: str) -> tuple[Provided[DutyRegime], ...]:
    """Return the ways of clearing goods into ``country`` (or "*", any), in declared order."""
    found = every("register_duty_regimes", channel)
    name = (channel.key if channel else "", country)
    if name not in _regimes:
        mine = [one for one in found if {country, "*"} & set(one.object.countries)]
        _regimes[name] = tuple(sorted(mine, key=lambda one: (one.object.order, one.key)))
    return _regimes[name]


_regimes: dict[tuple[str, str], tuple[Provided[DutyRegime], ...]] = {}
snapshot.on_change(_regimes.clear)


def regimes_on() -> tuple[Provided[DutyRegime], ...]:
    """Return the regimes of every country whose plug-in is on for the platform."""
    return every("register_duty_regimes", None)


def all_regimes() -> tuple[Provided[DutyRegime], ...]:
    """Return every regime of every loaded plug-in, on or off, to read its dated rules."""
    given = registry().provided.get("register_duty_regimes", {})
    return tuple(given[key] for key in sorted(given))


def regime_assess(
    channel: ChannelRef | None,
    key: str,
    *,
    shipment: ShipmentFacts,
    rules: RuleSet,
    tariff: TariffView,
    at: date,
) -> Assessment:
    """Let a regime compute every charge, in the shipment's currency, none below zero."""
    given = (shipment, rules, tariff, at)
    answer: Assessment = ask(
        "register_duty_regimes",
        channel,
        key,
        "assess",
        given,
        budget=0.2,
        currency=shipment.currency,
        positive=True,
    )
    return answer


def regime_declaration(
    channel: ChannelRef | None, key: str, *, shipment: ShipmentFacts, kind: str
) -> Declaration:
    """Let a regime write the declaration of ``kind``."""
    answer: Declaration = ask(
        "register_duty_regimes", channel, key, "build_declaration", (shipment, kind), budget=5
    )
    return answer


def dialects(channel: ChannelRef | None = None) -> tuple[Provided[FeedDialect], ...]:
    """Return the feed formats of plug-ins that are on."""
    return every("register_feed_dialects", channel)


def dialect_sniff(channel: ChannelRef | None, key: str, *, head: FeedHead) -> int:
    """Ask how surely, from 0 to 100, a feed that begins with ``head`` is of this dialect."""
    answer: int = ask(
        "register_feed_dialects", channel, key, "sniff", (head,), budget=0.5, context=False
    )
    return max(0, min(100, answer))


def dialect_header(channel: ChannelRef | None, key: str, *, head: FeedHead) -> FeedHeader:
    """Ask what the feed says of itself."""
    answer: FeedHeader = ask(
        "register_feed_dialects", channel, key, "header", (head,), budget=2, context=False
    )
    return answer


def dialect_rows(
    channel: ChannelRef | None, key: str, *, stream: BinaryIO, head: FeedHead
) -> Iterator[RawRow]:
    """Yield the records of ``stream``; in a child process where the manifest asks for one."""
    given = {"stream": stream, "head": head}
    return yielded("register_feed_dialects", channel, key, "rows", given, in_child=True)


def transports(channel: ChannelRef | None = None) -> tuple[Provided[FeedTransport], ...]:
    """Return the ways in which feeds arrive."""
    return every("register_feed_transports", channel)


def transport_fetch(
    channel: ChannelRef | None, key: str, *, spec: FeedSpec, since: Cursor | None
) -> Iterator[bytes]:
    """Yield a feed's bytes in blocks."""
    given = {"spec": spec, "since": since}
    return yielded("register_feed_transports", channel, key, "fetch", given, in_child=True)


def transport_verify_push(
    channel: ChannelRef | None, key: str, *, headers: Mapping[str, str], body: bytes
) -> PushIdentity | None:
    """Ask who pushed, as proven by a signature; None when nobody can be proven."""
    answer: PushIdentity | None = ask(
        "register_feed_transports",
        channel,
        key,
        "verify_push",
        (headers, body),
        budget=1,
        optional=True,
    )
    return answer


def fx_sources(channel: ChannelRef | None = None) -> tuple[Provided[FxSource], ...]:
    """Return the sources of rates, in the operator's order."""
    return every("register_fx_sources", channel)


def fx_fetch_rates(channel: ChannelRef | None, key: str, *, since: date | None) -> RateTable:
    """Fetch a source's rates; in a child process where the manifest asks for one."""
    answer: RateTable = ask(
        "register_fx_sources",
        channel,
        key,
        "fetch_rates",
        (since,),
        budget=30,
        named={"since": since},
    )
    return answer


def carriers(channel: ChannelRef | None) -> tuple[Provided[Carrier], ...]:
    """Return the carriers that are on."""
    return every("register_carriers", channel)


def carrier_normalise(channel: ChannelRef | None, key: str, *, raw: RawEvent) -> TrackingEvent:
    """Let a carrier translate one of its events."""
    answer: TrackingEvent = ask(
        "register_carriers", channel, key, "normalise", (raw,), budget=0.05, context=False
    )
    return answer


def carrier_quote(
    channel: ChannelRef | None, key: str, *, request: RateRequest
) -> Sequence[ServiceQuote]:
    """Ask what a carrier's services cost; none below zero, none when it does not go there."""
    answer: Sequence[ServiceQuote] = ask(
        "register_carriers", channel, key, "quote", (request,), budget=0.2, positive=True
    )
    return answer


def carrier_book(channel: ChannelRef | None, key: str, *, request: BookRequest) -> Booking:
    """Book a parcel; the same request key books once."""
    answer: Booking = ask("register_carriers", channel, key, "book", (request,), budget=30)
    return answer


def carrier_cancel(channel: ChannelRef | None, key: str, *, number: str) -> None:
    """Cancel a booking."""
    ask("register_carriers", channel, key, "cancel", (number,), budget=30, optional=True)


def carrier_track(
    channel: ChannelRef | None, key: str, *, numbers: Sequence[str]
) -> Iterator[RawTrack]:
    """Yield what a carrier knows; in a child process where the manifest asks for one."""
    return yielded(
        "register_carriers", channel, key, "track", {"numbers": tuple(numbers)}, in_child=True
    )


def carrier_verify_webhook(channel: ChannelRef | None, key: str, *, call: WebhookCall) -> bool:
    """Ask whether a carrier's call is signed by it."""
    return bool(ask("register_carriers", channel, key, "verify_webhook", (call,), budget=1))


def carrier_parse_webhook(
    channel: ChannelRef | None, key: str, *, call: WebhookCall
) -> Iterator[RawTrack]:
    """Yield what a verified call tells."""
    return yielded("register_carriers", channel, key, "parse_webhook", {"call": call})


def payment_methods(channel: ChannelRef | None) -> tuple[Provided[PaymentMethod], ...]:
    """Return the ways to pay, in the operator's order."""
    return every("register_payment_methods", channel)


def payment_start(channel: ChannelRef | None, key: str, *, intent: PaymentIntent) -> PaymentStart:
    """Begin a payment."""
    answer: PaymentStart = _pay(channel, key, "start", (intent,))
    return answer


def payment_query(channel: ChannelRef | None, key: str, *, reference: str) -> PaymentStatus:
    """Ask how a payment stands."""
    answer: PaymentStatus = _pay(channel, key, "query", (reference,))
    return answer


def payment_refund(
    channel: ChannelRef | None, method: str, *, reference: str, amount: Money, key: str
) -> RefundStatus:
    """Give money back through ``method``; ``key`` makes it idempotent."""
    answer: RefundStatus = _pay(channel, method, "refund", (reference, amount, key))
    return answer


def payment_verify_webhook(channel: ChannelRef | None, key: str, *, call: WebhookCall) -> bool:
    """Ask whether a provider's call is signed by it."""
    return bool(_pay(channel, key, "verify_webhook", (call,)))


def payment_parse_webhook(
    channel: ChannelRef | None, key: str, *, call: WebhookCall
) -> Iterator[PaymentEvent]:
    """Yield what a verified call tells."""
    return yielded("register_payment_methods", channel, key, "parse_webhook", {"call": call})


def payment_statement(
    channel: ChannelRef | None, key: str, *, day: date
) -> Iterator[StatementLine]:
    """Yield a provider's statement of ``day``."""
    return yielded("register_payment_methods", channel, key, "statement", {"day": day})


def _pay(channel: ChannelRef | None, key: str, method: str, values: tuple[object, ...]) -> Any:
    return ask("register_payment_methods", channel, key, method, values, budget=15)


def messengers(channel: ChannelRef | None) -> tuple[Provided[Messenger], ...]:
    """Return the ways to reach a buyer, in the operator's order."""
    return every("register_message_channels", channel)


def messenger_send(channel: ChannelRef | None, key: str, *, message: Message) -> Delivery:
    """Send a message once for its key."""
    answer: Delivery = ask("register_message_channels", channel, key, "send", (message,), budget=15)
    return answer
