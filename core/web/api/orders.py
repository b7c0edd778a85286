"""Quotes for anyone, orders of the signed-in buyer, parcels by their token."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Header, Router, Status
from ninja.security import SessionAuth

from core.accounts.models import User, actor_of
from core.buyers.models import Buyer
from core.buyers.queries import buyer_of
from core.buyers.services import ensure_buyer
from core.logistics.queries import by_token, of_order, tracking
from core.orders.errors import OrderError, QuoteInvalid, QuoteNotFound, QuoteRefused
from core.orders.models import Order
from core.orders.quotes import load_quote, make_quote
from core.orders.quoting.reading import read_request
from core.orders.services import place_order
from core.pluginapi import BuyerRef, Money
from core.web.api.catalogue import Page, Size, money_json
from core.web.api.problem import COMMON, Problem, Refused, refuse
from core.web.api.schemas import (
    OrderIn,
    OrderOut,
    OrderPage,
    QuoteIn,
    QuoteOut,
    Quotes,
    TrackingOut,
)
from core.web.rate_limit import QUOTES_A_MINUTE, spend

router = Router(tags=["buying"])
session = SessionAuth(csrf=True)

Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=80)]


@router.post("/quotes", response={201: Quotes, 429: Problem, **COMMON}, summary="Price a basket")
def create_quotes(request: HttpRequest, body: QuoteIn) -> Status[dict[str, Any]]:
    """Price a basket in every channel of the destination. A channel that cannot sell it refuses,
    with a code and a sentence; quotes are stored and expire."""
    if not spend(request, "quotes", limit=QUOTES_A_MINUTE, seconds=60):
        raise Refused(429, "too_many_requests", f"At most {QUOTES_A_MINUTE} a minute.")
    given = body.model_dump(mode="json", exclude_none=True)
    try:
        made = make_quote(read_request(given, buyer=_ref(request)))
    except QuoteInvalid as error:
        refuse(error, status=422)
    return Status(201, {"quotes": [quote.document for quote in made]})


@router.get("/quotes/{uuid:quote}", response={200: QuoteOut, **COMMON}, summary="Stored quote")
def show_quote(request: HttpRequest, quote: UUID) -> HttpResponse:
    """Return the stored bytes of a quote, the same ones every time; the ETag is their SHA-256."""
    try:
        stored = load_quote(quote, buyer=_ref(request))
    except QuoteNotFound as error:
        refuse(error, status=404)
    response = HttpResponse(bytes(stored.body), content_type="application/json")
    response["ETag"] = f'"{stored.sha256}"'
    return response


@router.post(
    "/orders",
    auth=session,
    response={201: OrderOut, 401: Problem, 403: Problem, 409: Problem, **COMMON},
    summary="Place an order",
)
def create_order(request: HttpRequest, body: OrderIn, key: Key) -> Status[dict[str, Any]]:
    """Turn an unexpired quote into an order; the same key gives the same order."""
    try:
        order = place_order(
            body.quote,
            buyer=_buyer(request),
            address_id=body.address,
            idempotency_key=key,
            actor=actor_of(request.user),
        )
    except QuoteNotFound as error:
        refuse(error, status=404)
    except QuoteRefused as error:
        refuse(error, status=409)
    except OrderError as error:
        refuse(error, status=422)
    return Status(201, order_json(order))


@router.get(
    "/orders",
    auth=session,
    response={200: OrderPage, 401: Problem, **COMMON},
    summary="My orders",
)
def list_orders(request: HttpRequest, page: Page = 1, size: Size = 20) -> dict[str, Any]:
    """List the signed-in buyer's orders, the newest first."""
    found = Order.objects.filter(buyer=_buyer(request)).select_related("channel")
    start = (page - 1) * size
    chosen = found.prefetch_related("lines")[start : start + size]
    return {
        "items": [order_json(order) for order in chosen],
        "page": page,
        "size": size,
        "total": found.count(),
    }


@router.get(
    "/orders/{number}",
    auth=session,
    response={200: OrderOut, 401: Problem, **COMMON},
    summary="My order",
)
def show_order(request: HttpRequest, number: str) -> dict[str, Any]:
    """Return one of the signed-in buyer's orders."""
    order = Order.objects.filter(buyer=_buyer(request), number=number[:20]).first()
    if order is None:
        raise Http404
    return order_json(order)


@router.get("/tracking/{token}", response={200: TrackingOut, **COMMON}, summary="Parcel")
def show_parcel(request: HttpRequest, token: str) -> dict[str, Any]:
    """Return a parcel's way by the token of its page; nothing of it names a person or an order."""
    parcel = by_token(token)
    if parcel is None:
        raise Http404
    found = tracking(parcel)
    return {
        "status": found.status.value,
        "label": found.label.as_dict(),
        "milestone": found.milestone,
        "action": found.action.as_dict() if found.action else None,
        "origin": found.origin,
        "destination": found.destination,
        "updated_at": found.updated_at,
        "eta": found.eta
        and {
            "earliest": found.eta.earliest,
            "latest": found.eta.latest,
            "basis": found.eta.basis.as_dict(),
        },
        "events": [
            {
                "status": entry.status.value,
                "milestone": entry.milestone,
                "label": entry.label.as_dict(),
                "at": entry.at,
                "local_time": entry.local_time,
                "zone": entry.zone,
                "place": entry.place,
                "country": entry.country,
                "carrier": entry.carrier,
            }
            for entry in found.timeline
        ],
    }


def order_json(order: Order) -> dict[str, Any]:
    """Return an order as the API writes it, without address or identity."""
    return {
        "number": order.number,
        "state": order.state,
        "channel": order.channel.key,
        "quote": order.quote_id,
        "total": money_json(Money.of(order.total)),
        "placed_at": order.placed_at,
        "lines": [
            {
                "sku": line.sku,
                "title": line.title,
                "quantity": line.quantity,
                "unit_price": money_json(Money.of(line.unit_price)),
            }
            for line in order.lines.all()
        ],
        "parcels": [
            {"tracking_token": parcel.public_token, "status": parcel.status}
            for parcel in of_order(order.pk)
        ],
    }


def _buyer(request: HttpRequest) -> Buyer:
    assert isinstance(request.user, User)  # noqa: S101 - the session's authentication saw to it
    return ensure_buyer(request.user)


def _ref(request: HttpRequest) -> BuyerRef | None:
    buyer = buyer_of(request.user) if request.user.is_authenticated else None
    return buyer.ref if buyer else None
