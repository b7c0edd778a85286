"""Work in the background: what waits, runs, is parked, and trying it again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.accounts.services import record
from core.jobs.errors import CannotRetry
from core.jobs.models import Job
from core.jobs.queries import progress
from core.jobs.services import retry
from core.web.operator.access import actor, operator_page
from core.web.operator.listing import asked, chosen, page_of, query_without_page, tabs

TABS = (
    ("attention", gettext_lazy("Needs attention")),
    ("live", gettext_lazy("Waiting or running")),
    ("done", gettext_lazy("Done")),
    ("all", gettext_lazy("All")),
)
STATES = {
    "attention": Job.GIVEN_UP,
    "live": Job.LIVE,
    "done": (Job.State.DONE,),
    "all": tuple(Job.State),
}
TONES = {"queued": "info", "running": "info", "done": "ok", "failed": "bad", "parked": "bad"}


@operator_page()
def jobs(request: HttpRequest) -> HttpResponse:
    """List jobs by state, newest first; running ones with their progress."""
    counts = _counts()
    show = chosen(request, "show", list(STATES), "attention" if counts["attention"] else "live")
    search = asked(request, "q")
    rows = Job.objects.filter(state__in=STATES[show])
    if search:
        rows = rows.filter(Q(kind__icontains=search) | Q(key__icontains=search))
    page = page_of(request, rows)
    context = {
        "page": page,
        "rows": [(job, progress(job), TONES[job.state]) for job in page],
        "tabs": tabs(TABS, counts, show),
        "show": show,
        "search": search,
        "query": query_without_page(request),
        "live": any(job.state in Job.LIVE for job in page),
    }
    template = "operator/_jobs_rows.html" if _is_poll(request) else "operator/jobs.html"
    return render(request, template, context)


@operator_page()
def job_page(request: HttpRequest, job: UUID) -> HttpResponse:
    """Show one job: progress, payload, failures."""
    row = get_object_or_404(Job, pk=job)
    context = {
        "job": row,
        "progress": progress(row),
        "tone": TONES[row.state],
        "failures": row.failures.all()[:20],
        "can_retry": row.state in Job.GIVEN_UP,
    }
    template = "operator/_job_progress.html" if _is_poll(request) else "operator/job.html"
    return render(request, template, context)


@operator_page("POST")
def retry_job(request: HttpRequest, job: UUID) -> HttpResponse:
    """Queue a parked job again."""
    row = get_object_or_404(Job, pk=job)
    try:
        retry(row.pk)
    except CannotRetry:
        messages.error(request, _("This job is not parked, or another of its kind is waiting."))
    else:
        record(actor(request), "job.retried", f"job:{row.pk}", kind=row.kind)
        messages.success(request, _("The job will run again in a moment."))
    return redirect("operator:job", job=row.pk)


def _counts() -> dict[str, int]:
    by_state = dict(Job.objects.values_list("state").annotate(number=Count("pk")).order_by())
    return {key: sum(by_state.get(s, 0) for s in states) for key, states in STATES.items()}


def _is_poll(request: HttpRequest) -> bool:
    return bool(request.headers.get("HX-Request") and request.GET.get("poll"))
