"""Problems (RFC 9457): the one shape of every error of the API, and the reading of bodies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NoReturn

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language
from ninja import Field, NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from core.web.errors import FAULTS, Fault, problem_body
from core.web.input import is_unusable
from core.web.languages import spoken

MAX_BODY = 1 << 20
MAX_DEPTH = 32


class FieldProblem(Schema):
    """One thing that is wrong: where, a stable code, a sentence."""

    path: str
    code: str
    message: str


class Problem(Schema):
    """An error. ``code`` is stable; ``request_id`` is in our logs."""

    type: str = Field(examples=["urn:haitao:problem:not_found"])
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    errors: list[FieldProblem] = Field(default=[])


COMMON: dict[int, type[Schema]] = {400: Problem, 404: Problem, 422: Problem, 500: Problem}
"""What any route may answer beside its own."""


class Refused(Exception):
    """A request that is answered by a problem. Raised by routes."""

    def __init__(
        self, status: int, code: str, detail: str, *, path: str = "", title: str = ""
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.path, self.title = (
            status,
            code,
            detail,
            path,
            title,
        )


def problem(
    request: HttpRequest, fault: Fault, errors: list[dict[str, str]] | None = None
) -> HttpResponse:
    """Return ``fault`` as problem+json."""
    body = problem_body(request, fault, errors=errors or [])
    return JsonResponse(body, status=fault.status, content_type="application/problem+json")


def phrase(status: int) -> str:
    """Return the standard title of a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def refuse(error: Any, *, status: int) -> NoReturn:
    """Raise Refused for a room's error: its code, its sentence in the reader's language, its path.

    The error has ``code`` and ``text`` (Text), and ``path``.
    """
    detail = spoken(error.text, get_language() or "en")
    raise Refused(status, error.code, detail, path=getattr(error, "path", "")) from None


class StrictParser(Parser):
    """Reads JSON that means one thing: no duplicate keys, NaN, NUL, lone surrogates, deep nests."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Return the body. Raises Refused with what is wrong with it."""
        if len(request.body) > MAX_BODY:
            raise Refused(413, "body_too_large", "A body has at most 1 MiB.")
        try:
            parsed = json.loads(
                request.body.decode("utf-8"),
                object_pairs_hook=_unique,
                parse_constant=_no_constant,
            )
        except Refused:
            raise
        except (ValueError, RecursionError):
            raise Refused(400, "body_unreadable", "The body is not JSON in UTF-8.") from None
        _check_texts(parsed, depth=0)
        body: dict[str, Any] = parsed
        return body


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused(400, "duplicate_key", "A key is given twice.")
    return found


def _no_constant(name: str) -> NoReturn:
    raise Refused(400, "number_invalid", f"{name} is not a number here.")


def _check_texts(value: object, *, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Refused(400, "too_deep", f"At most {MAX_DEPTH} levels are read.")
    if isinstance(value, str):
        if is_unusable(value):
            raise Refused(400, "text_unusable", "A text holds a NUL or half a character.")
    elif isinstance(value, dict):
        for key, part in value.items():
            _check_texts(key, depth=depth)
            _check_texts(part, depth=depth + 1)
    elif isinstance(value, list):
        for part in value:
            _check_texts(part, depth=depth + 1)


def install(api: NinjaAPI) -> None:
    """Make every error of ``api`` a problem. What nobody expected is left to Django's 500."""
    api.add_exception_handler(Refused, _refused)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, _http)
    api.add_exception_handler(Http404, lambda request, _error: problem(request, FAULTS[404]))
    api.add_exception_handler(Exception, _unexpected)


def _refused(request: HttpRequest, error: Refused | type[Refused]) -> HttpResponse:
    assert isinstance(error, Refused)  # noqa: S101 - ninja hands over instances
    title = error.title or phrase(error.status)
    fault = Fault(error.status, error.code, title, error.detail)
    paths = [{"path": error.path, "code": error.code, "message": error.detail}]
    response = problem(request, fault, paths if error.path else None)
    if error.status == HTTPStatus.TOO_MANY_REQUESTS:
        response["Retry-After"] = "60"
    return response


def _invalid(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    assert isinstance(error, ValidationError)  # noqa: S101
    errors = [_field(one) for one in error.errors[:50]]
    fault = Fault(422, "invalid_input", phrase(422), "Something in the request is not valid.")
    return problem(request, fault, errors)


def _field(error: Mapping[str, Any]) -> dict[str, str]:
    place = [str(part) for part in error.get("loc", ())]
    return {
        "path": ".".join(place) or "body",
        "code": str(error.get("type", "invalid")),
        "message": str(error.get("msg", "invalid"))[:300],
    }


def _http(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    assert isinstance(error, HttpError)  # noqa: S101
    if isinstance(error.__cause__, Refused):  # ninja wraps what the parser raises
        return _refused(request, error.__cause__)
    codes = {400: "bad_request", 401: "unauthorized", 403: "forbidden", 429: "too_many_requests"}
    code = codes.get(error.status_code, "refused")
    return problem(
        request, Fault(error.status_code, code, phrase(error.status_code), str(error)[:300])
    )


def _unexpected(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    assert isinstance(error, Exception)  # noqa: S101
    raise error
