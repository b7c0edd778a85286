"""What every template knows."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import get_language

from core.web.languages import BCP47, SHORT


def site(request: HttpRequest) -> dict[str, object]:
    """Return the request's id, the page's BCP-47 language and the languages to switch to."""
    return {
        "request_id": request.META.get("haitao.request_id", ""),
        "page_language": BCP47.get(get_language() or "", "en"),
        "page_languages": [(code, BCP47[code], name) for code, name in SHORT.items()],
    }
