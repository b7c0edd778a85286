"""Signing up, in and out; addresses and identities."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.accounts.models import User
from core.accounts.services import use_link
from core.buyers import queries, services
from core.buyers.errors import BuyerError
from core.buyers.models import Buyer
from core.web.buyer.forms import AddressForm, IdentityForm, SignInForm, SignUpForm
from core.web.errors import FAULTS, fault_response
from core.web.forms import add_error
from core.web.rate_limit import count_failure, forget, too_many
from core.web.redirects import next_page

BACKEND = "django.contrib.auth.backends.ModelBackend"
GET_POST = require_http_methods(["GET", "HEAD", "POST"])


def buyer_of(request: HttpRequest) -> Buyer:
    """Return the buyer who is signed in; the views that call this require a sign-in."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required has seen to it
    return services.ensure_buyer(request.user)


@never_cache
@sensitive_post_parameters("password")
@GET_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in by e-mail address and password; five failures close the door for 15 minutes."""
    target = next_page(request)
    if request.user.is_authenticated and request.method != "POST":
        return redirect(target or "/account/")
    subject = request.POST.get("username", "")
    if request.method == "POST" and too_many(request, subject):
        return fault_response(request, FAULTS[429])
    form = SignInForm(request, request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            forget(request, subject)
            login(request, form.get_user())
            return redirect(target or "/orders/")
        count_failure(request, subject)
    context = {"form": form, "next": target, "section": "account"}
    return render(request, "account/sign_in.html", context)


@never_cache
@sensitive_post_parameters("password1", "password2")
@GET_POST
def sign_up(request: HttpRequest) -> HttpResponse:
    """Create an account and sign in."""
    target = next_page(request)
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.save()
        services.ensure_buyer(user)
        login(request, user, backend=BACKEND)
        messages.success(request, _("Welcome. Your account is ready."))
        return redirect(target or "/")
    context = {"form": form, "next": target, "section": "account"}
    return render(request, "account/sign_up.html", context)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    logout(request)
    return redirect("/")


@never_cache
@GET_POST
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Show the button of a one-time link; pressing it spends the link and signs in."""
    if request.method != "POST":
        return render(request, "account/link.html", {"spent": False})
    if too_many(request, "link"):
        return fault_response(request, FAULTS[429])
    user = use_link(token)
    if user is None:
        count_failure(request, "link")
        return render(request, "account/link.html", {"spent": True}, status=410)
    login(request, user, backend=BACKEND)
    return redirect("/console/" if user.is_staff else "/orders/")


@never_cache
@require_safe
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Show what there is in the account."""
    buyer = buyer_of(request)
    context = {
        "addresses": len(queries.addresses(buyer)),
        "identities": queries.identities(buyer),
        "section": "account",
    }
    return render(request, "account/overview.html", context)


@never_cache
@sensitive_post_parameters()
@GET_POST
@login_required
def addresses(request: HttpRequest) -> HttpResponse:
    """List, add, remove addresses and choose the default one."""
    buyer = buyer_of(request)
    action = request.POST.get("action", "")
    form = AddressForm(request.POST if action == "add" else None, initial={"country": "CN"})
    if request.method == "POST" and _change_address(request, buyer, form, action):
        return redirect(next_page(request, "/account/addresses/"))
    context = {
        "form": form,
        "addresses": queries.addresses(buyer),
        "next": next_page(request),
        "section": "account",
    }
    status = 422 if form.errors else 200
    return render(request, "account/addresses.html", context, status=status)


def _change_address(request: HttpRequest, buyer: Buyer, form: AddressForm, action: str) -> bool:
    try:
        if action == "add":
            if not form.is_valid():
                return False
            services.add_address(buyer, form.given)
        elif action == "default":
            services.set_default_address(buyer, _id(request, "address"))
        elif action == "remove":
            services.remove_address(buyer, _id(request, "address"))
    except BuyerError as error:
        if action == "add":
            add_error(form, error)
            return False
        messages.error(request, str(error.message))
    return True


@never_cache
@sensitive_post_parameters()
@GET_POST
@login_required
def identity(request: HttpRequest) -> HttpResponse:
    """List, add and remove real-name identities; they are shown masked."""
    buyer = buyer_of(request)
    action = request.POST.get("action", "")
    form = IdentityForm(request.POST if action == "add" else None)
    if request.method == "POST" and _change_identity(request, buyer, form, action):
        return redirect(next_page(request, "/account/identity/"))
    context = {
        "form": form,
        "identities": queries.identities(buyer),
        "next": next_page(request),
        "section": "account",
    }
    status = 422 if form.errors else 200
    return render(request, "account/identity.html", context, status=status)


def _change_identity(request: HttpRequest, buyer: Buyer, form: IdentityForm, action: str) -> bool:
    try:
        if action == "add":
            if not form.is_valid():
                return False
            services.add_identity(buyer, **form.cleaned_data)
        elif action == "remove":
            services.remove_identity(buyer, _id(request, "identity"))
    except BuyerError as error:
        if action == "add":
            add_error(form, error)
            return False
        messages.error(request, str(error.message))
    return True


def _id(request: HttpRequest, name: str) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get(name, ""))
    except ValueError:
        raise BuyerError("unknown", _("There is no such entry.")) from None
