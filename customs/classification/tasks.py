"""The job that looks at what is on sale and has no code yet."""

from __future__ import annotations

from datetime import timedelta

from core.jobs import JobContext, enqueue, handler, schedule
from core.shared.text import Text
from customs.classification import sweeping
from customs.classification.jurisdictions import destinations

CLASSIFY = "customs.classify"

schedule(CLASSIFY, CLASSIFY, every=timedelta(minutes=5))


@handler(CLASSIFY, lease=timedelta(minutes=5))
def classify(job: JobContext) -> None:
    """Suggest codes for items that are new, or of which title, stated code or plug-ins changed."""
    view = sweeping.glance()
    done = 0
    for jurisdiction, channels in destinations().items():
        for items in sweeping.batches(jurisdiction, channels, view):
            proposed = sweeping.ask(items)
            done += len(items)
            with job.chunk() as chunk:
                sweeping.store(jurisdiction, items, proposed, view)
                chunk.save(done=done)
    if done:
        job.progress(message=Text(f"{done} looked at", f"已检查 {done} 件", f"已檢查 {done} 件"))


def look_now() -> None:
    """Have the job run as soon as a worker is free, and once more when it is running already."""
    enqueue(CLASSIFY, key=f"schedule:{CLASSIFY}", again=True)
