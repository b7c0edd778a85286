"""Links and image addresses: absolute, public, of a scheme that a browser may follow."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from suppliers.normalise.types import Note

IMAGES_MAX = 20
LENGTH_MAX = 2000
PRIVATE_NAMES = ("localhost", ".local", ".internal", ".localdomain", ".home.arpa")


def read_images(raw: tuple[str, ...], notes: list[Note]) -> tuple[str, ...]:
    """Return the usable addresses, each once, at most 20."""
    kept = [address for address in dict.fromkeys(raw) if _usable_image(address, notes)]
    if len(kept) > IMAGES_MAX:
        notes.append(Note("IMAGE_TOO_MANY", str(len(kept)), str(IMAGES_MAX)))
    return tuple(kept[:IMAGES_MAX])


def read_link(raw: str, notes: list[Note]) -> str:
    """Return a link that may be shown, or nothing."""
    text = raw.strip()
    scheme, host = _parts(text)
    if scheme and scheme not in ("http", "https"):
        notes.append(Note("LINK_SCHEME", raw, "https"))
        return ""
    if not scheme or not host or len(text) > LENGTH_MAX or not text.isprintable():
        notes.append(Note("LINK_INVALID", raw, "https://…"))
        return ""
    return text


def _usable_image(address: str, notes: list[Note]) -> bool:
    scheme, host = _parts(address)
    fits = len(address) <= LENGTH_MAX and address.isprintable() and " " not in address
    if scheme not in ("http", "https") or not host or not fits:
        notes.append(Note("IMAGE_URL_INVALID", address, "https://…"))
        return False
    if _is_private(host):
        notes.append(Note("IMAGE_PRIVATE_ADDRESS", address))
        return False
    if scheme == "http":
        notes.append(Note("IMAGE_HTTP", address, "https://…"))
    return True


def _parts(address: str) -> tuple[str, str]:
    try:
        split = urlsplit(address)
        return split.scheme.lower(), (split.hostname or "").rstrip(".")
    except ValueError:
        return "", ""


def _is_private(host: str) -> bool:
    if host == "localhost" or host.endswith(PRIVATE_NAMES):
        return True
    if host.replace(".", "").isdigit() or host.startswith("0x") or ":" in host:
        try:
            return not ipaddress.ip_address(host).is_global
        except ValueError:
            return True
    return False
