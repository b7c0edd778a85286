"""What every request passes."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core.buyers.current import signed_in
from core.shared.ids import new_token
from core.web.errors import FAULTS, fault_response
from core.web.input import carries_input, is_input_error, unusable_text

Handler = Callable[[HttpRequest], HttpResponse]

log = logging.getLogger(__name__)


class RequestId:
    """Gives every request an id, shown on error pages and in the ``X-Request-ID`` header."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META["haitao.request_id"] = request_id = new_token(96)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class CurrentBuyer:
    """Says who is signed in, for plug-ins that ask ``ctx.verbs.current_buyer()``."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self.get_response(request)
        with signed_in(request.user):
            return self.get_response(request)


class InputErrors:
    """Turns what bad input can raise deep inside into a 400 with a sentence.

    Only errors that input alone can cause, and only where the request carries some; each is
    logged with its trace. Everything else stays a 500.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if unusable_text(request):
            return fault_response(request, FAULTS[400])
        response = self.get_response(request)
        if response.status_code == 405 and not _is_page(response):
            return _with_body(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 400 for an error of the input's, else leave it to Django."""
        if not is_input_error(exception) or not carries_input(request):
            return None
        log.warning("input refused at %s", request.path, exc_info=exception)
        return fault_response(request, FAULTS[400])


def _is_page(response: HttpResponse) -> bool:
    """Whether a 405 already says more than its status: ninja's and Django's are bare."""
    return b"error-page" in response.content or "problem" in response["Content-Type"]


def _with_body(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    page = fault_response(request, FAULTS[405])
    page["Allow"] = response["Allow"]
    return page
