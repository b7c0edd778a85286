"""Titles, descriptions and other text: what is kept of what a supplier wrote."""

from __future__ import annotations

import html
import re
import unicodedata

import nh3

from suppliers.normalise.types import Note

TITLE_SOFT = 150
TITLE_HARD = 500
DESCRIPTION_BYTES = 32 * 1024
TAGS = {"p", "br", "b", "strong", "i", "em", "u", "ul", "ol", "li", "h2", "h3", "h4", "table"} | {
    "thead",
    "tbody",
    "tr",
    "td",
    "th",
    "span",
    "div",
    "a",
    "img",
    "blockquote",
    "sup",
    "sub",
}

_UNTIDY = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u061c\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]|  "
)
_SPACES = re.compile(r"[\s\u00a0\u3000]+")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_TAG = re.compile(r"<[A-Za-z!/][^>]*>?")
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{1,6}|#x[0-9A-Fa-f]{1,5});")
_UNSAFE = re.compile(
    r"<\s*(?:script|style|iframe|object|embed|form|svg)\b|\son\w+\s*=|javascript:|data:text", re.I
)
_MOJIBAKE = re.compile("[\u00c3\u00c2\u00e3-\u00ef][\u0080-\u00bf\u0152-\u0178\u02c6\u2013-\u2122]")


def tidy(text: str) -> str:
    """Return ``text`` in NFC on one line: no control or direction characters, single spaces."""
    if text.isascii() and not _UNTIDY.search(text):
        return text.strip()
    text = _INVISIBLE.sub("", _SPACES.sub(" ", text)).strip()
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def has_invisible(text: str) -> bool:
    """Say whether ``text`` holds control, invisible or direction characters."""
    if text.isascii() and text.isprintable():
        return False
    return any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for sign in text)


def is_mojibake(text: str) -> bool:
    """Say whether ``text`` is UTF-8 that somebody read as Latin-1 or cp1252."""
    if text.isascii() or not _MOJIBAKE.search(text):
        return False
    for codec in ("cp1252", "latin-1"):
        try:
            mended = text.encode(codec).decode("utf-8")
        except UnicodeError:
            continue
        if len(mended) < len(text):
            return True
    return False


def clean_title(raw: str, notes: list[Note]) -> str:
    """Return the title to show, at most 500 characters, or nothing."""
    text = raw
    if "&" in text:
        text = html.unescape(text)
        if _ENTITY.search(text):
            notes.append(Note("TITLE_DOUBLE_ESCAPED", raw))
            text = html.unescape(text)
    if "<" in text and _TAG.search(text):
        notes.append(Note("TITLE_HTML", raw))
        plain = html.unescape(nh3.clean(text, tags=set(), link_rel=None))
        text = plain if plain.strip() else text
    if is_mojibake(text):
        notes.append(Note("DATA_MOJIBAKE", text))
    text = tidy(text)
    if len(text) > TITLE_SOFT:
        notes.append(Note("TITLE_TOO_LONG", text, str(TITLE_SOFT)))
    return text[:TITLE_HARD]


def clean_description(raw: str, notes: list[Note]) -> str:
    """Return sanitised HTML or text of at most 32 KiB."""
    text = raw.removeprefix("-->").strip()
    if "<" in text:
        if _UNSAFE.search(text):
            notes.append(Note("DESC_UNSAFE_HTML"))
        text = nh3.clean(
            text,
            tags=TAGS,
            clean_content_tags={"script", "style", "iframe", "object"},
            url_schemes={"https", "http"},
            link_rel="nofollow noopener",
        )
    else:
        text = html.unescape(text) if "&" in text else text
    text = _INVISIBLE.sub("", text.replace("\xa0", " "))
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    encoded = text.encode("utf-8", "ignore")
    if len(encoded) <= DESCRIPTION_BYTES:
        return text
    notes.append(Note("DESC_TOO_LONG", str(len(encoded)), str(DESCRIPTION_BYTES)))
    return encoded[:DESCRIPTION_BYTES].decode("utf-8", "ignore")
