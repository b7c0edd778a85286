"""Who calls the suppliers' API: a bearer key, and for live keys a signature."""

from __future__ import annotations

import base64
import binascii
import hashlib

from django.core.cache import cache
from django.http import HttpRequest
from ninja.security import HttpBearer

from core.accounts.models import ApiKey
from core.accounts.services import find_key
from core.web.api.problem import Refused
from suppliers.models import Supplier
from suppliers.services import OWNER_KIND
from suppliers.signing import WINDOW_SECONDS, SignedRequest, is_signed

NO_KEY = "Send 'Authorization: Bearer ' and an active key of your supplier account."
BAD_SIGNATURE = (
    "A live key needs X-Supplier-Id, X-Timestamp within 300 seconds, and X-Signature over "
    "version, timestamp, method, path with query, and the SHA-256 of the body."
)


class SupplierKey(HttpBearer):
    """Lets a supplier in by its key; the supplier is then ``request.auth``."""

    def authenticate(self, request: HttpRequest, token: str) -> Supplier:
        """Return the supplier. Raises Refused with 401."""
        key = find_key(token)
        supplier = _owner(key)
        if key is None or supplier is None:
            raise Refused(401, "key_invalid", NO_KEY)
        if key.live and request.method == "POST":
            _check_signature(request, supplier)
        return supplier


def body_sha256(request: HttpRequest) -> str:
    """Return the hexadecimal SHA-256 of the body as it was sent."""
    return hashlib.sha256(request.body).hexdigest()


def check_digest(request: HttpRequest) -> None:
    """Raise Refused when a Content-Digest does not fit the body."""
    stated = request.headers.get("Content-Digest", "")
    if not stated:
        return
    for part in stated.split(","):
        name, _, value = part.strip().partition("=")
        if name.lower() != "sha-256":
            continue
        try:
            wanted = base64.b64decode(value.strip(":"), validate=True)
        except (binascii.Error, ValueError):
            wanted = b""
        if wanted != hashlib.sha256(request.body).digest():
            raise Refused(400, "digest_mismatch", "The body does not fit its Content-Digest.")
        return
    raise Refused(400, "digest_unsupported", "Content-Digest is read with sha-256.")


def _owner(key: ApiKey | None) -> Supplier | None:
    if key is None or key.owner_kind != OWNER_KIND or "feeds" not in key.scopes:
        return None
    return Supplier.objects.filter(pk=key.owner, state=Supplier.State.ACTIVE).first()


def _check_signature(request: HttpRequest, supplier: Supplier) -> None:
    given = request.headers.get("X-Signature", "")
    signed = SignedRequest(
        method=request.method or "",
        target=request.get_full_path(),
        timestamp=request.headers.get("X-Timestamp", ""),
        body_sha256=body_sha256(request),
    )
    named = request.headers.get("X-Supplier-Id", "")
    if named not in (supplier.key, str(supplier.pk)) or not is_signed(supplier, given, signed):
        raise Refused(401, "FEED_SIGNATURE", BAD_SIGNATURE)
    if request.headers.get("Idempotency-Key"):
        return
    once = f"signature:{hashlib.sha256(given.encode('utf-8', 'replace')).hexdigest()}"
    if not cache.add(once, 1, 2 * WINDOW_SECONDS):
        raise Refused(401, "FEED_SIGNATURE", "This signature was used before.")
