"""The suppliers' API: push a feed, read its report, release or give up what is held."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Annotated, Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.utils.translation import get_language
from ninja import Query, Router

from core.web.api.problem import COMMON, Problem, Refused
from core.web.api.supplier_access import SupplierKey, check_digest
from suppliers import replays
from suppliers.errors import SupplierError
from suppliers.intake.errors import FeedRefused
from suppliers.limits import limit
from suppliers.models import Feed, FeedIssue, Supplier
from suppliers.rejected import issues_csv, rejected_file
from suppliers.report import report, stored_issue
from suppliers.services import Push, cancel_feed, confirm_feed, receive_feed

router = Router(tags=["feeds"], auth=SupplierKey())

PAGE = 200
ROUTE = "feeds"
STATUSES = {
    "idempotency_in_flight": 409,
    "idempotency_key_invalid": 400,
    "feed_not_held": 409,
    "feed_not_waiting": 409,
    "feed_overtaken": 409,
    "supplier_suspended": 401,
}
ANSWERS: dict[Any, Any] = {**COMMON, 401: Problem, 409: Problem, 413: Problem, 415: Problem}

FeedType = Annotated[str, Query(max_length=20, description="full or delta")]
Scope = Annotated[str, Query(max_length=80, description="what a full feed replaces")]
Words = Annotated[str, Query(max_length=60)]
ErrorPolicy = Annotated[str, Query(max_length=20, description="reject_failed_rows or reject_all")]
Sequence = Annotated[int | None, Query(ge=0, lt=2**62, description="grows with every push")]


@router.post("/feeds", response={202: dict[str, Any], **ANSWERS}, summary="Push a feed")
def push_feed(  # noqa: PLR0917 - ninja reads the query from the signature
    request: HttpRequest,
    feed_type: FeedType = "full",
    scope: Scope = "main",
    dialect: Words = "",
    sequence: Sequence = None,
    dry_run: bool = False,
    error_policy: ErrorPolicy = "reject_failed_rows",
    language: Words = "",
    default_currency: Words = "",
) -> HttpResponse:
    """Take a file of at most 16 MiB: the body itself, or the part ``file`` of a form.

    With an Idempotency-Key the same request has one effect and one answer for 72 hours.
    """
    supplier = _supplier(request)
    push = Push(
        type=feed_type,
        scope=scope,
        dialect=dialect,
        sequence=sequence,
        dry_run=dry_run,
        error_policy=error_policy,
        language=language,
        default_currency=default_currency,
        content_type=request.headers.get("Content-Type", ""),
        idempotency_key=request.headers.get("Idempotency-Key", ""),
    )
    _check_size(request)
    check_digest(request)
    key = push.idempotency_key
    try:
        before = replays.begin(supplier, ROUTE, key, _request_digest(request)) if key else None
    except SupplierError as error:
        raise _refusal(error) from None
    if before is not None:
        answer = _json_text(before.body, before.status)
        answer["Idempotency-Replayed"] = "true"
        return answer
    return _received(request, supplier, push)


@router.get("/feeds", response={200: dict[str, Any], **ANSWERS}, summary="Latest feeds")
def list_feeds(request: HttpRequest) -> HttpResponse:
    """List the last 50 feeds, newest first, without their issues."""
    feeds = Feed.objects.filter(supplier=_supplier(request)).select_related("supplier")[:50]
    return JsonResponse({"items": [report(feed, ()) for feed in feeds]})


@router.get("/feeds/{feed_id}", response={200: dict[str, Any], **ANSWERS}, summary="Report")
def read_feed(request: HttpRequest, feed_id: str) -> HttpResponse:
    """Return the report with its first 200 issues; ``Retry-After`` while it still changes."""
    feed = _feed(request, feed_id)
    etag = f'"{hashlib.sha256(f"{feed.status}{feed.summary}".encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    answer = JsonResponse(report(feed, feed.issues.all()[:PAGE]))
    answer["ETag"] = etag
    if feed.is_running:
        answer["Retry-After"] = "2"
    return answer


@router.get("/feeds/{feed_id}/issues", response={200: dict[str, Any], **ANSWERS}, summary="Issues")
def read_issues(  # noqa: PLR0917 - ninja reads the query from the signature
    request: HttpRequest,
    feed_id: str,
    cursor: Annotated[int, Query(ge=0, lt=2**62)] = 0,
    severity: Annotated[str, Query(pattern="^(error|warning|info)?$")] = "",
    code: Words = "",
    format: Annotated[str, Query(pattern="^(json|csv)$")] = "json",
) -> HttpResponse | StreamingHttpResponse:
    """Return issues in the order of the file, 200 a page, or all of them as CSV."""
    feed = _feed(request, feed_id)
    issues = FeedIssue.objects.filter(feed=feed)
    issues = issues.filter(severity=severity) if severity else issues
    issues = issues.filter(code=code) if code else issues
    if format == "csv":
        rows = issues_csv(issues.iterator(chunk_size=500), language=_tongue())
        return _download(f"{feed.public_id}-issues.csv", "text/csv", rows)
    page = list(issues.filter(id__gt=cursor)[: PAGE + 1])
    more = page[PAGE - 1].pk if len(page) > PAGE else None
    items = [stored_issue(issue) for issue in page[:PAGE]]
    return JsonResponse({"items": items, "next_cursor": more})


@router.get("/feeds/{feed_id}/rejected", response={200: Any, **ANSWERS}, summary="Rejected rows")
def read_rejected(request: HttpRequest, feed_id: str) -> StreamingHttpResponse:
    """Return the rows that were not applied, in your own format, each with ``_error``."""
    found = rejected_file(_feed(request, feed_id), language=_tongue())
    return _download(found.name, found.content_type, found.parts)


@router.post("/feeds/{feed_id}/confirm", response={202: dict[str, Any], **ANSWERS})
def confirm(request: HttpRequest, feed_id: str) -> HttpResponse:
    """Let a held feed take down what it no longer names."""
    feed = _feed(request, feed_id)
    return _changed(feed, lambda: confirm_feed(feed, actor=f"supplier:{feed.supplier_id}"), 202)


@router.post("/feeds/{feed_id}/cancel", response={200: dict[str, Any], **ANSWERS})
def cancel(request: HttpRequest, feed_id: str) -> HttpResponse:
    """Give up a feed that has not begun, or the deletions of one that is held."""
    feed = _feed(request, feed_id)
    return _changed(feed, lambda: cancel_feed(feed, actor=f"supplier:{feed.supplier_id}"), 200)


def _changed(feed: Feed, change: Any, status: int) -> HttpResponse:
    try:
        change()
    except SupplierError as error:
        raise _refusal(error) from None
    feed.refresh_from_db()
    return JsonResponse(report(feed, ()), status=status)


def _received(request: HttpRequest, supplier: Supplier, push: Push) -> HttpResponse:
    key = push.idempotency_key
    try:
        push, blocks = _content(request, push)
        feed = receive_feed(supplier, blocks, push=push, most=limit("INLINE_BYTES"))
        body = json.dumps(report(feed, ()), ensure_ascii=False)
        if key:
            replays.finish(supplier, ROUTE, key, status=202, body=body)
    except BaseException as error:
        if key:
            replays.forget(supplier, ROUTE, key)
        if isinstance(error, SupplierError):
            raise _refusal(error) from None
        if isinstance(error, FeedRefused):
            raise Refused(413, error.code, f"A push has at most {error.expected}.") from None
        raise
    answer = _json_text(body, 202)
    answer["Location"] = f"/api/suppliers/v1/feeds/{feed.public_id}"
    return answer


def _content(request: HttpRequest, push: Push) -> tuple[Push, Iterable[bytes]]:
    """Return the bytes to keep; of a form, the part ``file`` and the fields beside it."""
    if not push.content_type.startswith("multipart/"):
        body = request.body
        if not body:
            raise Refused(400, "DATA_EMPTY", "The body is empty; nothing was deleted.")
        packed = request.headers.get("Content-Encoding", "identity").strip().lower()
        if packed not in ("identity", "gzip"):
            raise Refused(415, "encoding_unsupported", "Content-Encoding is gzip or nothing.")
        if packed == "gzip" and not body.startswith(b"\x1f\x8b"):
            raise Refused(400, "encoding_mismatch", "The body is not gzip, as its header says.")
        name = request.headers.get("X-File-Name", "")
        return replace(push, file_name=name), (body,)
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or not file.size:
        raise Refused(400, "file_missing", "The form has no file in its part 'file'.")
    wanted: dict[str, Any] = {
        field: request.POST[name]
        for name, field in (
            ("feed_type", "type"),
            ("scope", "scope"),
            ("dialect", "dialect"),
            ("error_policy", "error_policy"),
            ("language", "language"),
            ("default_currency", "default_currency"),
        )
        if name in request.POST
    }
    kind = file.content_type or ""
    return replace(push, file_name=file.name or "", content_type=kind, **wanted), _chunks(file)


def _json_text(body: str, status: int) -> HttpResponse:
    return HttpResponse(body, status=status, content_type="application/json")


def _chunks(file: UploadedFile[bytes]) -> Iterator[bytes]:
    yield from file.chunks()


def _check_size(request: HttpRequest) -> None:
    stated = request.META.get("CONTENT_LENGTH") or "0"
    if stated.isdigit() and int(stated) > limit("INLINE_BYTES") + (1 << 16):
        most = f"{limit('INLINE_BYTES') >> 20} MiB"
        raise Refused(413, "DATA_TOO_LARGE", f"A push has at most {most}.")


def _request_digest(request: HttpRequest) -> str:
    found = hashlib.sha256(request.get_full_path().encode() + b"\n")
    found.update(request.body)
    return found.hexdigest()


def _feed(request: HttpRequest, public_id: str) -> Feed:
    key = Feed.id_of(public_id)
    mine = Feed.objects.filter(supplier=_supplier(request), pk=key) if key else Feed.objects.none()
    feed = mine.select_related("supplier").first()
    if feed is None:
        raise Refused(404, "feed_unknown", "There is no such feed.")
    return feed


def _supplier(request: HttpRequest) -> Supplier:
    found: Supplier = request.auth  # type: ignore[attr-defined]
    return found


def _refusal(error: SupplierError) -> Refused:
    return Refused(STATUSES.get(error.code, 422), error.code, str(error))


def _tongue() -> str:
    spoken = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}
    return spoken.get((get_language() or "en").lower(), "en")


def _download(name: str, kind: str, parts: Iterable[str]) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(parts, content_type=f"{kind}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
