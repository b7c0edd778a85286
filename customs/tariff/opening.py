"""Opens a tariff file: plain, gzip or a zip with one file in it, within fixed bounds."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from customs.tariff.facts import TariffRefused

PACKED_LIMIT = 1 << 30
PLAIN_LIMIT = 4 << 30
FREE_BYTES = 32 << 20
RATIO_LIMIT = 200
BLOCK = 1 << 20


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of the file as it is. Raises TariffRefused."""
    try:
        if path.stat().st_size > PACKED_LIMIT:
            raise TariffRefused(f"{path} is larger than {PACKED_LIMIT >> 20} MiB; divide it")
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise TariffRefused(f"{path}: {error.strerror}; give a file that can be read") from None


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open the content of the file, unpacked while it is read.

    Raises TariffRefused, also while reading: for a damaged or truncated archive, one that unpacks
    to far more than it is, and a zip with several files.
    """
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(0)
        size = path.stat().st_size
        if head.startswith(b"\x1f\x8b"):
            with gzip.GzipFile(fileobj=file) as packed:
                yield _bounded(cast("IO[bytes]", packed), size)
        elif head.startswith(b"PK\x03\x04"):
            with _only_member(file) as (member, packed_size):
                yield _bounded(member, packed_size)
        else:
            yield _bounded(file, 0)


@contextmanager
def _only_member(file: BinaryIO) -> Iterator[tuple[IO[bytes], int]]:
    try:
        with zipfile.ZipFile(file) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            if len(members) != 1 or members[0].flag_bits & 1:
                raise TariffRefused(
                    f"the zip holds {len(members)} files; one that is not encrypted is read: "
                    "unpack it and give the file that you mean"
                )
            with archive.open(members[0]) as member:
                yield member, members[0].compress_size
    except zipfile.BadZipFile:
        raise TariffRefused("the zip is damaged or cut off; download it again") from None


def _bounded(stream: IO[bytes], packed: int) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(_Bounded(stream, packed), BLOCK))


class _Bounded(io.RawIOBase):
    """Counts what is unpacked; ``packed`` is the size of the archive, 0 when there is none."""

    def __init__(self, stream: IO[bytes], packed: int) -> None:
        self.stream = stream
        self.most = min(
            PLAIN_LIMIT, max(FREE_BYTES, packed * RATIO_LIMIT) if packed else PLAIN_LIMIT
        )
        self.total = 0

    def readable(self) -> bool:
        """Say that it is for reading."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill the buffer. Raises TariffRefused."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        try:
            block = self.stream.read(len(view))
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile):
            raise TariffRefused("the archive is damaged or cut off; download it again") from None
        self.total += len(block)
        if self.total > self.most:
            raise TariffRefused(
                f"the file unpacks to more than {self.most >> 20} MiB, far more than a tariff; "
                "check where it is from"
            )
        view[: len(block)] = block
        return len(block)
