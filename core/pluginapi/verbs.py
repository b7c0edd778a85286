"""``ctx.verbs``: what a plug-in may do. Each verb checks the manifest's ``needs``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from core.pluginapi.types.commerce import BuyerView
from core.pluginapi.types.logistics import TrackingEvent
from core.pluginapi.types.values import (
    BuyerRef,
    FileRef,
    ItemRef,
    OfferRef,
    OrderRef,
    ParcelRef,
    QuoteRef,
    SupplierRef,
)
from core.shared.money import Money
from core.shared.text import Text


class Verbs(Protocol):
    """Commands bound to (plug-in, channel). All raise NotPermitted when undeclared and
    InvalidInput, with a sentence that cures it, when they cannot be done; nothing is then changed.
    """

    def place_order(
        self, quote: QuoteRef, *, buyer: BuyerRef, address: str, idempotency_key: str
    ) -> OrderRef:
        """Turn an unexpired quote of this channel into a placed order; ``address`` is its id."""
        ...

    def request_transition(self, order: OrderRef, target: str, *, reason: str) -> str:
        """Ask for a step of the order's flow; returns the state that the order is in after it."""
        ...

    def add_parcel(
        self, order: OrderRef, *, carrier: str, number: str, gross_grams: int
    ) -> ParcelRef:
        """Add a parcel with its first leg; the same number adds once."""
        ...

    def add_tracking_event(self, parcel: ParcelRef, event: TrackingEvent) -> bool:
        """Add an event; returns False when it was known."""
        ...

    def release_escrow(self, order: OrderRef, *, reason: str) -> bool:
        """Release held money to the seller; returns False when nothing was held."""
        ...

    def publish_offer(
        self,
        item: ItemRef,
        *,
        supplier: SupplierRef,
        sku: str,
        price: Money,
        quantity: int,
        facts: Mapping[str, str],
    ) -> OfferRef:
        """Put an offer for an existing item into this channel, through the listing checks."""
        ...

    def store_file(self, name: str, content: bytes, *, content_type: str) -> FileRef:
        """Store a file of at most 10 MiB, owned by the plug-in; its true type is checked."""
        ...

    def send_message(self, buyer: BuyerRef, *, key: str, subject: Text, body: Text) -> None:
        """Send a message over the channels that the buyer chose, once for its key."""
        ...

    def current_buyer(self) -> BuyerView | None:
        """Return who is signed in, where the hook is called in a buyer's request, else None."""
        ...
