"""What each web request and each process does for the plug-ins that it will call."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.signals import request_finished, request_started

from core.kernel.calls import begin_request, end_request
from core.kernel.surroundings import watch_arithmetic

SECONDS = 2.0


def install() -> None:
    """Watch this thread's decimal context, and give every request its time for plug-ins."""
    watch_arithmetic()
    request_started.connect(_begin, dispatch_uid="kernel.request")
    request_finished.connect(_end, dispatch_uid="kernel.request")


def _begin(**_: Any) -> None:
    watch_arithmetic()
    begin_request(getattr(settings, "HAITAO_PLUGIN_SECONDS", SECONDS))


def _end(**_: Any) -> None:
    end_request()
