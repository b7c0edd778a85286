"""What every request passes."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.shared.ids import new_token

Handler = Callable[[HttpRequest], HttpResponse]


class RequestId:
    """Gives every request an id, shown on error pages and in the ``X-Request-ID`` header."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META["haitao.request_id"] = request_id = new_token(96)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class InputErrors:
    """Turns what bad input can raise deep inside into a 400 with a sentence."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
