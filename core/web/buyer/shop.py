"""The home page, and the choice of the destination."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.kernel import providers
from core.kernel.models import Channel
from core.web.buyer import listing
from core.web.buyer.market import COOKIE, YEAR, market_of
from core.web.redirects import next_page

MAX_QUERY = 80


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what the channels of the visitor's market sell."""
    market = market_of(request)
    text = request.GET.get("q", "")[:MAX_QUERY].strip()
    category = request.GET.get("category", "")[:MAX_QUERY].strip()
    cards, page = listing.page_of(
        market, text=text, category=category, number=_page_number(request.GET.get("page", "1"))
    )
    kinds = providers.channel_kinds()
    context = {
        "section": "shop",
        "market": market,
        "cards": cards,
        "page": page,
        "query": text,
        "category": category,
        "categories": listing.categories(market),
        "channels": [(one, kinds[one.kind]) for one in market.channels if one.kind in kinds],
    }
    return render(request, "buyer/home.html", context)


def _page_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


@require_POST
def destination(request: HttpRequest) -> HttpResponse:
    """Keep the destination that the visitor chose, and go back to the page."""
    response = redirect(next_page(request, "/"))
    country = request.POST.get("country", "")
    if Channel.objects.filter(is_open=True, market=country[:2]).exists() and len(country) == 2:
        response.set_cookie(COOKIE, country, max_age=YEAR, samesite="Lax", httponly=True)
    return response
