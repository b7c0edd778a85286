"""What is read from the catalogue, as frozen values or querysets for pages."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from core.catalog.models import Item, Offer, OfferState, Product
from core.catalog.shelf import seller_view
from core.catalog.words import searchable, text_of
from core.kernel.models import Channel
from core.pluginapi import (
    ItemRef,
    ItemView,
    Money,
    OfferRef,
    OfferView,
    ProductView,
    SupplierView,
)

MAX_WORDS = 8


def item_view(item: Item) -> ItemView:
    """Return an item as plug-ins see it."""
    return ItemView(
        ref=ItemRef(item.pk),
        sku=item.sku,
        title=text_of(item.product.titles),
        brand=item.product.brand,
        gtin=item.gtin,
        hs_code=item.hs_code,
        origin=item.origin,
        category=item.product.category,
        net_grams=item.net_grams,
        gross_grams=item.gross_grams,
        net_content=item.net_content,
        facts={str(key): str(value) for key, value in item.facts.items()},
    )


def offer_view(offer: Offer) -> OfferView:
    """Return an offer as plug-ins see it."""
    return OfferView(
        ref=OfferRef(offer.pk),
        item=ItemRef(offer.item_id),
        supplier=supplier_view(offer),
        sku=offer.sku,
        price=Money.of(offer.price),
        available=offer.available,
        ship_from=offer.ship_from,
        lead_time_days=offer.lead_time_days,
        facts={str(key): str(value) for key, value in offer.facts.items()},
    )


def supplier_view(offer: Offer) -> SupplierView:
    """Return an offer's supplier as it was when the offer was judged."""
    return seller_view(offer.supplier, offer.seller)


def offers_for(channel: Channel, item: UUID) -> list[OfferView]:
    """Return the published offers of an item in a channel, cheapest first by amount."""
    offers = Offer.objects.filter(channel=channel, item=item, state=OfferState.PUBLISHED)
    return [offer_view(offer) for offer in offers.order_by("price", "id")]


def product_views(channel: Channel, product: UUID) -> list[ProductView]:
    """Return every published offer of a product in a channel with its item."""
    offers = (
        Offer.objects.filter(channel=channel, item__product=product, state=OfferState.PUBLISHED)
        .select_related("item__product")
        .order_by("price", "id")
    )
    return [
        ProductView(item_view(offer.item), offer_view(offer), tuple(offer.item.product.images))
        for offer in offers
    ]


def search(
    text: str = "", *, channels: Sequence[Channel] | None = None, category: str = ""
) -> QuerySet[Product]:
    """Return products with a published offer whose words hold every word of ``text``.

    Words are matched in names, brand, GTIN and SKU, folded; at most eight count.
    """
    offers = Offer.objects.filter(state=OfferState.PUBLISHED)
    if channels is not None:
        offers = offers.filter(channel__in=list(channels))
    products = Product.objects.filter(items__offers__in=offers).distinct()
    for word in searchable((text.replace("\x00", " "),)).split()[:MAX_WORDS]:
        products = products.filter(Q(words__contains=word))
    if category:
        products = products.filter(category__startswith=category.replace("\x00", " "))
    return products.prefetch_related(
        Prefetch("items", queryset=Item.objects.order_by("created_at", "id")),
        Prefetch("items__offers", queryset=offers.select_related("channel")),
    )
