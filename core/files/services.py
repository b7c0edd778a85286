"""Store files and read them back."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from django.conf import settings

from core.files.models import StoredFile
from core.pluginapi import ChannelRef, FileRef, InvalidInput
from core.shared.ids import new_token

MAX_BYTES = 10 * 1024 * 1024
SIGNATURES = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
    "application/pdf": (b"%PDF-",),
}
TEXT_TYPES = ("text/plain", "text/csv", "application/json", "application/xml")


def store(name: str, content: bytes, *, content_type: str, owner: str) -> StoredFile:
    """Store ``content`` under its SHA-256 and return its row.

    Raises InvalidInput for more than 10 MiB, a type that is not allowed, or a content that is not
    of the type that it claims.
    """
    if len(content) > MAX_BYTES:
        raise InvalidInput("A file may have 10 MiB at most.", code="file_too_large")
    _check_type(content, content_type)
    digest = hashlib.sha256(content).hexdigest()
    path = _path(digest)
    if not path.exists():
        _write(path, content)
    return StoredFile.objects.create(
        owner=owner[:80],
        name=_clean_name(name),
        content_type=content_type,
        size=len(content),
        sha256=digest,
    )


def read(file: StoredFile) -> bytes:
    """Return the bytes of ``file``. Raises InvalidInput when they are gone or were changed."""
    path = _path(file.sha256)
    content = path.read_bytes() if path.exists() else b""
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise InvalidInput("The stored file is missing or was changed.", code="file_damaged")
    return content


def store_for_plugin(
    plugin: str, channel: ChannelRef | None, name: str, content: bytes, *, content_type: str
) -> FileRef:
    """Implement the verb ``store_file``: the plug-in owns what it stores."""
    file = store(name, content, content_type=content_type, owner=f"plugin:{plugin}")
    return FileRef(file.id)


def _check_type(content: bytes, content_type: str) -> None:
    """Compare the claimed type with the first bytes; a text type must be UTF-8 without NUL."""
    if content_type in TEXT_TYPES:
        try:
            if "\0" not in content.decode("utf-8"):
                return
        except UnicodeDecodeError:
            pass
    elif content.startswith(SIGNATURES.get(content_type, ())):
        return
    raise InvalidInput(f"The content is not {content_type[:40]}.", code="file_type")


def _path(digest: str) -> Path:
    return Path(settings.MEDIA_ROOT) / digest[:2] / digest


def _write(path: Path, content: bytes) -> None:
    """Write beside, then rename, so that a reader never sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{new_token(64)}")
    part.write_bytes(content)
    os.replace(part, path)


def _clean_name(name: str) -> str:
    tail = re.split(r"[/\\]", name)[-1]
    return re.sub(r"[\x00-\x1f\x7f]", "", tail)[:200] or "file"
