"""The cards of the home page."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.utils.functional import Promise

from core.catalog.models import OfferState, Product
from core.catalog.queries import search
from core.kernel.models import Channel
from core.pluginapi import Money
from core.web.buyer.categories import category_name
from core.web.buyer.market import Market
from core.web.buyer.pictures import picture_kind, tint
from core.web.buyer.prices import DisplayPrices

PAGE_SIZE = 24
MAX_CATEGORIES = 40
CATEGORY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Card:
    """A product in the grid: ``price`` is of the goods alone, in the market's currency."""

    id: UUID
    title: str
    brand: str
    picture: str
    tint: int
    price: Money | None
    several: bool
    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class Category:
    """A first-level category with a product on sale."""

    key: str
    name: Promise | str


def page_of(
    market: Market, *, text: str, category: str, number: int
) -> tuple[list[Card], Page[Product]]:
    """Return one page of cards and the paginator's page; a number beyond the end gives the last."""
    found = search(text, channels=market.channels, category=category)
    page = Paginator(found.order_by("-created_at", "id"), PAGE_SIZE).get_page(number)
    prices = DisplayPrices(market.currency)
    return [_card(product, prices) for product in page.object_list], page


def _card(product: Product, prices: DisplayPrices) -> Card:
    offers = [offer for item in product.items.all() for offer in item.offers.all()]
    channels = {offer.channel_id: offer.channel for offer in offers}
    return Card(
        id=product.pk,
        title=product.title,
        brand=product.brand,
        picture=picture_kind(product.category, str(product.titles.get("en", ""))),
        tint=tint(str(product.pk)),
        price=prices.lowest(offers),
        several=len(offers) > 1,
        channels=tuple(sorted(channels.values(), key=lambda channel: channel.position)),
    )


def categories(market: Market) -> list[Category]:
    """Return the first-level categories that have something on sale, by name."""
    key = "categories:" + ",".join(sorted(channel.key for channel in market.channels))
    names = cache.get(key)
    if names is None:
        paths = (
            Product.objects.filter(
                items__offers__channel__in=market.channels,
                items__offers__state=OfferState.PUBLISHED,
            )
            .exclude(category="")
            .order_by("category")
            .values_list("category", flat=True)
            .distinct()[:2000]
        )
        names = list(dict.fromkeys(first_level(path) for path in paths))[:MAX_CATEGORIES]
        cache.set(key, names, CATEGORY_SECONDS)
    return [Category(name, category_name(name)) for name in names]


def first_level(path: str) -> str:
    """Return the first part of a category path such as ``Health & Beauty > Skin care``."""
    for mark in (">", "/", "|"):
        if mark in path:
            return path.split(mark, 1)[0].strip()
    return path.strip()
