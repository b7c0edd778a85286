"""Raw feeds on disk: kept as they came, unpacked within bounds."""

from __future__ import annotations

import hashlib
import os
import secrets
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from django.conf import settings

from suppliers.intake.errors import FeedRefused
from suppliers.limits import limit

BLOCK = 1 << 16
GZIP = b"\x1f\x8b"


class Kept(NamedTuple):
    """A stored file: its name under the feeds' folder, its SHA-256 and its size in bytes."""

    name: str
    sha256: str
    size: int


def folder() -> Path:
    """Return the folder of raw feeds, made when it is missing."""
    path = Path(settings.MEDIA_ROOT) / "feeds"
    path.mkdir(parents=True, exist_ok=True)
    return path


def path_of(name: str) -> Path:
    """Return where a stored file lies. Raises FileNotFoundError when it is gone."""
    path = folder() / name
    if not path.is_file():
        raise FileNotFoundError(f"the raw feed {name} is gone")
    return path


def keep(blocks: Iterable[bytes], *, name: str, most: int | None = None) -> Kept:
    """Write ``blocks`` under a generated ``name``. Raises FeedRefused with DATA_TOO_LARGE."""
    most = limit("RAW_BYTES") if most is None else most
    target = folder() / name
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    part = target.with_suffix(".part")
    try:
        with part.open("wb") as file:
            for block in blocks:
                size += len(block)
                if size > most:
                    raise FeedRefused("DATA_TOO_LARGE", expected=f"{most >> 20} MiB")
                digest.update(block)
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return Kept(name, digest.hexdigest(), size)


def work_copy(name: str) -> Path:
    """Return where one attempt keeps the decoded copy of a stored file; no two share one."""
    return folder() / f"{name}.{secrets.token_hex(6)}.utf8"


def forget_copies(name: str) -> None:
    """Remove the decoded copies of a stored file."""
    for path in folder().glob(f"{name}.*.utf8"):
        path.unlink(missing_ok=True)


def discard(name: str) -> None:
    """Remove a stored file and what was derived from it."""
    for path in folder().glob(f"{name}*"):
        path.unlink(missing_ok=True)


def plain_blocks(file: BinaryIO) -> Iterator[bytes]:
    """Yield the content of ``file``, unpacked when it is gzip.

    Raises FeedRefused: DATA_TOO_LARGE, DATA_BOMB_RATIO, or DATA_TRUNCATED for a broken gzip.
    """
    first = file.read(BLOCK)
    blocks = _gunzipped(first, file) if first.startswith(GZIP) else _as_is(first, file)
    total, most = 0, limit("PLAIN_BYTES")
    for block in blocks:
        total += len(block)
        if total > most:
            raise FeedRefused("DATA_TOO_LARGE", expected=f"{most >> 20} MiB")
        yield block


def _as_is(first: bytes, file: BinaryIO) -> Iterator[bytes]:
    while first:
        yield first
        first = file.read(BLOCK)


def _gunzipped(first: bytes, file: BinaryIO) -> Iterator[bytes]:
    packed = unpacked = 0
    data = first
    engine = zlib.decompressobj(31)
    while data:
        packed += len(data)
        while data:
            try:
                block = engine.decompress(data, BLOCK)
            except zlib.error:
                raise FeedRefused("DATA_TRUNCATED", "gzip") from None
            unpacked += len(block)
            if unpacked > max(limit("RATIO_FREE_BYTES"), limit("RATIO") * packed):
                raise FeedRefused("DATA_BOMB_RATIO", expected=str(limit("RATIO")))
            yield block
            data = engine.unconsumed_tail
            if engine.eof and engine.unused_data.startswith(GZIP):
                data, engine = engine.unused_data, zlib.decompressobj(31)
        data = file.read(BLOCK)
    if not engine.eof:
        raise FeedRefused("DATA_TRUNCATED", "gzip")
