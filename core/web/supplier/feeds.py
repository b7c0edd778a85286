"""Upload a file, watch it being taken in, read what became of every row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.accounts.models import actor_of
from core.jobs.queries import progress_of
from core.web.supplier.account import for_supplier, suppliers_of
from suppliers.apply.tally import OUTCOMES
from suppliers.errors import SupplierError
from suppliers.intake.errors import FeedRefused
from suppliers.limits import limit
from suppliers.models import Feed, FeedIssue, Supplier
from suppliers.rejected import issues_csv, rejected_file
from suppliers.report import message_of
from suppliers.services import Push, cancel_feed, confirm_feed, receive_feed

STOP_POLLING = 286
PAGE = 50
STEPS = {"confirm": confirm_feed, "cancel": cancel_feed}
OUTCOME_NAMES = {
    "created": _("created"),
    "updated": _("updated"),
    "unchanged": _("unchanged"),
    "merged": _("merged"),
    "skipped": _("skipped"),
    "rejected": _("refused"),
    "duplicates": _("duplicates"),
    "explicit_deletes": _("deleted"),
}
ACTIONS = {
    "row_rejected": _("row not applied"),
    "row_held": _("row waits"),
    "row_skipped": _("row skipped"),
    "field_dropped": _("field left out"),
    "field_kept": _("field kept"),
    "feed_rejected": _("file refused"),
    "none": _("noted"),
}
SEVERITIES = {"error": _("error"), "warning": _("warning"), "info": _("note")}


class UploadForm(forms.Form):
    """One file and how it is to be taken."""

    file = forms.FileField(label=_("File"), max_length=200)
    type = forms.ChoiceField(label=_("What the file holds"), choices=Feed.Type.choices)
    scope = forms.CharField(label=_("Scope"), max_length=80, initial="main")
    dry_run = forms.BooleanField(label=_("Only check, apply nothing"), required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@for_supplier
def home(request: HttpRequest, supplier: Supplier) -> HttpResponse:
    """Show the upload form and the latest feeds; take an upload."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        feed = _upload(form, supplier)
        if feed is not None:
            return redirect("supplier:feed", feed.public_id)
    page = {
        "supplier": supplier,
        "suppliers": suppliers_of(request),
        "form": form,
        "feeds": Feed.objects.filter(supplier=supplier)[:20],
        "limit_mib": limit("INLINE_BYTES") >> 20,
    }
    return render(request, "supplier/home.html", page, status=422 if form.errors else 200)


@require_safe
@for_supplier
def show(request: HttpRequest, supplier: Supplier, feed_id: str) -> HttpResponse:
    """Show the report of one feed."""
    feed = _feed(supplier, feed_id)
    code = request.GET.get("code", "")[:40]
    issues = FeedIssue.objects.filter(feed=feed)
    issues = issues.filter(code=code) if code else issues
    page = Paginator(issues, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "supplier/feed.html",
        {
            **_state(feed),
            "supplier": supplier,
            "suppliers": suppliers_of(request),
            "page": page,
            "issues": [_shown(issue) for issue in page.object_list],
            "code": code,
            "query": f"code={code}" if code else "",
        },
    )


@require_safe
@for_supplier
def part(request: HttpRequest, supplier: Supplier, feed_id: str) -> HttpResponse:
    """Answer htmx: how far the feed is; a reload of the page once it has ended."""
    feed = _feed(supplier, feed_id)
    answer = render(request, "supplier/feed_state.html", _state(feed))
    if not feed.is_running:
        answer["HX-Refresh"] = "true"
        answer.status_code = STOP_POLLING
    return answer


@require_safe
@for_supplier
def issues_download(request: HttpRequest, supplier: Supplier, feed_id: str) -> HttpResponseBase:
    """Hand out all issues as CSV."""
    feed = _feed(supplier, feed_id)
    rows = issues_csv(feed.issues.iterator(chunk_size=500), language=_tongue())
    return _download(f"{feed.public_id}-issues.csv", "text/csv", rows)


@require_safe
@for_supplier
def rejected_download(request: HttpRequest, supplier: Supplier, feed_id: str) -> HttpResponseBase:
    """Hand out the rows that were not applied, in the supplier's own format."""
    found = rejected_file(_feed(supplier, feed_id), language=_tongue())
    return _download(found.name, found.content_type, found.parts)


@require_POST
@for_supplier
def step(request: HttpRequest, supplier: Supplier, feed_id: str, step: str) -> HttpResponse:
    """Confirm or cancel a feed that waits."""
    feed = _feed(supplier, feed_id)
    if step not in STEPS:
        raise Http404
    try:
        STEPS[step](feed, actor=actor_of(request.user))
    except SupplierError as error:
        messages.error(request, str(error))
    return redirect("supplier:feed", feed.public_id)


def _upload(form: UploadForm, supplier: Supplier) -> Feed | None:
    file: UploadedFile[bytes] = form.cleaned_data["file"]
    push = Push(
        file_name=file.name or "",
        content_type="",
        type=form.cleaned_data["type"],
        scope=form.cleaned_data["scope"],
        dry_run=form.cleaned_data["dry_run"],
    )
    try:
        return receive_feed(supplier, _chunks(file), push=push, most=limit("INLINE_BYTES"))
    except SupplierError as error:
        field = error.code.removesuffix("_invalid")
        form.add_error(field if field in form.fields else None, str(error))
    except FeedRefused:
        form.add_error("file", _("The file is too large for this page; use gzip or the API."))
    return None


def _chunks(file: UploadedFile[bytes]) -> Iterator[bytes]:
    yield from file.chunks()


def _feed(supplier: Supplier, public_id: str) -> Feed:
    key = Feed.id_of(public_id)
    feed = Feed.objects.filter(supplier=supplier, pk=key).first() if key else None
    if feed is None:
        raise Http404
    return feed


def _state(feed: Feed) -> dict[str, Any]:
    counts = feed.summary
    balance = [(OUTCOME_NAMES[name], counts.get(name, 0)) for name in OUTCOMES]
    return {
        "feed": feed,
        "progress": progress_of(feed.job) if feed.job and feed.is_running else None,
        "balance": [(name, number) for name, number in balance if number],
        "rows_read": counts.get("rows_read", 0),
        "codes": [
            {**entry, "word": SEVERITIES.get(entry["severity"], entry["severity"])}
            for entry in feed.by_code
        ],
    }


def _shown(issue: FeedIssue) -> dict[str, Any]:
    sentence = message_of(issue.code, issue.value, issue.expected, issue.message)
    return {
        "issue": issue,
        "message": sentence.get(_tongue()) or sentence.get("en", issue.code),
        "action": ACTIONS.get(issue.action, issue.action),
        "severity": SEVERITIES.get(issue.severity, issue.severity),
    }


def _tongue() -> str:
    spoken = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}
    return spoken.get((get_language() or "en").lower(), "en")


def _download(name: str, kind: str, parts: Iterable[str]) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(parts, content_type=f"{kind}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
