"""Calls endpoints: signed, logged, retried for three days, switched off when they say 410."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from core.delivery.models import DeliveryAttempt, Endpoint, WebhookDelivery
from core.delivery.services import WEBHOOK_JOB
from core.delivery.signatures import sign
from core.jobs import JobContext, JobFailed, handler
from core.shared.clock import now
from core.shared.errors import InvalidInput, Unavailable
from core.shared.http import GuardedHttp, HttpReply

DELAYS = (5, 30, 120, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400)
TOTAL_SECONDS = 15
MAX_ANSWER = 64 << 10
GONE = 410

State = WebhookDelivery.State


def give_up(payload: Mapping[str, Any]) -> None:
    """Say that a delivery is not tried any more."""
    pending = WebhookDelivery.objects.filter(pk=payload["delivery"], state=State.PENDING)
    pending.update(state=State.FAILED)


@handler(WEBHOOK_JOB, max_attempts=len(DELAYS) + 1, delays=DELAYS, given_up=give_up)
def deliver(job: JobContext) -> None:
    """Call one endpoint about one event. Raises Unavailable to be called again later."""
    delivery = (
        WebhookDelivery.objects.select_related("endpoint")
        .filter(pk=job.payload["delivery"], state=State.PENDING)
        .first()
    )
    if delivery is None:
        return
    if not delivery.endpoint.is_on:
        raise JobFailed("the endpoint is switched off")
    _judge(delivery, call(delivery))


def call(delivery: WebhookDelivery) -> HttpReply:
    """Send the signed body and log what came of it. Raises Unavailable and InvalidInput."""
    body = delivery.body.encode()
    timestamp = int(now().timestamp())
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Haitao-Event": delivery.kind,
        "Haitao-Id": str(delivery.event),
        "Haitao-Timestamp": str(timestamp),
        "Haitao-Signature": sign(delivery.endpoint.open_secret(), timestamp, body),
    }
    http = GuardedHttp(
        total_seconds=TOTAL_SECONDS,
        max_bytes=MAX_ANSWER,
        allowed_hosts=settings.HAITAO_HTTP_ALLOWED_HOSTS,
    )
    started = time.monotonic()
    attempt = DeliveryAttempt(delivery=delivery)
    try:
        reply = http.post(delivery.endpoint.url, data=body, headers=headers)
        attempt.status, attempt.answer = reply.status, _printable(reply.content)
    except (InvalidInput, Unavailable) as error:
        attempt.error = str(error)[:500]
        raise
    finally:
        attempt.milliseconds = round((time.monotonic() - started) * 1000)
        attempt.save(force_insert=True)
    return reply


def _judge(delivery: WebhookDelivery, reply: HttpReply) -> None:
    if 200 <= reply.status < 300:
        row = WebhookDelivery.objects.filter(pk=delivery.pk)
        row.update(state=State.DELIVERED, delivered_at=now())
        return
    if reply.status == GONE:
        reason = "The endpoint answered 410 Gone."
        Endpoint.objects.filter(pk=delivery.endpoint_id).update(is_on=False, off_reason=reason)
        raise JobFailed(reason)
    raise Unavailable(f"the endpoint answered {reply.status}", retry_after=_retry_after(reply))


def _retry_after(reply: HttpReply) -> float | None:
    asked = reply.headers.get("retry-after", "")
    return float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else None


def _printable(content: bytes) -> str:
    text = content[:500].decode("utf-8", errors="replace")
    return "".join(char if char.isprintable() else " " for char in text)
