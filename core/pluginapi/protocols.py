"""What ``register_*`` hands over: provider objects, routed by their ``key``.

Each protocol is small; a carrier implements ``Carrier`` and those of ``QuotesFreight``,
``BooksParcels``, ``TracksParcels``, ``ReceivesCarrierCalls`` that it can honour. The platform
infers what an object can do from the methods that it has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import BinaryIO, Protocol, runtime_checkable

from core.pluginapi.context import Context
from core.pluginapi.types.customs import (
    Assessment,
    Declaration,
    Rule,
    RuleSet,
    ShipmentFacts,
    TariffRate,
    TariffView,
)
from core.pluginapi.types.feeds import Cursor, FeedHead, FeedHeader, FeedSpec, PushIdentity, RawRow
from core.pluginapi.types.fx import RateTable
from core.pluginapi.types.logistics import (
    Booking,
    BookRequest,
    NumberFormat,
    RateRequest,
    RawEvent,
    RawTrack,
    ServiceQuote,
    TrackingEvent,
    WebhookCall,
)
from core.pluginapi.types.payments import (
    Delivery,
    Message,
    PaymentEvent,
    PaymentIntent,
    PaymentStart,
    PaymentStatus,
    RefundStatus,
    StatementLine,
)
from core.shared.money import Money
from core.shared.text import Text


@runtime_checkable
class FeedTransport(Protocol):
    """Brings a feed's bytes. Task only; may be run in a child process."""

    key: str
    title: Text

    def fetch(self, ctx: Context, spec: FeedSpec, since: Cursor | None) -> Iterator[bytes]:
        """Yield the feed in blocks of at most 1 MiB. Raises Unavailable or InvalidInput."""
        ...


@runtime_checkable
class VerifiesPush(Protocol):
    """A transport that can prove who pushed."""

    def verify_push(
        self, ctx: Context, headers: Mapping[str, str], body: bytes
    ) -> PushIdentity | None:
        """Return who signed ``body``, or None. Compares in constant time."""
        ...


@runtime_checkable
class FeedDialect(Protocol):
    """Reads one format of feeds. Pure: bytes in, rows out, never the whole file in memory."""

    key: str
    title: Text
    version: int

    def sniff(self, head: FeedHead) -> int:
        """Return 0 to 100: how surely this is the dialect of a feed that begins with ``head``."""
        ...

    def header(self, head: FeedHead) -> FeedHeader:
        """Return what the feed says of itself. Raises InvalidInput when columns are missing."""
        ...

    def rows(self, ctx: Context, stream: BinaryIO, head: FeedHead) -> Iterator[RawRow]:
        """Yield the records of ``stream`` (UTF-8) in order.

        Raises InvalidInput with a feed-level code (DATA_TRUNCATED, DATA_XML_SYNTAX …) when the
        rest cannot be read.
        """
        ...


@runtime_checkable
class FxSource(Protocol):
    """Publishes exchange rates. Task only.

    ``base`` is the currency that its rates touch, ``*`` where people type them. An attribute
    ``every`` (timedelta) says how often it is asked; six hours without one.
    """

    key: str
    title: Text
    base: str

    def fetch_rates(self, ctx: Context, since: date | None) -> RateTable:
        """Return the rates from ``since`` (exclusive) to today, or today's alone when None.

        Rates are as published, never inverted. A source that has much to say may stop early,
        oldest days first: it is asked again from the last day that it gave.

        Raises Unavailable when the source does not answer, InvalidInput when it answers rubbish.
        """
        ...


