"""What is already stored of the SKUs of a batch."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from core.pluginapi import OfferDraft
from suppliers.models import StagedOffer

HASH_BYTES = 16


class Known(NamedTuple):
    """The stored side of a comparison; ``price`` in ``price_currency``."""

    id: UUID
    sku: str
    raw_hash: bytes
    content_hash: bytes
    offer_hash: bytes
    state: str
    price: Decimal
    price_currency: str
    quantity: int | None
    ship_from: str
    lead_time_days: int | None
    facts: dict[str, str]
    held_price: str
    changed_by: UUID | None
    created_at: Any


def known_offers(supplier: UUID, scope: str, skus: Sequence[str]) -> Mapping[str, Known]:
    """Return the stored offers among ``skus``, by SKU: one query a batch."""
    rows = StagedOffer.objects.filter(supplier_id=supplier, scope=scope, sku__in=skus)
    found = map(Known._make, rows.values_list(*Known._fields))
    return {offer.sku: offer for offer in found}


class Hashes(NamedTuple):
    """16 bytes each: all that both formats carry, the text side, the price and stock side."""

    canonical: bytes
    content: bytes
    offer: bytes


def hashes(draft: OfferDraft) -> Hashes:
    """Hash the normalised fields of a draft, independent of the format and of key order."""
    content = (
        draft.titles, draft.descriptions, draft.brand, draft.gtin, draft.mpn, draft.condition,
        draft.group_id, draft.category, draft.hs_code, draft.origin, draft.net_grams,
        draft.gross_grams, draft.net_content, draft.images, draft.link, draft.facts,
    )  # fmt: skip
    offer = (
        str(draft.price), str(draft.sale_price or ""), draft.availability, draft.quantity,
        draft.ship_from, draft.lead_time_days,
    )  # fmt: skip
    first, second = _encoded(content), _encoded(offer)
    return Hashes(
        digest(draft.sku.encode() + first + second),
        digest(first + _encoded(draft.extra)),
        digest(second),
    )


def digest(data: bytes) -> bytes:
    """Return 16 bytes of BLAKE2b."""
    return hashlib.blake2b(data, digest_size=HASH_BYTES).digest()


def key_hash(sku: str) -> int:
    """Return 8 bytes of a SKU's hash as a number: what the set of seen SKUs holds."""
    return int.from_bytes(hashlib.blake2b(sku.encode(), digest_size=8).digest(), "big")


def _encoded(value: object) -> bytes:
    return msgspec.json.encode(value, order="deterministic")
