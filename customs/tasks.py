"""The job that stores what an upgraded or newly enabled plug-in brings."""

from __future__ import annotations

import logging
from datetime import timedelta

from core.jobs import JobContext, handler, schedule
from core.shared.text import Text
from customs.services import load_rules

log = logging.getLogger(__name__)

schedule("customs.load", "customs.load", every=timedelta(hours=1))


@handler("customs.load")
def load(job: JobContext) -> None:
    """Load the rules of all plug-ins that are on; nothing is written when nothing changed."""
    reports = load_rules()
    failed = [report.plugin for report in reports if report.problem]
    added = sum(report.added for report in reports)
    if failed:
        names = ", ".join(failed)
        job.progress(message=Text(f"Not loaded: {names}", f"未加载：{names}", f"未載入：{names}"))
        return
    job.progress(message=Text(f"{added} added", f"新增 {added}", f"新增 {added}"))
