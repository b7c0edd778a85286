"""What changes deliveries: endpoints, events for them, messages, another try."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db import transaction

from core.delivery.models import BuyerMessage, Endpoint, WebhookDelivery
from core.jobs import Event, enqueue
from core.shared.errors import InvalidInput
from core.shared.http import check_url
from core.shared.text import Text

WEBHOOK_JOB = "delivery.webhook"
MESSAGE_JOB = "delivery.message"
PUBLIC_KINDS = ("order.*", "parcel.event", "feed.finished", "customs.status")
"""Events that partners may hear of; their payloads are ids and states, never personal data."""

State = WebhookDelivery.State


@transaction.atomic
def add_endpoint(
    name: str, url: str, *, kinds: Sequence[str], channel: str = ""
) -> tuple[Endpoint, str]:
    """Add an endpoint and return it with its signing secret, which is not shown again.

    Raises InvalidInput for an address that is not public, and for kinds that are not offered.
    """
    check_url(url, allowed_hosts=settings.HAITAO_HTTP_ALLOWED_HOSTS)
    unknown = [kind for kind in kinds if not _is_public(kind)]
    if unknown or not kinds:
        offered = ", ".join(PUBLIC_KINDS)
        raise InvalidInput(f"choose events out of: {offered}", path="$.kinds", code="kinds_refused")
    endpoint = Endpoint(name=name, url=url, kinds=list(kinds), channel=channel)
    secret = new_secret(endpoint)
    endpoint.save(force_insert=True)
    return endpoint, secret


def new_secret(endpoint: Endpoint) -> str:
    """Give ``endpoint`` a new secret and return it; the caller saves the row."""
    secret = f"whs_{secrets.token_urlsafe(32)}"
    endpoint.set_secret(secret)
    return secret


def fan_out(event: Event) -> int:
    """Queue ``event`` for every endpoint that wants it, once each; return how many there are."""
    wanting = [e for e in Endpoint.objects.filter(is_on=True) if e.wants(event.kind, event.channel)]
    for endpoint in wanting:
        delivery, is_new = WebhookDelivery.objects.get_or_create(
            endpoint=endpoint,
            event=UUID(event.id),
            defaults={"kind": event.kind, "body": body_of(event)},
        )
        if is_new:
            _queue(delivery)
    return len(wanting)


def resend(delivery: WebhookDelivery) -> None:
    """Queue a delivery again, the same body under the same id, whatever its state."""
    with transaction.atomic():
        WebhookDelivery.objects.filter(pk=delivery.pk).update(state=State.PENDING)
        _queue(delivery)


def _queue(delivery: WebhookDelivery) -> None:
    payload = {"delivery": str(delivery.pk)}
    enqueue(WEBHOOK_JOB, payload, key=str(delivery.pk), again=True)


def body_of(event: Event) -> str:
    """Return what is sent for ``event``: JSON with sorted keys."""
    told = {
        "id": event.id,
        "kind": event.kind,
        "at": event.at.isoformat(),
        "channel": event.channel,
        "subject": event.subject,
        "data": dict(event.payload),
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@transaction.atomic
def send_message(
    buyer: UUID, *, key: str, subject: Text, body: Text, address: str, channel: str = ""
) -> BuyerMessage:
    """Queue a message to a buyer, once for its key: a second call returns the first one.

    It goes out over the messengers that are on in ``channel`` (a key), the operator's first
    choice first, until one delivers.
    """
    message = BuyerMessage(
        buyer=buyer, key=key, channel=channel, subject=subject.as_dict(), body=body.as_dict()
    )
    message.set_address(address)
    BuyerMessage.objects.bulk_create([message], ignore_conflicts=True)
    stored = BuyerMessage.objects.get(key=key)
    if stored.pk == message.pk:
        enqueue(MESSAGE_JOB, {"message": str(stored.pk)}, key=str(stored.pk), channel=channel)
    return stored


def _is_public(kind: str) -> bool:
    return kind in PUBLIC_KINDS or (kind.startswith("order.") and kind != "order.")
