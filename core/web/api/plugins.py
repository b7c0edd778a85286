"""Routes that plug-ins bring, and the calls of payment providers."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language
from ninja import Router

from core.buyers.queries import buyer_of
from core.kernel import providers
from core.kernel.errors import ProviderFailed, ProviderMissing
from core.kernel.models import Channel
from core.orders.errors import PaymentRefused
from core.orders.services import find_payment, payment_received
from core.pluginapi import ApiAnswer, ChannelRef, PageRequest, WebhookCall
from core.shared.clock import now
from core.web.api.problem import COMMON, MAX_BODY, Problem, Refused, refuse

router = Router(tags=["plug-ins"])
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@router.api_operation(
    METHODS,
    "/p/{plugin}/{path:rest}",
    response={200: dict[str, Any], 503: Problem, **COMMON},
    summary="A plug-in's route",
)
def plugin_route(request: HttpRequest, plugin: str, rest: str) -> HttpResponse:
    """Let a plug-in answer; 404 where it is off. ``channel`` in the query chooses the channel."""
    signed_in = request.user.is_authenticated
    buyer = buyer_of(request.user) if signed_in else None
    asked = PageRequest(
        method=request.method or "GET",
        path=rest,
        query=request.GET.dict(),
        form=request.POST.dict(),
        language=get_language() or "en",
        buyer=buyer.ref if buyer else None,
    )
    answer = _ask(_place(request.GET.get("channel", "")), plugin, rest, asked)
    return JsonResponse(dict(answer.body), status=answer.status)


def _place(key: str) -> ChannelRef | None:
    if not key:
        return None
    channel = Channel.objects.filter(key=key[:40], is_open=True).first()
    if channel is None:
        raise Http404
    return channel.ref


def _ask(place: ChannelRef | None, plugin: str, rest: str, asked: PageRequest) -> ApiAnswer:
    try:
        return providers.route_view(place, plugin, rest, request=asked)
    except ProviderMissing:
        raise Http404 from None
    except ProviderFailed:
        raise Refused(503, "plugin_failed", "The plug-in gave no usable answer.") from None


@router.post(
    "/webhooks/payments/{channel}/{method}",
    response={200: dict[str, int], 401: Problem, 409: Problem, 413: Problem, **COMMON},
    summary="A payment provider's notice",
)
def payment_notice(request: HttpRequest, channel: str, method: str) -> dict[str, int]:
    """Take a provider's notice: its signature is checked over the raw body before anything else.

    A notice that is heard again changes nothing.
    """
    place = _place(channel)
    if len(request.body) > MAX_BODY:
        raise Refused(413, "body_too_large", "A notice has at most 1 MiB.")
    call = WebhookCall(
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
        received_at=now(),
        query=request.GET.dict(),
    )
    try:
        if not providers.payment_verify_webhook(place, method, call=call):
            raise Refused(401, "signature_invalid", "The signature does not fit the body.")
        events = list(providers.payment_parse_webhook(place, method, call=call))
    except ProviderMissing:
        raise Http404 from None
    except ProviderFailed as error:
        code = error.code or "notice_unreadable"
        raise Refused(422, code, "The notice cannot be read.") from None
    taken = 0
    for event in events:
        payment = find_payment(method, event.reference)
        if payment is None or payment.order.channel.key != channel:
            raise Refused(404, "payment_unknown", "No payment has this reference.")
        try:
            payment_received(payment, event)
        except PaymentRefused as error:
            refuse(error, status=409)
        taken += 1
    return {"taken": taken}
