"""Quotes: making one, reading it explained, asking again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.kernel import hooks
from core.orders.errors import OrderError, QuoteNotFound
from core.orders.models import Order, StoredQuote
from core.orders.quotes import QuoteRequest, WantedLine, load_quote, make_quote
from core.pluginapi import BuyerRef, Place, Subject, SubjectKind
from core.shared.money import Money, MoneyError, checked_decimal
from core.web.buyer import basket
from core.web.buyer.explained import doubts_of, lines_of
from core.web.buyer.market import market_of
from core.web.buyer.offers import ChannelOffer, money_in, offer_of
from core.web.buyer.product import buyer_ref
from core.web.buyer.yearly import allowances
from core.web.countries import country_name
from core.web.errors import FAULTS, fault_response
from core.web.languages import spoken
from core.web.money_text import money_text
from core.web.rate_limit import QUOTES_A_MINUTE, spend
from core.web.slots import fragments
from customs.explain import tree_of_quote


def quote_or_404(request: HttpRequest, quote: UUID) -> StoredQuote:
    """Return a quote that the visitor may see: their own, or one made for nobody."""
    try:
        return load_quote(quote, buyer=buyer_ref(request))
    except QuoteNotFound:
        raise Http404 from None


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """Make a quote in one channel, of one item or of the basket, and show it."""
    if not spend(request, "quotes", limit=QUOTES_A_MINUTE, seconds=60):
        return fault_response(request, FAULTS[429])
    market = market_of(request)
    if request.POST.get("item"):
        quantity = basket.quantity_of(request.POST.get("quantity", "1"))
        wanted: tuple[WantedLine, ...] = (WantedLine(request.POST["item"][:80], quantity),)
    else:
        wanted = basket.wanted(basket.lines(request))
    asked = QuoteRequest(
        country=market.country,
        currency=market.currency,
        lines=wanted,
        channels=(request.POST.get("channel", "")[:40],),
        buyer=buyer_ref(request),
    )
    try:
        quote = make_quote(asked)[0]
    except OrderError as error:
        messages.error(request, spoken(error.text, get_language() or "en"))
        return redirect("/compare/")
    tell_change(request, seen(request.POST.get("seen", "")), offer_of(quote).total)
    return redirect(f"/quotes/{quote.pk}/")


@never_cache
@require_safe
def show(request: HttpRequest, quote: UUID) -> HttpResponse:
    """Show a stored quote: every amount with its basis, rate, rule and source."""
    stored = quote_or_404(request, quote)
    document = stored.document
    offer, buyer = offer_of(stored), buyer_ref(request)
    order = _own_order(stored, buyer)
    context = {
        "section": "shop",
        "quote": stored,
        "document": document,
        "offer": offer,
        "lines": lines_of(stored),
        "tree": tree_of_quote(document),
        "doubts": doubts_of(stored),
        "allowances": [] if order else allowances(stored, buyer),
        "country": country_name(stored.country),
        "expired": stored.is_expired,
        "orderable": stored.orderable,
        "expires_at": stored.expires_at,
        "order": order,
        "fragments": _fragments(stored, offer),
    }
    return render(request, "buyer/quote.html", context)


@require_POST
def again(request: HttpRequest, quote: UUID) -> HttpResponse:
    """Ask for the same basket in the same channel once more; a changed price is told."""
    if not spend(request, "quotes", limit=QUOTES_A_MINUTE, seconds=60):
        return fault_response(request, FAULTS[429])
    old = quote_or_404(request, quote)
    try:
        new = requote(old, buyer_ref(request))
    except OrderError as error:
        messages.error(request, spoken(error.text, get_language() or "en"))
        return redirect(f"/quotes/{old.pk}/")
    tell_change(request, offer_of(old).total, offer_of(new).total)
    return redirect(f"/quotes/{new.pk}/")


def requote(old: StoredQuote, buyer: BuyerRef | None) -> StoredQuote:
    """Return a new quote of the same basket, channel and destination. Raises QuoteInvalid."""
    document = old.document
    destination = document["destination"]
    asked = QuoteRequest(
        country=destination["country"],
        region=destination["region"],
        currency=document["currency"],
        lines=tuple(WantedLine(line["item"], line["quantity"]) for line in document["lines"]),
        channels=(document["channel"],),
        buyer=buyer,
    )
    return make_quote(asked)[0]


def tell_change(request: HttpRequest, before: Money | None, after: Money | None) -> None:
    """Tell the visitor that a price is not the one that was shown; nothing is told when it is."""
    if before is None or after is None or before == after:
        return
    language = get_language() or "en"
    messages.warning(
        request,
        _("The price changed from %(before)s to %(after)s. Please check it again.")
        % {"before": money_text(before, language), "after": money_text(after, language)},
    )


def seen(text: str) -> Money | None:
    """Read the total that a form carried, None when it carries none."""
    amount, _space, currency = text.partition(" ")
    try:
        return Money(checked_decimal(amount), currency) if currency else None
    except MoneyError:
        return None


def _own_order(quote: StoredQuote, buyer: BuyerRef | None) -> Order | None:
    if buyer is None:
        return None
    return Order.objects.filter(quote=quote, buyer=buyer).first()


def _fragments(quote: StoredQuote, offer: ChannelOffer) -> list[str]:
    document = quote.document
    amount = money_in(document, "total", document["currency"])
    subject = Subject(SubjectKind.QUOTE, quote.pk, amount)
    place = Place("quote", "below_amounts", get_language() or "en", subject)
    answers = hooks.slot_quote(quote.channel.ref, place=place, subject=subject)
    return list(fragments(answers))
