"""The verbs of orders: quote, place, pay, move, refund, settle."""

from __future__ import annotations

from core.orders.flow import attach_document, steps, transition
from core.orders.payments import (
    confirm_payment,
    find_payment,
    methods_for,
    payment_received,
    refund,
    start_payment,
)
from core.orders.placing import place_order
from core.orders.quotes import load_quote, make_quote
from core.orders.quoting.reading import read_request
from core.orders.settlement import release_escrow

__all__ = [
    "attach_document",
    "confirm_payment",
    "find_payment",
    "load_quote",
    "make_quote",
    "methods_for",
    "payment_received",
    "place_order",
    "read_request",
    "refund",
    "release_escrow",
    "start_payment",
    "steps",
    "transition",
]
