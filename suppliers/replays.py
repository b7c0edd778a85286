"""Idempotency keys: one effect, and the same answer for as long as it may be asked again."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from core.shared.clock import now
from suppliers.errors import SupplierError
from suppliers.limits import limit
from suppliers.models import PushAnswer, Supplier

KEY = re.compile(r"^[\x20-\x7e]{1,255}$")
ABANDONED = timedelta(minutes=2)


class Replay(NamedTuple):
    """The answer that was given before, to the byte."""

    status: int
    body: str


def begin(supplier: Supplier, route: str, key: str, digest: str) -> Replay | None:
    """Reserve a key, or return what it was answered.

    Raises SupplierError: idempotency_key_invalid, idempotency_mismatch, or idempotency_in_flight
    while the first request is still being served.
    """
    if not KEY.match(key):
        raise SupplierError("idempotency_key_invalid", "An Idempotency-Key is 1 to 255 characters.")
    oldest = now() - timedelta(hours=limit("IDEMPOTENCY_HOURS"))
    mine = PushAnswer.objects.filter(supplier=supplier, route=route, key=key)
    with transaction.atomic():
        stale = Q(created_at__lt=oldest) | Q(status=0, created_at__lt=now() - ABANDONED)
        mine.filter(stale).delete()
        answer = PushAnswer(supplier=supplier, route=route, key=key, digest=digest)
        PushAnswer.objects.bulk_create([answer], ignore_conflicts=True)
        found = mine.get()
    if found.digest == digest and found.status:
        return Replay(found.status, found.body)
    if found.digest != digest:
        raise SupplierError("idempotency_mismatch", "This key was used for another request.")
    if found.created_at != answer.created_at:
        raise SupplierError("idempotency_in_flight", "The first request is still being served.")
    return None


def finish(supplier: Supplier, route: str, key: str, *, status: int, body: str) -> None:
    """Keep the answer of a reserved key."""
    PushAnswer.objects.filter(supplier=supplier, route=route, key=key).update(
        status=status, body=body
    )


def forget(supplier: Supplier, route: str, key: str) -> None:
    """Give a key back when its request had no effect."""
    PushAnswer.objects.filter(supplier=supplier, route=route, key=key, status=0).delete()
