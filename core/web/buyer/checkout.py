"""Checkout: address, identity where customs asks for it, then the order; each step on one page."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from core.accounts.models import actor_of
from core.buyers import queries, services
from core.buyers.errors import BuyerError
from core.buyers.models import Buyer
from core.kernel import providers
from core.orders.errors import OrderError
from core.orders.models import Order, StoredQuote
from core.orders.services import place_order
from core.web.buyer import basket
from core.web.buyer.account import GET_POST, buyer_of
from core.web.buyer.forms import AddressForm, IdentityForm
from core.web.buyer.offers import offer_of
from core.web.buyer.quotes import quote_or_404, requote, tell_change
from core.web.buyer.yearly import allowances
from core.web.countries import country_name
from core.web.forms import add_error
from core.web.languages import spoken


@never_cache
@sensitive_post_parameters()
@GET_POST
@login_required
def checkout(request: HttpRequest, quote: UUID) -> HttpResponse:
    """Show what is still needed, take it, and place the order once however often it is asked."""
    stored = quote_or_404(request, quote)
    buyer = buyer_of(request)
    order = Order.objects.filter(quote=stored, buyer=buyer).first()
    if order is not None:
        return redirect(f"/orders/{order.number}/")
    page = _Page(request, stored, buyer)
    if request.method == "POST":
        response = page.take()
        if response is not None:
            return response
    elif page.must_be_made_for_buyer:
        return page.make_for_buyer()
    return render(request, "buyer/checkout.html", page.context(), status=page.status)


class _Page:
    """One request of the checkout: its forms and what went wrong."""

    def __init__(self, request: HttpRequest, quote: StoredQuote, buyer: Buyer) -> None:
        action = request.POST.get("action", "")
        self.request, self.quote, self.buyer, self.action = request, quote, buyer, action
        self.status = 200
        self.problem = ""
        self.needs_identity = _needs_identity(quote) and not queries.identities(buyer)
        self.address_form = AddressForm(
            request.POST if action == "address" else None, initial={"country": quote.country}
        )
        self.identity_form = IdentityForm(request.POST if action == "identity" else None)

    @property
    def must_be_made_for_buyer(self) -> bool:
        """A quote made for nobody knows neither the year's quota nor the identity."""
        return self.quote.buyer is None and not self.needs_identity and not self.quote.is_expired

    def make_for_buyer(self) -> HttpResponse:
        """Ask for the same quote for this buyer; a changed price or a refusal is shown first."""
        try:
            made = requote(self.quote, self.buyer.ref)
        except OrderError as error:
            self._refuse(error)
            return render(self.request, "buyer/checkout.html", self.context(), status=self.status)
        before, after = offer_of(self.quote), offer_of(made)
        tell_change(self.request, before.total, after.total)
        return redirect(f"/checkout/{made.pk}/" if after.is_ok else f"/quotes/{made.pk}/")

    def take(self) -> HttpResponse | None:
        """Do what the form asks; None shows the page again with what is wrong."""
        steps = {"address": self._add_address, "identity": self._add_identity, "place": self._place}
        step = steps.get(self.action)
        return step() if step else None

    def _add_address(self) -> HttpResponse | None:
        if self.address_form.is_valid():
            try:
                services.add_address(self.buyer, self.address_form.given)
                return redirect(self.request.path)
            except BuyerError as error:
                add_error(self.address_form, error)
        self.status = 422
        return None

    def _add_identity(self) -> HttpResponse | None:
        if self.identity_form.is_valid():
            try:
                services.add_identity(self.buyer, **self.identity_form.cleaned_data)
                return redirect(self.request.path)
            except BuyerError as error:
                add_error(self.identity_form, error)
        self.status = 422
        return None

    def _place(self) -> HttpResponse | None:
        try:
            address = uuid.UUID(self.request.POST.get("address", ""))
        except ValueError:
            self.problem, self.status = _("Choose an address."), 422
            return None
        try:
            order = place_order(
                self.quote.pk,
                buyer=self.buyer,
                address_id=address,
                idempotency_key=f"checkout-{self.quote.pk}",
                actor=actor_of(self.request.user),
            )
        except OrderError as error:
            self._refuse(error)
            return None
        basket.take_out(self.request, [line["item"] for line in self.quote.document["lines"]])
        return redirect(f"/orders/{order.number}/")

    def _refuse(self, error: OrderError) -> None:
        self.problem = spoken(error.text, get_language() or "en")
        self.status = 422

    def context(self) -> dict[str, Any]:
        """Return what the page shows."""
        country = self.quote.country
        all_of_them = queries.addresses(self.buyer)
        return {
            "section": "shop",
            "quote": self.quote,
            "offer": offer_of(self.quote),
            "expired": self.quote.is_expired,
            "problem": self.problem,
            "country": country_name(country),
            "addresses": [one for one in all_of_them if one.country == country],
            "address_form": self.address_form,
            "identity_needed": _needs_identity(self.quote),
            "identities": queries.identities(self.buyer),
            "identity_form": self.identity_form,
            "allowances": allowances(self.quote, self.buyer.pk),
        }


def _needs_identity(quote: StoredQuote) -> bool:
    kind = providers.channel_kinds().get(quote.channel.kind)
    if kind is None or not kind.identity_required:
        return False
    return quote.country in (kind.identity_countries or (quote.country,))
