"""What plug-ins did wrong, and saying that it was seen."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.accounts.services import record
from core.kernel.models import Incident
from core.shared.clock import now
from core.web.operator.access import actor, operator_page
from core.web.operator.listing import asked, chosen, page_of, query_without_page, tabs

TABS = (
    ("open", gettext_lazy("Open")),
    ("seen", gettext_lazy("Acknowledged")),
    ("all", gettext_lazy("All")),
)


@operator_page()
def incidents(request: HttpRequest) -> HttpResponse:
    """List incidents, the latest first."""
    show = chosen(request, "show", [key for key, _label in TABS], "open")
    search = asked(request, "q")
    rows = Incident.objects.all()
    if show != "all":
        rows = rows.filter(resolved_at__isnull=show == "open")
    if search:
        rows = rows.filter(
            Q(plugin__icontains=search) | Q(hook__icontains=search) | Q(message__icontains=search)
        )
    context = {
        "page": page_of(request, rows, per_page=25),
        "tabs": tabs(TABS, _counts(), show),
        "show": show,
        "search": search,
        "query": query_without_page(request),
        "named": True,
    }
    return render(request, "operator/incidents.html", context)


@operator_page("POST")
def acknowledge(request: HttpRequest, incident: int) -> HttpResponse:
    """Note that an incident was seen; the same thing happening again opens it again."""
    row = get_object_or_404(Incident, pk=incident)
    if Incident.objects.filter(pk=row.pk, resolved_at=None).update(resolved_at=now()):
        record(actor(request), "incident.acknowledged", f"incident:{row.pk}", plugin=row.plugin)
        messages.success(request, _("Acknowledged. If it happens again, it is shown again."))
    return redirect("operator:incidents")


@operator_page("POST")
def acknowledge_all(request: HttpRequest) -> HttpResponse:
    """Note that every open incident was seen."""
    changed = Incident.objects.filter(resolved_at=None).update(resolved_at=now())
    if changed:
        record(actor(request), "incident.acknowledged", "incident:all", count=changed)
        messages.success(request, _("Every incident is acknowledged."))
    return redirect("operator:incidents")


def _counts() -> dict[str, int]:
    found = Incident.objects.aggregate(
        all=Count("pk"), open=Count("pk", filter=Q(resolved_at__isnull=True))
    )
    return {**found, "seen": found["all"] - found["open"]}
