"""Which texts no page can use, and which exceptions only bad input raises."""

from __future__ import annotations

import json.decoder
import re
from decimal import DecimalException
from types import TracebackType

from django.core.exceptions import ValidationError
from django.db import DataError
from django.http import HttpRequest, QueryDict
from django.http.request import UnreadablePostError

from core.shared.money import MoneyError

UNUSABLE = re.compile("[\x00\ud800-\udfff]")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
INPUT_ERRORS = (
    DataError,
    OverflowError,
    UnicodeError,
    DecimalException,
    MoneyError,
    ValidationError,
    UnreadablePostError,
)


def is_unusable(text: str) -> bool:
    """Say whether ``text`` holds a NUL or half a surrogate pair, which no database stores."""
    return UNUSABLE.search(text) is not None


def unusable_text(request: HttpRequest) -> bool:
    """Say whether path, query, cookies or form hold text that no database stores."""
    if is_unusable(request.path_info) or _unusable_query(request.GET):
        return True
    if any(is_unusable(value) for value in request.COOKIES.values()):
        return True
    if request.content_type not in FORMS or request.path.startswith("/api/"):
        return False
    return _unusable_query(request.POST)


def carries_input(request: HttpRequest) -> bool:
    """Say whether a request has anything that its sender chose beside a fixed address."""
    match = request.resolver_match
    has_body = request.META.get("CONTENT_LENGTH") not in (None, "", "0")
    return bool(has_body or request.META.get("QUERY_STRING") or (match and match.kwargs))


def is_input_error(exception: BaseException) -> bool:
    """Say whether ``exception`` is of a kind that input alone causes.

    A RecursionError counts only when it was raised while reading JSON, a ValueError only when a
    database refused a NUL.
    """
    if isinstance(exception, INPUT_ERRORS):
        return True
    if isinstance(exception, RecursionError):
        return _raised_in(exception.__traceback__, json.decoder.__file__)
    return isinstance(exception, ValueError) and "NUL" in str(exception)


def _unusable_query(values: QueryDict) -> bool:
    return any(is_unusable(key) or any(map(is_unusable, values.getlist(key))) for key in values)


def _raised_in(trace: TracebackType | None, file: str) -> bool:
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            return True
        trace = trace.tb_next
    return False
