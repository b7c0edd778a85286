"""One order from quote to delivery, through the same services that people use.

For demonstrations and for checks of an installation: channels that are not a demonstration are
never touched.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.accounts.models import User
from core.buyers.models import Buyer
from core.buyers.queries import addresses, view_of
from core.buyers.services import add_address, add_identity, ensure_buyer
from core.buyers.types import AddressInput
from core.catalog.models import Offer, OfferState
from core.jobs import run_due
from core.kernel import providers
from core.kernel.models import Channel
from core.logistics.models import Leg, Parcel
from core.logistics.services import AddParcel, add_parcel, ingest
from core.orders import ledger
from core.orders.errors import OrderError
from core.orders.flow import attach_document, documents_of, flow_of, transition
from core.orders.models import Order, StoredQuote
from core.orders.payments import confirm_payment, methods_for, start_payment
from core.orders.placing import place_order
from core.orders.quotes import make_quote
from core.orders.quoting.types import QuoteRequest, WantedLine
from core.pluginapi import Money, Status, TimeConfidence, TrackingEvent
from core.shared.clock import now
from core.shared.ids import new_id

SPECIMEN_IDENTITY = "11010519491231002X"
"""The published specimen of a Chinese resident identity number."""

EVENTS = (
    ("linehaul_departed", Status.IN_TRANSIT, "left the country of origin", "origin"),
    ("import_released", Status.IN_TRANSIT, "released by import customs", "destination"),
    ("delivered_recipient", Status.DELIVERED, "delivered to the recipient", "destination"),
)
CANDIDATES = 25


class JourneyFailed(Exception):
    """A step did not end where it should; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a journey: what was done, and the state of the order after it."""

    channel: str
    name: str
    state: str
    detail: str

    def as_json(self) -> dict[str, str]:
        """Return the step as JSON."""
        return {
            "channel": self.channel,
            "step": self.name,
            "state": self.state,
            "detail": self.detail,
        }


def demonstration_channels(only: str = "") -> list[Channel]:
    """Return one open demonstration channel of each kind, or those that ``only`` names."""
    channels = Channel.objects.filter(demonstration=True, is_open=True).order_by("position", "key")
    if only:
        return [one for one in channels if only in (one.key, one.kind)]
    first: dict[str, Channel] = {}
    for channel in channels:
        first.setdefault(f"{channel.kind}:{channel.market}", channel)
    return list(first.values())


class Journey:
    """The way of one order in one channel; ``first`` says with which offer it begins to ask."""

    def __init__(self, channel: Channel, *, first: int = 0) -> None:
        self.channel = channel
        self.first = first
        self.buyer: Buyer = _traveller(channel.market)
        self.order: Order | None = None

    def walk(self) -> Iterator[Step]:
        """Yield each step when it is done. Raises JourneyFailed or OrderError."""
        quote = self._quote()
        document = quote.document
        yield self._step("quote", f"{document['total']} {document['currency']}, {quote.pk}")
        self.order = place_order(
            quote.pk,
            buyer=self.buyer,
            address_id=addresses(self.buyer)[0].id,
            idempotency_key=f"journey-{new_id()}",
            actor="journey",
        )
        yield self._step("place", self.order.number)
        yield self._pay()
        yield from self._prepare()
        yield from self._track()
        yield self._complete()

    def _step(self, name: str, detail: str) -> Step:
        state = self.order.state if self.order else ""
        return Step(self.channel.key, name, state, detail)

    def _quote(self) -> StoredQuote:
        """Quote published offers one after the other until the channel sells one."""
        offers = Offer.objects.filter(channel=self.channel, state=OfferState.PUBLISHED)
        reasons: dict[str, str] = {}
        for offer in offers.order_by("created_at", "id")[self.first :][:CANDIDATES]:
            (quote,) = make_quote(
                QuoteRequest(
                    country=self.channel.market,
                    lines=(WantedLine(str(offer.item_id), 1),),
                    channels=(self.channel.key,),
                    buyer=self.buyer.ref,
                )
            )
            if quote.is_ok:
                return quote
            reasons[quote.code] = quote.document["message"]["en"]
        raise JourneyFailed(f"no offer could be quoted: {json.dumps(reasons)[:400]}")

    def _pay(self) -> Step:
        order = self._order()
        methods = methods_for(order)
        if not methods:
            raise JourneyFailed("the channel has no way to pay: switch pay_sandbox on")
        payment, _ = start_payment(order, next(iter(methods)))
        payment = confirm_payment(order)
        run_due()
        order.refresh_from_db()
        self._expect("paid")
        return self._step("pay", f"{Money.of(payment.amount).rounded()}, {payment.reference}")

    def _prepare(self) -> Iterator[Step]:
        """Walk the flow to the state before shipping, with a parcel and papers on the way."""
        order = self._order()
        states = flow_of(order).states
        for target in states[states.index("paid") + 1 : states.index("shipped")]:
            if target in ("ready", "declared") and "logistics" not in documents_of(order):
                parcel = self._add_parcel()
                yield self._step("parcel", f"{parcel.number} by {parcel.carrier}")
            for kind in self._missing(target):
                attach_document(order, kind, f"journey {kind}", by="journey")
                yield self._step("document", kind)
            transition(order, target, by="operator", actor="journey")
            yield self._step(target, "operator")

    def _missing(self, target: str) -> list[str]:
        order = self._order()
        held = documents_of(order)
        return [
            kind
            for step in flow_of(order).transitions
            if (step.source, step.target) == (order.state, target)
            for kind in step.requires_documents
            if kind not in held
        ]

    def _add_parcel(self) -> Leg:
        order = self._order()
        document = order.quote.document
        line = document["lines"][0]
        grams = sum((one["gross_grams"] or 0) * one["quantity"] for one in document["lines"])
        carrier, number = self._number(line["ship_from"] or "JP")
        parcel = add_parcel(
            AddParcel(
                order=order.pk,
                channel=self.channel.key,
                origin=line["ship_from"] or "",
                destination=order.country,
                gross_grams=grams,
                carrier=carrier,
                number=number,
            )
        )
        return Leg.objects.get(parcel=parcel, sequence=1)

    def _number(self, origin: str) -> tuple[str, str]:
        """Return the planned carrier, or the channel's first, and a fresh number of its kind."""
        keys = [provided.key for provided in providers.carriers(self.channel.ref)]
        if not keys:
            raise JourneyFailed("the channel has no carrier: switch carrier_manual on")
        planned = self._order().carrier
        carrier = planned if planned in keys else keys[0]
        if carrier == "s10":
            return carrier, s10_number(origin)
        return carrier, f"JN{secrets.randbelow(10**10):010d}"

    def _track(self) -> Iterator[Step]:
        order = self._order()
        leg = (
            Leg.objects.filter(parcel__order=order.pk)
            .select_related("parcel")
            .order_by("sequence")
            .first()
        )
        if leg is None:
            raise JourneyFailed("the order has no parcel")
        begin = now() - timedelta(hours=len(EVENTS))
        for number, (milestone, status, text, side) in enumerate(EVENTS):
            at = begin + timedelta(hours=number)
            event = TrackingEvent(
                status=status,
                milestone=milestone,
                code=milestone,
                text=text,
                local_time=at.isoformat(),
                at=at,
                confidence=TimeConfidence.OFFSET,
                country=getattr(leg.parcel, side),
            )
            ingest(leg, [event], source="journey")
            run_due()
            order.refresh_from_db()
            shown = Parcel.objects.get(pk=leg.parcel_id).status
            yield self._step("track", f"{text}; parcel {shown}")
        self._expect("delivered")
        yield self._step("delivered", "the carrier reported it")

    def _complete(self) -> Step:
        order = self._order()
        transition(order, "completed", by="buyer", actor="journey", reason="received")
        run_due()
        order.refresh_from_db()
        if ledger.unbalanced():
            raise JourneyFailed("the ledger does not sum to zero")
        held = ledger.balances(order, ledger.ESCROW)
        money = "held until the return window ends" if held else "settled"
        return self._step("completed", f"ledger balanced, money {money}")

    def _order(self) -> Order:
        if self.order is None:
            raise JourneyFailed("there is no order yet")
        return self.order

    def _expect(self, state: str) -> None:
        order = self._order()
        if order.state != state:
            raise JourneyFailed(f"the order is {order.state}, not {state}")


