"""Error pages, and problem+json for machines: what went wrong, what cures it, the request's id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PROBLEM_TYPE = "urn:haitao:problem:"

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Fault:
    """What an error page says. ``code`` is stable and machine-readable."""

    status: int
    code: str
    title: Words
    detail: Words


FAULTS: dict[int, Fault] = {
    fault.status: fault
    for fault in (
        Fault(
            400,
            "bad_request",
            _("This request cannot be read"),
            _("Something in the address or the form is not valid. Check it and try again."),
        ),
        Fault(
            403,
            "forbidden",
            _("This is not open to you"),
            _("Sign in with an account that may see it, or go back to the shop."),
        ),
        Fault(
            404,
            "not_found",
            _("Nothing is here"),
            _("The page was moved, or the address is mistyped."),
        ),
        Fault(
            405,
            "method_not_allowed",
            _("That cannot be done here"),
            _("The address does not take this kind of request."),
        ),
        Fault(
            429,
            "too_many_requests",
            _("Too many attempts"),
            _("Wait a few minutes, then try again."),
        ),
        Fault(
            500,
            "internal_error",
            _("Something broke on our side"),
            _("It was recorded. Try again; if it stays, tell us the request id below."),
        ),
        Fault(
            503,
            "unavailable",
            _("Not available just now"),
            _("A part of the site is busy or being restarted. Try again in a minute."),
        ),
    )
}


def wants_json(request: HttpRequest) -> bool:
    """Say whether a machine is asking: every address of the API."""
    return request.path.startswith("/api/")


def problem_body(request: HttpRequest, fault: Fault, **extra: Any) -> dict[str, Any]:
    """Return the members of RFC 9457 with our ``code`` and ``request_id``."""
    return {
        "type": PROBLEM_TYPE + fault.code,
        "title": str(fault.title),
        "status": fault.status,
        "code": fault.code,
        "detail": str(fault.detail),
        "request_id": request.META.get("haitao.request_id", ""),
        **extra,
    }


def fault_response(request: HttpRequest, fault: Fault) -> HttpResponse:
    """Answer with ``fault``: a page for people, problem+json under ``/api/``."""
    if wants_json(request):
        body = problem_body(request, fault)
        return JsonResponse(body, status=fault.status, content_type="application/problem+json")
    return render(request, "errors/error.html", {"error": fault}, status=fault.status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400."""
    return fault_response(request, FAULTS[400])


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403."""
    return fault_response(request, FAULTS[403])


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404."""
    return fault_response(request, FAULTS[404])


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 with the request's id and nothing of the exception.

    Falls back to bare text when even the page cannot be drawn.
    """
    try:
        return fault_response(request, FAULTS[500])
    except Exception:
        identifier = request.META.get("haitao.request_id", "")
        return HttpResponse(
            f"500 internal error, request id {identifier}\n", status=500, content_type="text/plain"
        )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 for a form that was sent from an old page or another site."""
    fault = Fault(
        403,
        "csrf",
        _("This form is too old"),
        _("Go back, load the page again and send the form once more. Cookies must be allowed."),
    )
    return fault_response(request, fault)
