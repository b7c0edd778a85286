"""Jobs: one that recurs and asks every active source, one for each source."""

from __future__ import annotations

import logging
from datetime import timedelta

from core.fx.errors import RateRefused
from core.fx.services import fetch
from core.jobs import JobContext, enqueue, handler, schedule
from core.kernel import providers
from core.shared.text import Text

log = logging.getLogger(__name__)

EVERY = timedelta(hours=6)

schedule("fx.refresh", "fx.refresh", every=EVERY, jitter=timedelta(minutes=5))


@handler("fx.refresh")
def refresh(job: JobContext) -> None:
    """Enqueue a fetch of each source that is switched on; one that is under way is not doubled."""
    for source in providers.fx_sources(None):
        enqueue("fx.fetch", {"source": source.key}, key=f"fx.fetch:{source.key}")


@handler("fx.fetch", lease=timedelta(minutes=5))
def fetch_source(job: JobContext) -> None:
    """Fetch and store one source. Rubbish is not asked for again: the next schedule is soon."""
    try:
        report = fetch(job.payload["source"])
    except RateRefused as error:
        log.error("rates of %s refused at %s: %s", job.payload["source"], error.path, error)
        job.progress(message=Text(f"Refused: {error}", f"已拒绝：{error}", f"已拒絕：{error}"))
        return
    job.progress(
        message=Text(
            f"{report.added} added, {report.unchanged} unchanged, {report.held} held",
            f"新增 {report.added}，未变 {report.unchanged}，暂存 {report.held}",
            f"新增 {report.added}，未變 {report.unchanged}，暫存 {report.held}",
        )
    )