@runtime_checkable
class DutyRegime(Protocol):
    """One way of clearing goods into ``countries``. Pure and deterministic: no clock, no network.

    ``family`` is another name under which it can be asked for (``cn.cbec``), or "". The tariff and
    the rules of ``jurisdiction`` (``CN``, ``EU``) hold. ``currencies`` are those that it assesses
    in, first the one that a quote uses, none for any; ``foreign`` are those that its thresholds are
    stated in beside. A country of "*" stands for every one.
    """

    key: str
    family: str
    title: Text
    jurisdiction: str
    order: int

    @property
    def countries(self) -> Collection[str]: ...
    @property
    def currencies(self) -> Sequence[str]: ...
    @property
    def foreign(self) -> Sequence[str]: ...

    def rules(self) -> Sequence[Rule]:
        """Return the dated rules that the regime brings; the platform stores them append-only."""
        ...

    def tariff(self) -> Sequence[TariffRate]:
        """Return the dated tariff lines that the regime brings, possibly none."""
        ...

    def assess(
        self,
        ctx: Context,
        shipment: ShipmentFacts,
        rules: RuleSet,
        tariff: TariffView,
        at: date,
    ) -> Assessment:
        """Compute every charge with basis, rate, rule id and source, or refuse with a code.

        A regime that is not meant for the shipment (another way of import, a value above its
        limit, no rule on that day) answers ``Outcome.NOT_OPEN``.
        """
        ...


@runtime_checkable
class BuildsDeclarations(Protocol):
    """A regime that can write the authority's declaration."""

    def build_declaration(self, ctx: Context, shipment: ShipmentFacts, kind: str) -> Declaration:
        """Return the declaration of ``kind`` for ``shipment``. Raises InvalidInput."""
        ...


@runtime_checkable
class Carrier(Protocol):
    """A carrier or hub: which numbers are its own, and what its codes mean."""

    key: str
    title: Text
    hub: bool
    formats: Sequence[NumberFormat]

    def normalise(self, raw: RawEvent) -> TrackingEvent:
        """Translate one event. Pure. An unknown code gives UNKNOWN and no milestone."""
        ...


@runtime_checkable
class QuotesFreight(Protocol):
    """A carrier that can say what freight costs."""

    def quote(self, ctx: Context, request: RateRequest) -> Sequence[ServiceQuote]:
        """Return services with prices; empty when it does not go there."""
        ...


@runtime_checkable
class BooksParcels(Protocol):
    """A carrier that can be booked."""

    def book(self, ctx: Context, request: BookRequest) -> Booking:
        """Book a parcel; the same key books once."""
        ...

    def cancel(self, ctx: Context, number: str) -> None:
        """Cancel a booking. Raises PluginError when the carrier no longer can."""
        ...


@runtime_checkable
class TracksParcels(Protocol):
    """A carrier that can be asked. Task only; may be run in a child process."""

    def track(self, ctx: Context, numbers: Sequence[str]) -> Iterator[RawTrack]:
        """Yield what is known of each number, in any order."""
        ...


@runtime_checkable
class ReceivesCarrierCalls(Protocol):
    """A carrier that calls us."""

    def verify_webhook(self, ctx: Context, call: WebhookCall) -> bool:
        """Say whether the raw call is signed by the carrier. Compares in constant time."""
        ...

    def parse_webhook(self, ctx: Context, call: WebhookCall) -> Iterator[RawTrack]:
        """Yield what a verified call tells."""
        ...


@runtime_checkable
class PaymentMethod(Protocol):
    """A way to pay. Every call is idempotent by key; all run in jobs but ``verify_webhook``."""

    key: str
    title: Text
    demonstration_only: bool

    def start(self, ctx: Context, intent: PaymentIntent) -> PaymentStart:
        """Begin a payment."""
        ...

    def query(self, ctx: Context, reference: str) -> PaymentStatus:
        """Ask how a payment stands."""
        ...

    def refund(self, ctx: Context, reference: str, amount: Money, key: str) -> RefundStatus:
        """Give money back."""
        ...

    def verify_webhook(self, ctx: Context, call: WebhookCall) -> bool:
        """Say whether the raw call is signed by the provider."""
        ...

    def parse_webhook(self, ctx: Context, call: WebhookCall) -> Iterator[PaymentEvent]:
        """Yield what a verified call tells."""
        ...

    def statement(self, ctx: Context, day: date) -> Iterator[StatementLine]:
        """Yield the provider's statement of ``day``."""
        ...


@runtime_checkable
class Messenger(Protocol):
    """A way to reach a buyer. Task only."""

    key: str
    title: Text

    def send(self, ctx: Context, message: Message) -> Delivery:
        """Send ``message`` once for its key."""
        ...
