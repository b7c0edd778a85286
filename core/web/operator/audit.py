"""The audit log: who did what, when."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.accounts.models import AuditEntry, User
from core.web.operator.access import operator_page
from core.web.operator.listing import asked, page_of, query_without_page


@operator_page()
def audit_log(request: HttpRequest) -> HttpResponse:
    """Show what was done, newest first."""
    search = asked(request, "q")
    entries = AuditEntry.objects.all()
    if search:
        wanted = Q(action__icontains=search) | Q(subject__icontains=search)
        entries = entries.filter(wanted | Q(actor__icontains=search))
    page = page_of(request, entries)
    context = {
        "page": page,
        "rows": [(entry, _name(entry.actor, names)) for names in [_names(page)] for entry in page],
        "search": search,
        "query": query_without_page(request),
    }
    return render(request, "operator/audit.html", context)


def _names(entries: object) -> dict[str, str]:
    """Return e-mail addresses of the users among the actors; operators know each other by them."""
    actors = {entry.actor for entry in entries}  # type: ignore[attr-defined]
    ids = [actor.removeprefix("user:") for actor in actors if actor.startswith("user:")]
    users = User.objects.filter(pk__in=ids, is_staff=True)
    return {f"user:{user.pk}": user.email for user in users}


def _name(actor: str, names: dict[str, str]) -> str:
    return names.get(actor, actor)
