"""Which characters the bytes mean: decided once, strictly, and recorded."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from charset_normalizer import from_bytes

from suppliers.intake.errors import FeedRefused

BLOCK = 1 << 18
SAMPLE = 1 << 18
GUESSABLE = 200
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
GUESSES = (
    "gb18030", "big5", "cp932", "euc_jp", "cp949", "cp1252", "cp1251", "iso8859_2", "iso8859_15",
)  # fmt: skip
NAMES = {
    "utf8": "utf-8", "us-ascii": "utf-8", "ascii": "utf-8", "gb2312": "gb18030",
    "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs", "big5-hkscs": "big5hkscs",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932",
    "windows-31j": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949",
}  # fmt: skip
ALLOWED = re.compile(
    r"^(utf-8|utf-16(-le|-be|le|be)?|gb18030|big5hkscs|big5|cp932|cp949|euc[-_]jp|iso-2022-jp|koi8-[ru]"
    r"|windows-125\d|cp125\d|iso[-_]?8859[-_]\d{1,2}|latin-?1|macintosh)$"
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")


class Decided(NamedTuple):
    """An encoding, and whence it is known: bom, declared, http, default or guess."""

    name: str
    source: str
    skip: int = 0


def transcode(source: Path, target: Path, charset: str) -> Decided:
    """Write ``source`` as UTF-8 without BOM to ``target``.

    ``charset`` is what the sender declared beside the file, or empty. Raises FeedRefused with
    DATA_ENCODING when what was declared is not true, or nothing fits.
    """
    with source.open("rb") as file:
        sample = file.read(SAMPLE)
    candidates = _candidates(sample, charset)
    first_error = ""
    for decided in candidates:
        try:
            _write(source, target, decided)
        except UnicodeDecodeError as error:
            first_error = first_error or f"byte 0x{error.object[error.start]:02x}"
            continue
        return decided
    raise FeedRefused("DATA_ENCODING", first_error, expected=candidates[0].name)


def _candidates(sample: bytes, charset: str) -> list[Decided]:
    for mark, name in BOMS:
        if sample.startswith(mark):
            return [Decided(name, "bom", len(mark))]
    declared = _DECLARED.match(sample)
    if declared:
        return [Decided(_known(declared[1].decode("ascii")), "declared")]
    if charset:
        return [Decided(_known(charset), "http")]
    found = [*_wide(sample), Decided("utf-8", "default")]
    if sum(byte > 127 for byte in sample) >= GUESSABLE:
        found += _guessed(sample)
    return found


def _known(name: str) -> str:
    folded = name.strip().strip("\"'").lower()
    folded = NAMES.get(folded, folded)
    if not ALLOWED.match(folded):
        raise FeedRefused("DATA_ENCODING", folded[:40], expected="utf-8")
    return folded


def _wide(sample: bytes) -> Iterator[Decided]:
    head = sample[:4096]
    if len(head) < 8:
        return
    if head[1::2].count(0) * 3 > len(head) // 2 and head[::2].count(0) * 20 < len(head):
        yield Decided("utf-16-le", "guess")
    elif head[::2].count(0) * 3 > len(head) // 2 and head[1::2].count(0) * 20 < len(head):
        yield Decided("utf-16-be", "guess")


def _guessed(sample: bytes) -> Iterator[Decided]:
    cut = sample[: sample.rfind(b"\n") + 1] or sample
    for match in list(from_bytes(cut, threshold=0.6, cp_isolation=list(GUESSES)))[:3]:
        yield Decided(match.encoding, "guess")


def _write(source: Path, target: Path, decided: Decided) -> None:
    decoder = codecs.getincrementaldecoder(decided.name)("strict")
    with source.open("rb") as file, target.open("wb") as out:
        file.seek(decided.skip)
        first = True
        while block := file.read(BLOCK):
            text = decoder.decode(block)
            if first:
                text, first = _without_declaration(text), False
            out.write(text.encode("utf-8", "surrogatepass"))
        out.write(decoder.decode(b"", final=True).encode("utf-8", "surrogatepass"))


def _without_declaration(text: str) -> str:
    """Let an XML declaration name UTF-8, in as many characters, so that columns stay true."""
    match = re.match(
        r"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""", text
    )
    if match is None or match[1].lower() == "utf-8":
        return text
    begin, end = match.span(1)
    quote = text[end]
    width = end - begin
    value = f"utf-8{quote}".ljust(width + 1) if width >= 5 else f"utf-8{quote}"
    return text[:begin] + value + text[end + 1 :]
