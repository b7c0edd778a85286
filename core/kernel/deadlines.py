"""Gives every call through ``requests`` a deadline, for plug-ins that forget theirs."""

from __future__ import annotations

import functools
from typing import Any

import requests

SECONDS = 15.0
_MARK = "haitao_deadline"


def install() -> None:
    """Let ``requests`` wait at most fifteen seconds where the caller says nothing."""
    send = requests.Session.send
    if getattr(send, _MARK, False):
        return

    @functools.wraps(send)
    def with_deadline(self: requests.Session, request: Any, **options: Any) -> Any:
        if options.get("timeout") is None:
            options["timeout"] = SECONDS
        return send(self, request, **options)

    setattr(with_deadline, _MARK, True)
    requests.Session.send = with_deadline  # type: ignore[method-assign]
