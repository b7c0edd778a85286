"""The product page and the comparison of channels."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from core.buyers.queries import buyer_of
from core.catalog.models import Item, Offer, OfferState, Product
from core.catalog.words import text_of
from core.kernel import hooks
from core.orders.errors import OrderError
from core.orders.quotes import QuoteRequest, WantedLine, preview_quote
from core.pluginapi import BuyerRef, Money, Place, Subject, SubjectKind
from core.web.buyer import basket
from core.web.buyer.market import Market, market_of
from core.web.buyer.offers import ChannelOffer, compare
from core.web.buyer.pictures import picture_kind, tint
from core.web.countries import country_name
from core.web.slots import fragments


@require_safe
def product(request: HttpRequest, product: UUID) -> HttpResponse:
    """Show a product with one landed price for each channel of the visitor's market."""
    found = Product.objects.filter(pk=product).first()
    if found is None:
        raise Http404
    market = market_of(request)
    items = list(found.items.order_by("created_at", "id"))
    item = _chosen(items, request.GET.get("item", ""))
    quantity = basket.quantity_of(request.GET.get("quantity", "1"))
    offers: list[ChannelOffer] = []
    if item is not None and market.channels and _is_on_sale(found, market):
        offers = offers_for(market, (WantedLine(str(item.pk), quantity),), buyer_ref(request))
    context = {
        "section": "shop",
        "market": market,
        "product": found,
        "description": text_of(found.descriptions).in_language(get_language() or "en"),
        "picture": picture_kind(found.category, str(found.titles.get("en", ""))),
        "tint": tint(str(found.pk)),
        "items": items,
        "item": item,
        "origin": country_name(item.origin) if item and item.origin else "",
        "quantity": quantity,
        "offers": offers,
        "best": next((offer for offer in offers if offer.is_ok), None),
        "fragments": _fragments(market, found),
    }
    return render(request, "buyer/product.html", context)


@require_safe
def comparison(request: HttpRequest) -> HttpResponse:
    """Show the basket with one landed price for each channel."""
    market = market_of(request)
    lines = basket.lines(request)
    problem = ""
    offers: list[ChannelOffer] = []
    if lines and market.channels:
        try:
            offers = offers_for(market, basket.wanted(lines), buyer_ref(request))
        except OrderError as error:
            problem = error.text.in_language(get_language() or "en")
    context = {
        "section": "basket",
        "market": market,
        "lines": lines,
        "offers": offers,
        "problem": problem,
    }
    return render(request, "buyer/comparison.html", context)


def offers_for(
    market: Market, wanted: tuple[WantedLine, ...], buyer: BuyerRef | None
) -> list[ChannelOffer]:
    """Return what every channel of ``market`` asks; nothing is stored. Raises QuoteInvalid."""
    request = QuoteRequest(
        country=market.country, lines=wanted, currency=market.currency, buyer=buyer
    )
    return compare(preview_quote(request))


def buyer_ref(request: HttpRequest) -> BuyerRef | None:
    """Return who is signed in as a buyer, or None."""
    buyer = buyer_of(request.user) if request.user.is_authenticated else None
    return buyer.ref if buyer else None


def _chosen(items: list[Item], wanted: str) -> Item | None:
    for item in items:
        if str(item.pk) == wanted:
            return item
    return items[0] if items else None


def _is_on_sale(product: Product, market: Market) -> bool:
    return Offer.objects.filter(
        item__product=product, channel__in=market.channels, state=OfferState.PUBLISHED
    ).exists()


def _fragments(market: Market, product: Product) -> list[str]:
    subject = Subject(SubjectKind.PRODUCT, product.pk, _amount(product))
    place = Place("product", "below_price", get_language() or "en", subject)
    found: list[str] = []
    for channel in market.channels:
        answers = hooks.slot_product_page(channel.ref, place=place, subject=subject)
        found += [html for html in fragments(answers) if html not in found]
    return found


def _amount(product: Product) -> Money | None:
    offer = Offer.objects.filter(item__product=product, state=OfferState.PUBLISHED).first()
    return Money.of(offer.price) if offer else None
