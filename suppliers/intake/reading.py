"""From a stored file to rows: unpacked, decoded, recognised, then read by a dialect plug-in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.kernel import providers
from core.kernel.errors import ProviderFailed, ProviderMissing
from core.pluginapi import FeedHead, FeedHeader, RawRow, Text
from suppliers.codes import code_of
from suppliers.intake.encoding import Decided, transcode
from suppliers.intake.errors import FeedRefused, PlatformFault
from suppliers.intake.lookalikes import (
    UNKNOWN,
    Lookalike,
    binary_lookalike,
    described,
    foreign_lookalike,
)
from suppliers.intake.store import plain_blocks
from suppliers.limits import limit

HEAD = 64 * 1024
SURE = 95
ENOUGH = 50


@dataclass(frozen=True, slots=True)
class OpenedFeed:
    """A file that a dialect has agreed to read; ``path`` is its UTF-8 copy."""

    path: Path
    head: FeedHead
    header: FeedHeader
    dialect: str
    version: int
    encoding: str
    encoding_source: str

    @property
    def label(self) -> str:
        """The dialect as reports name it, ``google.rss@1``."""
        return f"{self.dialect}@{self.version}"


def open_feed(
    source: Path, *, work: Path, name: str = "", content_type: str = "", dialect: str = ""
) -> OpenedFeed:
    """Unpack, decode and recognise ``source``; its copy is written to ``work``.

    Raises FeedRefused with a feed-level code, PlatformFault when a plug-in failed.
    """
    work.parent.mkdir(parents=True, exist_ok=True)
    plain = work.with_suffix(".plain")
    try:
        _unpack(source, plain)
        decided = transcode(plain, work, _charset(content_type))
    finally:
        plain.unlink(missing_ok=True)
    head = _head(work, name, content_type, decided)
    key, version = _recognise(head, dialect)
    header = _guarded_header(key, head)
    return OpenedFeed(work, head, header, key, version, decided.name, decided.source)


def read_rows(feed: OpenedFeed) -> Iterator[RawRow]:
    """Yield the rows of an opened feed.

    Raises FeedRefused when the rest cannot be read, PlatformFault when the plug-in failed.
    """
    most = limit("ROWS")
    with feed.path.open("rb") as stream:
        try:
            for row in providers.dialect_rows(None, feed.dialect, stream=stream, head=feed.head):
                if row.number > most:
                    raise FeedRefused("DATA_TOO_MANY_ROWS", expected=str(most))
                yield row
        except ProviderFailed as error:
            raise _translated(error) from error


def _unpack(source: Path, plain: Path) -> None:
    size = 0
    with source.open("rb") as file, plain.open("wb") as out:
        for block in plain_blocks(file):
            if size == 0 and (found := binary_lookalike(block)):
                raise FeedRefused(found.code, found.name)
            size += len(block)
            out.write(block)
    if size == 0:
        raise FeedRefused("DATA_EMPTY")


def _charset(content_type: str) -> str:
    found = re.search(r"charset\s*=\s*[\"']?([A-Za-z0-9._-]{1,40})", content_type)
    return found[1] if found else ""


def _head(path: Path, name: str, content_type: str, decided: Decided) -> FeedHead:
    with path.open("rb") as file:
        data = file.read(HEAD)
    text = data.decode("utf-8", "ignore")
    if not text.strip():
        raise FeedRefused("DATA_EMPTY")
    if text.count("\x00") * 10 > len(text):
        raise FeedRefused("DATA_NOT_A_FEED", Text("a binary file", "二进制文件", "二進位檔案"))
    if text.lstrip()[:1] == "<" and "<!ENTITY" in text:
        raise FeedRefused("DATA_XML_ENTITY")
    return FeedHead(data, text, name, content_type, decided.name)


def _recognise(head: FeedHead, wanted: str) -> tuple[str, int]:
    """Return the dialect that reads ``head``: the one that was asked for, else the surest."""
    known = {found.key: found.object.version for found in providers.dialects(None)}
    if wanted:
        key = wanted.split("@", 1)[0]
        if key not in known:
            names = ", ".join(sorted(known))
            raise FeedRefused("DATA_DIALECT_UNKNOWN", key[:60], expected=names)
        return key, known[key]
    scores = _scores(head, tuple(known))
    best = max(scores.values(), default=0)
    foreign = foreign_lookalike(head) if best < SURE else None
    if foreign is not None or best < ENOUGH:
        found = foreign or described(head)
        raise FeedRefused(found.code, found.name)
    surest = sorted(key for key, score in scores.items() if score == best)
    if len(surest) > 1:
        raise FeedRefused("DATA_DIALECT_AMBIGUOUS", ", ".join(surest))
    return surest[0], known[surest[0]]


def _scores(head: FeedHead, keys: tuple[str, ...]) -> dict[str, int]:
    scores = {}
    for key in keys:
        try:
            scores[key] = providers.dialect_sniff(None, key, head=head)
        except ProviderFailed:
            # The plug-in's own incident tells the operator; the others may still know the file.
            continue
    return scores


def _guarded_header(key: str, head: FeedHead) -> FeedHeader:
    try:
        return providers.dialect_header(None, key, head=head)
    except ProviderFailed as error:
        raise _translated(error) from error


def _translated(error: ProviderFailed) -> Exception:
    """Tell the supplier's fault (a code of the table) from the plug-in's."""
    code = code_of(error.code)
    if code is not None and not error.code.startswith("SYS_"):
        return FeedRefused(error.code, error.reason[:200], place=error.path)
    if isinstance(error, ProviderMissing):
        return FeedRefused(UNKNOWN, error.key)
    return PlatformFault(str(error))


__all__ = ["Lookalike", "OpenedFeed", "open_feed", "read_rows"]
