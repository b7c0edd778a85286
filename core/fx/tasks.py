"""Jobs: one that recurs and asks each source at its own pace, one for each source."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

from core.fx.errors import RateRefused
from core.fx.models import RateSeries, SourceState
from core.fx.services import backfill, fetch
from core.fx.types import StoreReport
from core.jobs import JobContext, enqueue, handler, schedule
from core.kernel import incidents, providers
from core.kernel.errors import ProviderFailed, ProviderMissing
from core.kernel.provided import Provided
from core.pluginapi import FxSource
from core.shared.clock import now, today
from core.shared.text import Text

EVERY = timedelta(hours=6)
"""How often a source is asked that does not say ``every`` itself."""

SHORTEST = timedelta(minutes=15)
FIRST_DAYS = timedelta(days=62)
"""What is filled in when a source is new: customs asks for days of the month before."""

JITTER = 0.1
"""Each wait is up to a tenth longer, so that sources are not asked all at once."""

schedule("fx.refresh", "fx.refresh", every=SHORTEST, jitter=timedelta(minutes=2))


@handler("fx.refresh")
def refresh(job: JobContext) -> None:
    """Enqueue a fetch of each source that is due; one that is under way is not doubled."""
    due = dict(SourceState.objects.values_list("source", "next_at"))
    for source in providers.fx_sources(None):
        at = due.get(source.key)
        if at is None or at <= now():
            _plan(source)
            enqueue("fx.fetch", {"source": source.key}, key=f"fx.fetch:{source.key}")


def pace(source: FxSource) -> timedelta:
    """Return how often a source wants to be asked: its ``every``, where it has one."""
    every = getattr(source, "every", EVERY)
    return max(every, SHORTEST) if isinstance(every, timedelta) else EVERY


def _plan(source: Provided[FxSource]) -> None:
    wait = pace(source.object) * (1 + JITTER * random.random())  # noqa: S311
    SourceState.objects.update_or_create(source=source.key, defaults={"next_at": now() + wait})


@handler("fx.fetch", lease=timedelta(minutes=5))
def fetch_source(job: JobContext) -> None:
    """Fetch and store one source, and of a new one the days before in a job of their own.

    A source that does not answer is tried again soon. Rubbish is an incident, and the next
    schedule asks again.
    """
    source: str = job.payload["source"]
    known = RateSeries.objects.filter(source=source).exists()
    if _told(job, lambda: fetch(source)) and not known:
        enqueue("fx.backfill", {"source": source}, key=f"fx.backfill:{source}")


@handler("fx.backfill", lease=timedelta(minutes=15))
def fill_source(job: JobContext) -> None:
    """Store the last two months of a source that is new."""
    _told(job, lambda: backfill(job.payload["source"], today() - FIRST_DAYS))


def _told(job: JobContext, work: Callable[[], StoreReport]) -> bool:
    """Do the work and tell what came; False when the source is off or answered rubbish."""
    source: str = job.payload["source"]
    try:
        report = work()
    except ProviderMissing:
        return False
    except ProviderFailed as error:
        if not error.permanent:
            raise
        _refused(job, error.plugin, str(error))
        return False
    except RateRefused as error:
        plugin = next((one.plugin for one in providers.fx_sources(None) if one.key == source), "")
        _refused(job, plugin or source, f"{error.path}: {error}")
        return False
    job.progress(
        message=Text(
            f"{report.added} added, {report.unchanged} unchanged, {report.held} held",
            f"新增 {report.added}，未变 {report.unchanged}，暂存 {report.held}",
            f"新增 {report.added}，未變 {report.unchanged}，暫存 {report.held}",
        )
    )
    return True


def _refused(job: JobContext, plugin: str, reason: str) -> None:
    incidents.report(plugin, "fx_sources.fetch_rates", "refused", reason)
    job.progress(message=Text(f"Refused: {reason}", f"已拒绝：{reason}", f"已拒絕：{reason}"))
