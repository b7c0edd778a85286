"""What workers run for suppliers; imported by the app's ``ready``."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from core.jobs import Event, JobContext, LeaseLost, enqueue, handler, subscribe
from core.kernel import hooks
from core.pluginapi import FeedRunView, SupplierRef
from suppliers.apply import gate
from suppliers.apply.confirm import run_confirm
from suppliers.apply.run import FeedRun
from suppliers.apply.setting import channels_of
from suppliers.limits import limit
from suppliers.models import Feed
from suppliers.publish import PUBLISH, run_publish

ATTEMPTS = 5
LEASE = timedelta(seconds=limit("LEASE_SECONDS"))


@handler(gate.INTAKE, max_attempts=ATTEMPTS, lease=LEASE)
def intake(job: JobContext) -> None:
    """Read and apply one feed. What fails on our side is tried again, then told as ours."""
    feed = Feed.objects.select_related("supplier").filter(pk=job.payload["feed"]).first()
    if feed is None or not feed.is_running:
        return
    try:
        FeedRun(feed, job).go()
    except LeaseLost:
        raise
    except Exception:
        if job.attempt >= ATTEMPTS:
            with transaction.atomic():
                gate.abandon(feed)
                gate.release(feed)
        raise


@handler("feeds.confirm", max_attempts=ATTEMPTS, lease=LEASE)
def confirm(job: JobContext) -> None:
    """Take down what a confirmed feed no longer names."""
    run_confirm(job)


@handler(PUBLISH, max_attempts=ATTEMPTS, lease=LEASE)
def publish(job: JobContext) -> None:
    """Carry changed offers into one channel."""
    run_publish(job)


@handler("feeds.tell_plugin", max_attempts=ATTEMPTS, atomic=True)
def tell_plugin(job: JobContext) -> None:
    """Tell one plug-in that a feed ended; each has its own retries."""
    feed = Feed.objects.select_related("supplier").filter(pk=job.payload["feed"]).first()
    if feed is None:
        return
    channels = {channel.key: channel for channel in channels_of(feed)}
    channel = channels.get(job.payload["channel"])
    hooks.deliver("on_feed_finished", job.payload["plugin"], channel, run=_view(feed))


def on_finished(event: Event) -> None:
    """Give every plug-in that listens a job of its own."""
    feed = Feed.objects.select_related("supplier").filter(pk=event.payload["feed"]).first()
    if feed is None:
        return
    told: set[str] = set()
    for channel in (None, *channels_of(feed)):
        for plugin in hooks.implementers("on_feed_finished", channel):
            if plugin in told:
                continue
            told.add(plugin)
            name = channel.key if channel else ""
            payload = {"feed": str(feed.pk), "plugin": plugin, "channel": name}
            enqueue("feeds.tell_plugin", payload, key=f"{event.id}:{plugin}")


def _view(feed: Feed) -> FeedRunView:
    counts = {key: value for key, value in feed.summary.items() if isinstance(value, int)}
    return FeedRunView(
        id=UUID(str(feed.pk)),
        supplier=SupplierRef(feed.supplier_id),
        scope=feed.scope,
        status=feed.status,
        summary=counts,
        finished_at=feed.finished_at or feed.received_at,
    )


subscribe("feed.finished", on_finished, name="suppliers.plugins")
