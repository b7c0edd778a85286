"""The gate before Django: refuses what no page could answer well."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from core.shared.ids import new_token

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


def guarded(application: Application) -> Application:
    """Return ``application`` behind the gate.

    Refuses methods that nobody serves (405), requests without one host (400), and chunked bodies
    (411): WSGI would hand them on as empty, and beside a Content-Length they are how requests are
    smuggled past a proxy.
    """

    def gate(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        refusal = _refusal(environ)
        if refusal is None:
            return application(environ, start_response)
        return _answer(start_response, *refusal)

    return gate


def _refusal(environ: Environ) -> tuple[HTTPStatus, str] | None:
    if environ["REQUEST_METHOD"] not in METHODS:
        return HTTPStatus.METHOD_NOT_ALLOWED, "The method is not known here."
    host = environ.get("HTTP_HOST", "")
    if not host or "," in host:
        return HTTPStatus.BAD_REQUEST, "A request names one host."
    if environ.get("HTTP_TRANSFER_ENCODING"):
        return HTTPStatus.LENGTH_REQUIRED, "Send the body whole, with its Content-Length."
    return None


def _answer(
    start_response: Callable[..., Any], status: HTTPStatus, sentence: str
) -> Iterable[bytes]:
    identifier = new_token(96)
    body = f"{status.value} {status.phrase}: {sentence} Request id {identifier}\n".encode()
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("X-Request-ID", identifier),
        ("Connection", "close"),
    ]
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers.append(("Allow", ", ".join(sorted(METHODS))))
    start_response(f"{status.value} {status.phrase}", headers)
    return [body]