def s10_number(country: str) -> str:
    """Return a fresh UPU S10 number of ``country`` with its check digit."""
    digits = f"{secrets.randbelow(10**8):08d}"
    weighted = sum(int(d) * w for d, w in zip(digits, (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    check = {10: 0, 11: 5}.get(11 - weighted % 11, 11 - weighted % 11)
    return f"EE{digits}{check}{country}"


def run(channels: list[Channel], tell: Callable[[Step], None]) -> dict[str, str]:
    """Walk every channel's journey; return the failures by channel key."""
    failures: dict[str, str] = {}
    for channel in channels:
        try:
            for step in Journey(channel).walk():
                tell(step)
        except (JourneyFailed, OrderError) as problem:
            failures[channel.key] = str(problem)
    return failures


def _traveller(country: str) -> Buyer:
    """Return the demonstration's own buyer of a country, with an address and an identity."""
    email = f"journey-{country.lower()}@example.invalid"
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, None)
    buyer = ensure_buyer(user, country=country)
    if not addresses(buyer):
        add_address(buyer, _address(country), make_default=True)
    if not view_of(buyer).identity_verified and not buyer.identities.exists():
        add_identity(buyer, name="张三", number=SPECIMEN_IDENTITY)
    return buyer


def _address(country: str) -> AddressInput:
    known: dict[str, dict[str, Any]] = {
        "CN": {
            "recipient": "张三",
            "phone": "13800138000",
            "region": "上海市",
            "city": "上海市",
            "district": "浦东新区",
            "street": "世纪大道 1 号",
            "postcode": "200120",
        },
        "DE": {
            "recipient": "Erika Mustermann",
            "phone": "+493012345678",
            "city": "Berlin",
            "street": "Beispielstraße 1",
            "postcode": "10115",
        },
    }
    given = known.get(country) or {
        "recipient": "Alex Sample",
        "phone": "+15550100",
        "city": "Sample City",
        "street": "1 Sample Street",
        "postcode": "10000",
    }
    return AddressInput(country=country, **given)
