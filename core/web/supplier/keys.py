"""Keys for machines that push feeds."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from core.accounts.models import ApiKey, actor_of
from core.accounts.services import record
from core.shared.clock import now
from core.web.supplier.account import for_supplier, suppliers_of
from suppliers.models import Supplier
from suppliers.services import OWNER_KIND, new_test_key

ACTIVE_MAX = 10


@require_http_methods(["GET", "HEAD", "POST"])
@for_supplier
def keys(request: HttpRequest, supplier: Supplier) -> HttpResponse:
    """Show the keys; a new one is shown in full in the answer that makes it, and never again."""
    mine = ApiKey.objects.filter(owner_kind=OWNER_KIND, owner=supplier.pk, revoked_at=None)
    shown = ""
    if request.method == "POST":
        if mine.count() >= ACTIVE_MAX:
            messages.error(request, _("Ten keys are active: revoke one first."))
        else:
            name = request.POST.get("name", "").strip()[:80]
            shown = new_test_key(supplier, actor=actor_of(request.user), name=name).plaintext
    page = {
        "supplier": supplier,
        "suppliers": suppliers_of(request),
        "keys": mine.order_by("-created_at"),
        "shown": shown,
    }
    return render(request, "supplier/keys.html", page)


@require_POST
@for_supplier
def revoke(request: HttpRequest, supplier: Supplier, key: UUID) -> HttpResponse:
    """End a key at once."""
    mine = ApiKey.objects.filter(owner_kind=OWNER_KIND, owner=supplier.pk, pk=key)
    if not mine.exists():
        raise Http404
    if mine.filter(revoked_at=None).update(revoked_at=now()):
        record(actor_of(request.user), "supplier.key_revoked", f"supplier:{supplier.pk}")
        messages.success(request, _("The key no longer works."))
    return redirect("supplier:keys")
