"""For which supplier a signed-in person acts."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.accounts.models import User, actor_of
from suppliers.errors import SupplierError
from suppliers.models import Supplier
from suppliers.services import join, open_supplier

CHOSEN = "supplier"
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Supplier, P], HttpResponseBase]


class OpenForm(forms.Form):
    """What is asked of somebody who wants to supply."""

    name = forms.CharField(label=_("Name of the company or shopper"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=Supplier.Kind.choices)


def suppliers_of(request: HttpRequest) -> list[Supplier]:
    """Return the suppliers that the signed-in person may act for, by name."""
    user = request.user
    if not isinstance(user, User):
        return []
    return list(Supplier.objects.filter(members__user=user).order_by("name", "key"))


def for_supplier(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Ask for a sign-in and hand the view the supplier that was chosen."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        mine = suppliers_of(request)
        if not mine:
            return render(request, "supplier/open.html", {"form": OpenForm()})
        wanted = request.session.get(CHOSEN)
        chosen = next((one for one in mine if one.key == wanted), mine[0])
        return view(request, chosen, *args, **kwargs)

    return guarded


@never_cache
@login_required
@require_POST
def open_account(request: HttpRequest) -> HttpResponse:
    """Open a supplier account for the signed-in person; operators verify its papers later."""
    user = request.user
    form = OpenForm(request.POST)
    if not isinstance(user, User) or suppliers_of(request):
        return redirect("supplier:home")
    if form.is_valid():
        try:
            supplier = open_supplier(
                form.cleaned_data["name"], kind=form.cleaned_data["kind"], actor=actor_of(user)
            )
        except SupplierError as error:
            form.add_error("name", str(error))
        else:
            join(supplier, user)
            messages.success(request, _("The account is open. Check a first file, or make a key."))
            return redirect("supplier:home")
    return render(request, "supplier/open.html", {"form": form}, status=422)


@never_cache
@login_required
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Act for another supplier from now on."""
    wanted = request.POST.get("supplier", "")
    if any(one.key == wanted for one in suppliers_of(request)):
        request.session[CHOSEN] = wanted
    return redirect("supplier:home")
