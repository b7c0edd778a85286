"""What every template knows."""

from __future__ import annotations

from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """Return the request's id for error messages."""
    return {"request_id": request.META.get("haitao.request_id", "")}
