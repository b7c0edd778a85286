"""Work that recurs: rooms' schedules and those of plug-ins, once per channel where they are on."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from core.jobs.context import JobContext
from core.jobs.models import ScheduleState
from core.jobs.registry import Recurrence, handler, recurrences
from core.jobs.services import enqueue
from core.kernel import providers, running
from core.kernel.errors import ProviderMissing
from core.shared.clock import now

PLUGIN = "jobs.plugin_schedule"
SHORTEST = timedelta(seconds=1)


def tick() -> int:
    """Enqueue every schedule that is due, each once; return how many were."""
    wanted = {one.key: one for one in (*recurrences(), *_of_plugins())}
    known = dict(ScheduleState.objects.values_list("key", "next_at"))
    missing = [ScheduleState(key=key, next_at=now()) for key in wanted if key not in known]
    ScheduleState.objects.bulk_create(missing, ignore_conflicts=True)
    known |= {row.key: row.next_at for row in missing}
    return sum(_tick_one(one, known[key]) for key, one in wanted.items() if known[key] <= now())


@transaction.atomic
def _tick_one(one: Recurrence, due: datetime) -> int:
    row = ScheduleState.objects.filter(key=one.key, next_at=due)
    if not row.update(next_at=next_after(due, one.every), last_at=now()):
        return 0
    wait = one.jitter * random.random()  # noqa: S311
    enqueue(
        one.kind,
        one.payload,
        key=f"schedule:{one.key}",
        run_after=now() + wait,
        channel=one.channel,
    )
    return 1


def next_after(due: datetime, every: timedelta) -> datetime:
    """Return the first tick after now that keeps the schedule's phase; missed ones are skipped."""
    missed = max(0, (now() - due) // every)
    return due + every * (missed + 1)


def _of_plugins() -> Iterator[Recurrence]:
    for provided in providers.schedules():
        for channel in running.schedule_channels(provided.plugin):
            where = channel.key if channel else ""
            yield Recurrence(
                key=f"plugin:{provided.plugin}:{provided.key}:{where}",
                kind=PLUGIN,
                every=max(provided.object.every, SHORTEST),
                payload={"plugin": provided.plugin, "key": provided.key, "channel": where},
                channel=where,
                jitter=max(provided.object.jitter, timedelta(0)),
            )


@handler(PLUGIN, lease=timedelta(minutes=5))
def run_plugin_schedule(job: JobContext) -> None:
    """Run one schedule of a plug-in in one channel, or nothing when it was switched off since."""
    plugin, key, where = (job.payload[name] for name in ("plugin", "key", "channel"))
    for channel in running.schedule_channels(plugin):
        if (channel.key if channel else "") == where:
            try:
                providers.run_schedule(plugin, key, channel)
            except ProviderMissing:
                return
