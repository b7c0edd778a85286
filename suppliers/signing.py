"""Signed pushes: secrets of suppliers, sealed at rest, and the check of a signature."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import NamedTuple

from django.db import transaction

from core.accounts.models import ApiKey
from core.accounts.services import issue_key, record
from core.shared.clock import now
from core.shared.crypto import SealBroken, open_sealed, seal
from core.shared.ids import new_token
from suppliers.errors import SupplierError
from suppliers.models import Supplier
from suppliers.services import OWNER_KIND, SCOPES

WINDOW_SECONDS = 300
SECRETS_MAX = 2


class LiveKey(NamedTuple):
    """A live key and its signing secret; both are shown once."""

    key: ApiKey
    plaintext: str
    secret: str


class SignedRequest(NamedTuple):
    """What a signature covers. ``target`` is the path with its query, as it was sent."""

    method: str
    target: str
    timestamp: str
    body_sha256: str


@transaction.atomic
def new_live_key(supplier: Supplier, *, actor: str, name: str = "") -> LiveKey:
    """Issue a live key with a signing secret. Raises SupplierError while two are active."""
    active = ApiKey.objects.filter(
        owner_kind=OWNER_KIND, owner=supplier.pk, live=True, revoked_at=None
    )
    if active.count() >= SECRETS_MAX:
        raise SupplierError("too_many_keys", "Two live keys are active: revoke one first.")
    issued = issue_key(OWNER_KIND, supplier.pk, live=True, scopes=SCOPES, name=name[:80])
    secret = new_token(256)
    issued.key.signing_secret = seal(secret, bound_to=_place(issued.key))
    issued.key.save(update_fields=["signing_secret"])
    record(actor, "supplier.key_issued", f"supplier:{supplier.pk}", prefix=issued.key.prefix)
    return LiveKey(issued.key, issued.plaintext, secret)


def signature(secret: str, request: SignedRequest) -> str:
    """Return the ``X-Signature`` of a request."""
    text = "\n".join(("v1", request.timestamp, request.method, request.target, request.body_sha256))
    mac = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return f"v1={base64.b64encode(mac).decode()}"


def is_signed(supplier: Supplier, given: str, request: SignedRequest) -> bool:
    """Say whether one of the supplier's active secrets signed ``request`` just now."""
    if not re.fullmatch(r"\d{1,12}", request.timestamp, re.ASCII):
        return False
    if abs(now().timestamp() - int(request.timestamp)) > WINDOW_SECONDS:
        return False
    fits = False
    for secret in _secrets(supplier):
        expected = signature(secret, request)
        fits |= hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))
    return fits


def _secrets(supplier: Supplier) -> Iterable[str]:
    keys = ApiKey.objects.filter(
        owner_kind=OWNER_KIND, owner=supplier.pk, live=True, revoked_at=None
    )
    for key in keys.order_by("-created_at")[:SECRETS_MAX]:
        try:
            if key.signing_secret:
                yield open_sealed(key.signing_secret, bound_to=_place(key))
        except SealBroken:
            # A key that was sealed under a lost master key proves nothing and blocks nobody.
            continue


def _place(key: ApiKey) -> str:
    return f"accounts:apikey:{key.pk}:signing_secret"
