"""``/healthz``: what a load balancer and a supervisor ask."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.jobs.models import Job
from core.shared.clock import now

log = logging.getLogger(__name__)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database and cache work, else 503; both name each part.

    ``jobs_backlog_seconds`` is the age of the oldest job that is due and not running.
    """
    parts: dict[str, object] = {
        "database": _works(_database),
        "cache": _works(_cache),
    }
    healthy = all(parts.values())
    if parts["database"]:
        parts["jobs_backlog_seconds"] = _backlog()
    body = {"status": "ok" if healthy else "failed", **parts}
    return JsonResponse(body, status=200 if healthy else 503)


def _works(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:
        log.exception("health check failed")
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _cache() -> bool:
    cache.set("healthz", "ok", 60)
    return bool(cache.get("healthz") == "ok")


def _backlog() -> int:
    moment = now()
    waiting = Job.objects.filter(state=Job.State.QUEUED, run_after__lte=moment)
    oldest = waiting.order_by("run_after").values_list("run_after", flat=True).first()
    return int((moment - oldest).total_seconds()) if oldest else 0
