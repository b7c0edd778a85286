"""What quotes need of the catalogue, for a whole basket and many channels at a time."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.models import Q

from core.catalog.errors import CatalogError
from core.catalog.gtin import gtin14
from core.catalog.models import Item, Offer, OfferState
from core.catalog.words import text_of
from core.pluginapi import (
    ItemRef,
    ItemView,
    Money,
    OfferRef,
    OfferView,
    SupplierRef,
    SupplierView,
)
from core.shared.prepared import Prepared

Shelf = Mapping[UUID, Mapping[UUID, Sequence[OfferView]]]
"""Published offers by channel and item, cheapest first by amount."""


def resolve_items(references: Iterable[str]) -> dict[str, ItemView | None]:
    """Return the items that a buyer means by item ids, GTINs or SKUs, None where there is none.

    What is on sale under a SKU comes first. One query where everything is named so, else at most
    five, whatever the number of lines. Raises CatalogError (sku_ambiguous) when suppliers use one
    SKU for different items on sale.
    """
    found: dict[str, ItemView | None] = dict.fromkeys(references)
    names = [one for one in found if "\x00" not in one and len(one) <= 80]
    ids = {one: known for one in names if (known := _uuid(one))}
    for sku, item in _ON_SALE.rows([one for one in names if one not in ids]):
        other = found[sku]
        if other is not None and other.ref != item.ref:
            raise CatalogError(
                "sku_ambiguous",
                f"several items are sold as {sku}; name the item by its id or GTIN",
                field=sku,
            )
        found[sku] = item
    meant = ids | _not_on_sale([one for one in names if found[one] is None and one not in ids])
    views = {item.ref: item for item in _ITEMS.rows(list(set(meant.values())))}
    return found | {name: views.get(ref) for name, ref in meant.items()}


def offers_of(channels: Sequence[UUID], items: Sequence[UUID]) -> Shelf:
    """Return what is on sale of ``items`` in ``channels``. One query."""
    found: dict[UUID, dict[UUID, list[OfferView]]] = {channel: {} for channel in channels}
    for channel, offer in _OFFERS.rows(channels, items):
        found[channel].setdefault(offer.item, []).append(offer)
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return uuid.UUID(text) if len(text) >= 32 else None
    except ValueError:
        return None


def _not_on_sale(names: Sequence[str]) -> dict[str, UUID]:
    """Find by GTIN, then by a SKU that is, or was, anybody's."""
    codes = {name: code for name in names if (code := gtin14(name))}
    if not names:
        return {}
    by_gtin = dict(Item.objects.filter(gtin__in=list(codes.values())).values_list("gtin", "pk"))
    found = {name: by_gtin[code] for name, code in codes.items() if code in by_gtin}
    left = [name for name in names if name not in found]
    skus = Item.objects.filter(Q(sku__in=left) | Q(offers__sku__in=left)) if left else None
    if skus is not None:
        columns = ("pk", "sku", "offers__sku")
        for item, *known_as in skus.order_by("-created_at").values_list(*columns):
            found |= {name: item for name in known_as if name in left}
    return found


def _item(row: Sequence[Any]) -> ItemView:
    pk, sku, titles, brand, gtin, hs_code, origin, category, net, gross, content, facts = row
    return ItemView(
        ItemRef(pk), sku, text_of(titles), brand, gtin, hs_code, origin, category, net, gross,
        content, _texts(facts),
    )  # fmt: skip


def _offer(row: Sequence[Any]) -> tuple[UUID, OfferView]:
    """Return an offer with its channel."""
    channel, pk, item, supplier, seller, sku, price, currency, on_hand, reserved, *rest = row
    origin, days, facts = rest
    return channel, OfferView(
        ref=OfferRef(pk),
        item=ItemRef(item),
        supplier=seller_view(supplier, {**seller, "facts": _texts(seller.get("facts", {}))}),
        sku=sku,
        price=Money(getattr(price, "amount", price), currency),
        available=None if on_hand is None else on_hand - reserved,
        ship_from=origin,
        lead_time_days=days,
        facts=_texts(facts),
    )


def seller_view(supplier: UUID, papers: Mapping[str, Any]) -> SupplierView:
    """Return a supplier by the papers that were kept when its offer was judged."""
    return SupplierView(
        ref=SupplierRef(supplier),
        name=papers.get("name", ""),
        kind=papers.get("kind", "company"),
        country=papers.get("country", ""),
        facts=papers.get("facts", {}),
    )


def _texts(facts: Mapping[str, Any]) -> Mapping[str, str]:
    """Return facts that nobody can change: one view serves every quote that reads its row."""
    return MappingProxyType({str(key): str(value) for key, value in facts.items()})


_COLUMNS = (
    "pk", "sku", "product__titles", "product__brand", "gtin", "hs_code", "origin",
    "product__category", "net_grams", "gross_grams", "net_content", "facts",
)  # fmt: skip
_ITEMS = Prepared(
    lambda ids: Item.objects.filter(pk__in=ids).order_by().values_list(*_COLUMNS),
    UUID,
    view=_item,
)
_ON_SALE = Prepared(
    lambda skus: (
        Offer.objects.filter(sku__in=skus, state=OfferState.PUBLISHED)
        .order_by()
        .values_list("sku", *(f"item__{name}" for name in _COLUMNS))
        .distinct()
    ),
    str,
    view=lambda row: (row[0], _item(row[1:])),
)
_OFFERS = Prepared(
    lambda channels, items: Offer.objects.filter(
        channel__in=channels, item__in=items, state=OfferState.PUBLISHED
    )
    .order_by("price", "pk")
    .values_list(
        "channel_id", "pk", "item_id", "supplier", "seller", "sku", "price", "price_currency",
        "on_hand", "reserved", "ship_from", "lead_time_days", "facts",
    ),
    UUID,
    UUID,
    view=_offer,
)  # fmt: skip
