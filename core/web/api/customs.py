"""What a shipment would cost at the door, for anyone and for operators; quotes as a tree."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router
from ninja.security import SessionAuth

from core.buyers.queries import buyer_of
from core.fx.errors import RateError
from core.kernel.models import Channel
from core.orders.errors import QuoteNotFound
from core.orders.quotes import load_quote
from core.pluginapi import ChannelRef, InvalidInput
from core.shared.clock import today
from core.web.api.problem import COMMON, Problem, Refused, refuse
from core.web.api.schemas import LandedCost, LandedCostIn, OperatorLandedCostIn, Tree
from core.web.calculator import ESTIMATES_A_MINUTE
from core.web.rate_limit import spend
from customs.cases import BadValue, read_case
from customs.estimates import estimate, estimate_json
from customs.explain import node_json, tree_of_quote

router = Router(tags=["customs"])

MOST_LINES = 200
"""An answer explains every charge of every line; more would be tens of megabytes for anybody."""


class StaffAuth(SessionAuth):
    """A signed-in operator; for anybody else the route answers 401."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any | None:
        """Return the operator, or None."""
        user = request.user
        return user if user.is_authenticated and user.is_active and user.is_staff else None


staff = StaffAuth(csrf=True)


@router.post("/landed-costs", response={200: LandedCost, 429: Problem, **COMMON}, summary="What if")
def landed_cost(request: HttpRequest, body: LandedCostIn) -> HttpResponse:
    """Assess a shipment by the rules of a day, today when left out; nothing is stored.

    ``shipment`` is that of ``manage.py customs assess``. Rates that are left out are looked up in
    the tariff. A refusal of customs is an answer, with code and sentence; a value that cannot be
    used is a problem that names its path.
    """
    if not spend(request, "estimates", limit=ESTIMATES_A_MINUTE, seconds=60):
        raise Refused(429, "too_many_requests", f"At most {ESTIMATES_A_MINUTE} a minute.")
    return _answer(body, None)


@router.post(
    "/operator/landed-costs",
    auth=staff,
    response={200: LandedCost, 401: Problem, 403: Problem, **COMMON},
    summary="What if, in a channel",
)
def operator_landed_cost(request: HttpRequest, body: OperatorLandedCostIn) -> HttpResponse:
    """Assess a shipment with the plug-ins and settings of a channel."""
    channel = Channel.objects.filter(key=body.channel).first() if body.channel else None
    if body.channel and channel is None:
        raise Refused(422, "channel_unknown", "There is no such channel.", path="$.channel")
    return _answer(body, channel.ref if channel else None)


@router.get(
    "/quotes/{uuid:quote}/explanation", response={200: Tree, **COMMON}, summary="Quote explained"
)
def explanation(request: HttpRequest, quote: UUID) -> HttpResponse:
    """Return a quote as a tree: amount, formula, inputs, rule with its days and source."""
    buyer = buyer_of(request.user) if request.user.is_authenticated else None
    try:
        stored = load_quote(quote, buyer=buyer.ref if buyer else None)
    except QuoteNotFound as error:
        refuse(error, status=404)
    tree = tree_of_quote(stored.document)
    if tree is None:
        raise Refused(422, stored.code, "The channel refused this basket: it has no amounts.")
    return JsonResponse(node_json(tree))


def _answer(body: LandedCostIn, channel: ChannelRef | None) -> HttpResponse:
    raw = {"on": (body.on or today()).isoformat(), "shipment": body.shipment}
    try:
        case = read_case(raw)
        if len(case.shipment.lines) > MOST_LINES:
            text = f"A question here has at most {MOST_LINES} lines; customs assess takes more."
            raise Refused(422, "too_many_lines", text, path="$.shipment.lines")
        made = estimate(case.shipment, on=body.on, channel=channel)
    except BadValue as fault:
        raise Refused(422, "invalid_input", "This value cannot be used.", path=fault.path) from None
    except InvalidInput as error:
        raise Refused(422, error.code, str(error), path=error.path) from None
    except RateError as error:
        refuse(error, status=422)
    return JsonResponse(estimate_json(made))
