"""One feed at a time in a scope, and never an older one after a newer."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from core.jobs import enqueue
from core.jobs.models import Job
from core.shared.clock import now
from suppliers.apply.tally import Tally, issue_of
from suppliers.models import Feed, FeedScope

INTAKE = "feeds.intake"


def job_key(feed_id: UUID) -> str:
    """Return the key that keeps one live job a feed."""
    return f"feed:{feed_id.hex}"


def wake(feed: Feed) -> None:
    """Enqueue the work on a feed, in the caller's transaction."""
    job = enqueue(INTAKE, {"feed": str(feed.id)}, key=job_key(feed.id), again=True)
    Feed.objects.filter(pk=feed.pk).update(job=job.pk)
    feed.job = job.pk


def scope_of(feed: Feed) -> FeedScope:
    """Return the gate of a feed's scope, made when it is the scope's first feed."""
    gate, _ = FeedScope.objects.get_or_create(supplier_id=feed.supplier_id, scope=feed.scope)
    return gate


def claim(feed: Feed) -> bool:
    """Enter the scope if nobody is in it, or if whoever was in it is dead."""
    gate = scope_of(feed)
    gates = FeedScope.objects.filter(pk=gate.pk)
    if gates.filter(Q(running=None) | Q(running=feed)).update(running=feed):
        return True
    holder = Feed.objects.filter(pk=gate.running_id).first() if gate.running_id else None
    if holder is not None and not _is_dead(holder):
        return False
    if not gates.filter(running_id=gate.running_id).update(running=feed):
        return False
    if holder is not None and holder.is_running:
        abandon(holder)
    return True


def release(feed: Feed) -> None:
    """Leave the scope and let the next feed in: the newest full one, deltas in order."""
    gates = FeedScope.objects.filter(supplier_id=feed.supplier_id, scope=feed.scope)
    gates.filter(running=feed).update(running=None)
    waiting = list(
        Feed.objects.filter(
            supplier_id=feed.supplier_id,
            scope=feed.scope,
            status=Feed.Status.RECEIVED,
            dry_run=False,
        )
        .exclude(pk=feed.pk)
        .order_by("received_at", "id")
    )
    fulls = [one for one in waiting if one.type == Feed.Type.FULL]
    for stale in fulls[:-1]:
        supersede(stale)
    rest = [one for one in waiting if one not in fulls[:-1]]
    if rest:
        wake(rest[0])


def is_late(feed: Feed) -> bool:
    """Say whether a newer feed of the scope was already applied."""
    last = scope_of(feed).last_sequence
    return feed.sequence is not None and last is not None and feed.sequence <= last


def supersede(feed: Feed) -> None:
    """End a feed that a newer one overtook; nothing of it is applied."""
    tally = Tally()
    tally.add(issue_of("FEED_SUPERSEDED"))
    end(feed, Feed.Status.SUPERSEDED, tally)


def abandon(feed: Feed) -> None:
    """End a feed that we failed to apply; it is our fault and can be sent again."""
    tally = Tally()
    tally.add(issue_of("SYS_FAILED"))
    end(feed, Feed.Status.FAILED, tally, fault="platform")


def end(feed: Feed, status: str, tally: Tally, *, fault: str = "none") -> None:
    """Write the last state of a feed that was not applied."""
    from suppliers.apply.storing import store_issues

    moved = Feed.objects.filter(pk=feed.pk, status__in=Feed.RUNNING).update(
        status=status,
        fault=fault,
        summary=tally.summary(),
        by_code=tally.by_code(),
        finished_at=now(),
    )
    if moved:
        store_issues(feed, tally.take_issues(), None)


def _is_dead(holder: Feed) -> bool:
    if not holder.is_running:
        return True
    jobs = Job.objects.filter(pk=holder.job) if holder.job else Job.objects.none()
    job = jobs.values_list("state", flat=True).first()
    return job is None or job in Job.GIVEN_UP
