"""Stock of offers. Every change is one conditional UPDATE; nothing is read first.

A return value of False means that nothing was changed.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, Q

from core.catalog.errors import CatalogError
from core.catalog.models import Offer, OfferState

MAX_QUANTITY = 1_000_000


def reserve_stock(offer_id: UUID, quantity: int) -> bool:
    """Set ``quantity`` pieces of a published offer aside. Uncounted stock always has enough.

    Raises CatalogError when ``quantity`` is not 1 to 1,000,000.
    """
    _check(quantity)
    enough = Q(on_hand=None) | Q(on_hand__gte=F("reserved") + quantity)
    offers = Offer.objects.filter(enough, pk=offer_id, state=OfferState.PUBLISHED)
    return offers.update(reserved=F("reserved") + quantity) == 1


def release_stock(offer_id: UUID, quantity: int) -> bool:
    """Give back what was reserved. Raises CatalogError for an impossible ``quantity``."""
    _check(quantity)
    offers = Offer.objects.filter(pk=offer_id, reserved__gte=quantity)
    return offers.update(reserved=F("reserved") - quantity) == 1


def take_stock(offer_id: UUID, quantity: int) -> bool:
    """Take reserved pieces out of the stock: they have left the warehouse.

    Raises CatalogError for an impossible ``quantity``.
    """
    _check(quantity)
    enough = Q(on_hand=None) | Q(on_hand__gte=quantity)
    offers = Offer.objects.filter(enough, pk=offer_id, reserved__gte=quantity)
    return offers.update(reserved=F("reserved") - quantity, on_hand=F("on_hand") - quantity) == 1


def _check(quantity: int) -> None:
    if not 1 <= quantity <= MAX_QUANTITY:
        raise CatalogError("quantity_invalid", f"{quantity} is not a quantity", field="quantity")
