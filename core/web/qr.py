"""QR codes as inline SVG."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_svg(content: str) -> SafeString:
    """Return a QR code of ``content`` as SVG without styles, so that a strict CSP shows it.

    Raises ValueError when the content is longer than a code can hold.
    """
    code = segno.make(content, error="m")
    svg = code.svg_inline(scale=4, border=2, dark="#000", light="#fff", omitsize=True)
    return mark_safe(svg)  # noqa: S308 - drawn by segno from modules, no text of the content
