"""Takes down what a held feed no longer names, after somebody confirmed it."""

from __future__ import annotations

from core.jobs import JobContext, emit
from core.shared.clock import now
from suppliers.apply import vanish
from suppliers.apply.known import key_hash
from suppliers.intake.reading import open_feed, read_rows
from suppliers.intake.store import path_of, work_copy
from suppliers.models import Feed
from suppliers.normalise.draft import read_sku
from suppliers.publish import publish_later


def run_confirm(job: JobContext) -> None:
    """Apply the deletions of a held feed, in chunks. Raises PlatformFault to be tried again."""
    feed = Feed.objects.select_related("supplier").filter(pk=job.payload["feed"]).first()
    if feed is None or feed.status != Feed.Status.APPLYING:
        return
    seen = _seen(feed)
    job.heartbeat()
    vanished = vanish.find_vanished(feed, seen)
    done = int(job.cursor.get("done", 0))
    for archive, keys in ((False, vanished.gone_active), (True, vanished.gone_missing)):
        for batch in vanish.batches(keys):
            with job.chunk() as chunk:
                done += vanish.take_down(batch, feed, archive=archive)
                chunk.save(cursor={"done": done}, done=done)
    with job.chunk() as chunk:
        _close(feed, done)
        chunk.save(cursor={"done": done})


def _seen(feed: Feed) -> set[int]:
    work = work_copy(feed.stored_as)
    try:
        opened = open_feed(
            path_of(feed.stored_as),
            work=work,
            name=feed.file_name,
            content_type=feed.content_type,
            dialect=feed.dialect,
        )
        found = (read_sku(row) for row in read_rows(opened) if row.problem is None)
        return {key_hash(sku) for sku, problem in found if sku and problem is None}
    finally:
        work.unlink(missing_ok=True)


def _close(feed: Feed, done: int) -> None:
    faulty = feed.summary.get("rejected", 0) + feed.summary.get("duplicates", 0)
    feed.status = Feed.Status.DONE_WITH_ERRORS if faulty else Feed.Status.DONE
    feed.summary = {**feed.summary, "soft_deleted": done}
    feed.held = {**(feed.held or {}), "released_at": now().isoformat()}
    feed.save(update_fields=["status", "summary", "held"])
    publish_later(feed)
    emit("feed.finished", {"feed": str(feed.pk)}, subject=feed.public_id)
