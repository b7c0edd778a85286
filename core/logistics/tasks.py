"""Work in the background: telling plug-ins of events, and asking carriers for news."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from core.jobs import Event, JobContext, enqueue, handler, schedule, subscribe
from core.kernel import hooks
from core.kernel.models import Channel
from core.logistics import polling, queries
from core.logistics.intake import EVENT
from core.logistics.models import Parcel
from core.pluginapi import ChannelRef

TELL = "logistics.tell_plugin"
POLL = "logistics.poll"
HOOK = "on_parcel_event"


def on_event(event: Event) -> None:
    """Give each plug-in that listens a job of its own, so that each is retried alone."""
    for plugin in hooks.implementers(HOOK, _channel(event.channel)):
        payload = {"plugin": plugin, "channel": event.channel, **event.payload}
        enqueue(TELL, payload, key=f"{event.id}:{plugin}", channel=event.channel)


@handler(TELL)
def tell_plugin(job: JobContext) -> None:
    """Tell one plug-in of one event. Nothing happens when parcel or event are gone."""
    parcel = Parcel.objects.filter(pk=UUID(job.payload["parcel"])).first()
    event = queries.event_value(UUID(job.payload["event"]))
    if parcel is None or event is None:
        return
    channel = _channel(job.payload["channel"])
    view = queries.view_of(parcel)
    hooks.deliver(HOOK, job.payload["plugin"], channel, parcel=view, event=event)


@handler(POLL)
def poll(job: JobContext) -> None:
    """Ask carriers for news of the parcels that are due, a bounded number at a time."""
    polling.poll_due()


def _channel(key: str) -> ChannelRef | None:
    row = Channel.objects.filter(key=key).first() if key else None
    return row.ref if row else None


subscribe(EVENT, on_event, name="logistics.plugins")
schedule(POLL, POLL, every=timedelta(minutes=1))
