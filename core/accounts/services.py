"""What changes accounts: keys, one-time links, the audit log."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from core.accounts.models import ApiKey, AuditEntry, SignInLink, User
from core.shared.clock import now
from core.shared.ids import new_token

KEY_PREFIX_LENGTH = 12
LINK_LIFETIME = timedelta(hours=2)


class IssuedKey(NamedTuple):
    """A new key; ``plaintext`` is shown once and never stored."""

    key: ApiKey
    plaintext: str


def issue_key(
    owner_kind: str, owner: UUID, *, live: bool, scopes: tuple[str, ...], name: str = ""
) -> IssuedKey:
    """Create a key for an owner. The plaintext begins ``ht_test_`` or ``ht_live_``."""
    prefix = secrets.token_hex(KEY_PREFIX_LENGTH // 2)
    plaintext = f"ht_{'live' if live else 'test'}_{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        owner_kind=owner_kind,
        owner=owner,
        name=name,
        prefix=prefix,
        digest=_digest(plaintext),
        live=live,
        scopes=list(scopes),
    )
    return IssuedKey(key, plaintext)


def find_key(plaintext: str) -> ApiKey | None:
    """Return the active key of ``plaintext`` and note its use, or None."""
    parts = plaintext.split("_", 3)
    if len(parts) != 4 or parts[0] != "ht" or not plaintext.isascii():
        return None
    key = ApiKey.objects.filter(prefix=parts[2], revoked_at=None).first()
    if key is None or not secrets.compare_digest(bytes(key.digest), _digest(plaintext)):
        return None
    moment = now()
    ApiKey.objects.filter(pk=key.pk).filter(
        Q(last_used_at=None) | Q(last_used_at__lt=moment - timedelta(minutes=1))
    ).update(last_used_at=moment)
    return key


def issue_link(user: User) -> str:
    """Return a token that signs ``user`` in once within two hours."""
    token = new_token()
    SignInLink.objects.create(digest=_digest(token), user=user, expires_at=now() + LINK_LIFETIME)
    return token


def use_link(token: str) -> User | None:
    """Spend a token: the one conditional update lets exactly one request win."""
    links = SignInLink.objects.filter(digest=_digest(token))
    if not links.filter(used_at=None, expires_at__gt=now()).update(used_at=now()):
        return None
    return User.objects.filter(signinlink__digest=_digest(token), is_active=True).first()


def record(actor: str, action: str, subject: str, **data: object) -> None:
    """Add to the audit log. ``data`` is JSON and holds no secret and no personal data."""
    AuditEntry.objects.create(actor=actor, action=action, subject=subject, data=data)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
