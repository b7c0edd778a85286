"""The audit log: who did what, when."""

from __future__ import annotations

from uuid import UUID

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
    names = _names(list(page))
    context = {
        "page": page,
        "rows": [(entry, names.get(entry.actor, entry.actor), _pairs(entry)) for entry in page],
        "search": search,
        "query": query_without_page(request),
    }
    return render(request, "operator/audit.html", context)


def _names(entries: list[AuditEntry]) -> dict[str, str]:
    """Return e-mail addresses of the operators among the actors; buyers stay references."""
    ids = [actor for entry in entries if (actor := _user_id(entry.actor))]
    users = User.objects.filter(pk__in=ids, is_staff=True)
    return {f"user:{user.pk}": user.email for user in users}


def _user_id(actor: str) -> UUID | None:
    try:
        return UUID(actor.removeprefix("user:")) if actor.startswith("user:") else None
    except ValueError:
        return None


def _pairs(entry: AuditEntry) -> list[tuple[str, str]]:
    """Return what was noted, lists as words."""
    return [
        (key, ", ".join(map(str, value)) if isinstance(value, list) else str(value))
        for key, value in entry.data.items()
    ]
