"""Sealed fields: AES-256-GCM bound to the row and field that holds them, and blind indexes.

The key material is ``settings.HAITAO_FIELD_KEYS``: ``id:secret`` pairs separated by commas, or one
bare secret, which is the key ``k1``. The first key seals, every key opens, so that a key is
rotated by putting the new one in front and sealing again. Blind indexes must survive that: they
come from the key named ``index`` where there is one, else from the last, which is the oldest.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12
MIN_SECRET_LENGTH = 32
BARE_KEY_ID = "k1"
INDEX_KEY_ID = "index"
SEPARATOR = b":"
_KEY_ID = re.compile(r"[a-z0-9_-]{1,16}")

Sealed = bytes | bytearray | memoryview
"""What a ``BinaryField`` holds: PostgreSQL hands out memoryviews, SQLite bytes."""


class SealBroken(ValueError):
    """A sealed value cannot be opened: changed, moved to another place, or its key is gone."""


class KeysUnusable(ValueError):
    """``HAITAO_FIELD_KEYS`` holds no usable key; the message says why and never shows it."""


@dataclass(frozen=True, slots=True, repr=False)
class _Keyring:
    current: str
    ciphers: Mapping[str, AESGCM]
    index: bytes


def seal(plaintext: str | bytes, *, bound_to: str) -> bytes:
    """Encrypt ``plaintext`` for one place, such as ``buyers:identity:<pk>:number``.

    Returns ``<key id>:<nonce><ciphertext and tag>``. Equal texts give different results. Raises
    KeysUnusable.
    """
    ring = _keyring(_secrets())
    nonce = os.urandom(NONCE_BYTES)
    content = plaintext.encode() if isinstance(plaintext, str) else plaintext
    cipher = ring.ciphers[ring.current]
    closed = cipher.encrypt(nonce, content, _associated(ring.current, bound_to))
    return ring.current.encode() + SEPARATOR + nonce + closed


def open_bytes(blob: Sealed, *, bound_to: str) -> bytes:
    """Decrypt what :func:`seal` made for the same place. Raises SealBroken, KeysUnusable."""
    key_id, _, rest = bytes(blob).partition(SEPARATOR)
    name = key_id.decode("ascii", "replace")
    cipher = _keyring(_secrets()).ciphers.get(name)
    if cipher is None or len(rest) <= NONCE_BYTES:
        raise SealBroken("the value is not sealed with a known key")
    try:
        return cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], _associated(name, bound_to))
    except InvalidTag:
        raise SealBroken("the value was changed, or belongs to another row or field") from None


def open_sealed(blob: Sealed, *, bound_to: str) -> str:
    """Decrypt a text that :func:`seal` made for the same place. Raises SealBroken, KeysUnusable."""
    try:
        return open_bytes(blob, bound_to=bound_to).decode()
    except UnicodeDecodeError:
        raise SealBroken("the value is not text") from None


def is_current(blob: Sealed) -> bool:
    """Say whether ``blob`` is sealed with the key that seals now; others want sealing again."""
    key_id = bytes(blob).partition(SEPARATOR)[0]
    return key_id == _keyring(_secrets()).current.encode()


def blind_index(text: str, *, purpose: str) -> bytes:
    """Return 32 bytes that are equal for equal texts of one purpose, and tell nothing else.

    HMAC-SHA256 with a key of its own; ``text`` must be normalised by the caller.
    """
    key = _keyring(_secrets()).index
    return hmac.digest(key, f"{purpose}\x00{text}".encode(), hashlib.sha256)


def _associated(key_id: str, bound_to: str) -> bytes:
    return f"haitao:1:{key_id}:{bound_to}".encode()


def _secrets() -> str:
    from django.conf import settings

    return str(settings.HAITAO_FIELD_KEYS)


@lru_cache(maxsize=4)
def _keyring(secrets: str) -> _Keyring:
    pairs = _pairs(secrets)
    sealing = [name for name in pairs if name != INDEX_KEY_ID]
    if not sealing:
        raise KeysUnusable("HAITAO_FIELD_KEYS needs a key that seals, not an index key alone")
    oldest = pairs.get(INDEX_KEY_ID) or pairs[sealing[-1]]
    return _Keyring(
        current=sealing[0],
        ciphers={name: AESGCM(_derive(pairs[name], "seal")) for name in sealing},
        index=_derive(oldest, "index"),
    )


def _pairs(secrets: str) -> dict[str, str]:
    parts = [part.strip() for part in secrets.split(",") if part.strip()]
    if len(parts) == 1 and ":" not in parts[0]:
        parts = [f"{BARE_KEY_ID}:{parts[0]}"]
    pairs: dict[str, str] = {}
    for part in parts:
        name, _, secret = part.partition(":")
        if not _KEY_ID.fullmatch(name) or name in pairs:
            raise KeysUnusable("HAITAO_FIELD_KEYS: a key id is missing, malformed or repeated")
        if len(secret) < MIN_SECRET_LENGTH:
            raise KeysUnusable(f"HAITAO_FIELD_KEYS: key {name} is shorter than 32 characters")
        pairs[name] = secret
    if not pairs:
        raise KeysUnusable("HAITAO_FIELD_KEYS is empty")
    return pairs


def _derive(secret: str, use: str) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"haitao field {use} 1".encode())
    return kdf.derive(secret.encode())
