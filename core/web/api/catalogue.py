"""Channels and products, for anyone."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Query, Router

from core.catalog.models import Item, Offer, OfferState, Product
from core.catalog.queries import search
from core.kernel.models import Channel
from core.orders.quoting.document import amount_text
from core.pluginapi import Money
from core.web.api.problem import COMMON
from core.web.api.schemas import ChannelOut, ProductDetail, ProductPage

router = Router(tags=["catalogue"])

Words = Annotated[str, Query(max_length=80, description="words of name, brand, GTIN or SKU")]
Category = Annotated[str, Query(max_length=300)]
Country = Annotated[str, Query(pattern=r"^([A-Z]{2})?$", description="destination")]
Page = Annotated[int, Query(ge=1, le=10_000)]
Size = Annotated[int, Query(ge=1, le=100)]


@router.get("/channels", response={200: list[ChannelOut], **COMMON}, summary="Open channels")
def channels(request: HttpRequest, country: Country = "") -> list[Channel]:
    """List the open channels, of one destination or of all."""
    found = Channel.objects.filter(is_open=True)
    return list(found.filter(market=country) if country else found)


@router.get("/products", response={200: ProductPage, **COMMON}, summary="Products on sale")
def products(  # noqa: PLR0917 - ninja reads the query from the signature
    request: HttpRequest,
    q: Words = "",
    category: Category = "",
    country: Country = "",
    page: Page = 1,
    size: Size = 24,
) -> dict[str, object]:
    """List products that an open channel sells; a page beyond the end is empty."""
    open_ones = Channel.objects.filter(is_open=True)
    chosen = list(open_ones.filter(market=country) if country else open_ones)
    found = search(q, channels=chosen, category=category).order_by("-created_at", "id")
    start = (page - 1) * size
    return {
        "items": list(found[start : start + size]),
        "page": page,
        "size": size,
        "total": found.count(),
    }


@router.get("/products/{uuid:product}", response={200: ProductDetail, **COMMON}, summary="Product")
def product(request: HttpRequest, product: UUID) -> dict[str, object]:
    """Return a product with its variants and published offers."""
    found = Product.objects.filter(pk=product).first()
    if found is None:
        raise Http404
    offers: dict[UUID, list[Offer]] = {}
    published = Offer.objects.filter(
        item__product=found, state=OfferState.PUBLISHED, channel__is_open=True
    )
    for offer in published.select_related("channel"):
        offers.setdefault(offer.item_id, []).append(offer)
    return {
        "id": found.pk,
        "titles": found.titles,
        "brand": found.brand,
        "category": found.category,
        "descriptions": found.descriptions,
        "items": [_item(item, offers.get(item.pk, [])) for item in found.items.all()],
    }


def _item(item: Item, offers: list[Offer]) -> dict[str, object]:
    return {
        "id": item.pk,
        "sku": item.sku,
        "gtin": item.gtin,
        "hs_code": item.hs_code,
        "origin": item.origin,
        "net_content": item.net_content,
        "gross_grams": item.gross_grams,
        "offers": [
            {
                "channel": offer.channel.key,
                "sku": offer.sku,
                "price": money_json(Money.of(offer.price)),
                "available": offer.available,
                "ship_from": offer.ship_from,
            }
            for offer in offers
        ],
    }


def money_json(money: Money) -> dict[str, str]:
    """Return an amount as the API writes it: exactly the currency's decimals."""
    return {"amount": amount_text(money), "currency": money.currency}
