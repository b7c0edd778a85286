"""Lets the room of customs read stored quotes, which stand above it."""

from __future__ import annotations

import json
from typing import Any

from core.orders.errors import QuoteNotFound
from core.orders.quotes import stored_bytes


def document_of(quote: str) -> dict[str, Any] | None:
    """Return the document of a stored quote, None when there is no such quote."""
    try:
        document: dict[str, Any] = json.loads(stored_bytes(quote))
    except QuoteNotFound:
        return None
    return document
