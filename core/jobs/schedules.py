"""Work that recurs: rooms' schedules and those of plug-ins, once per active channel."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.db import transaction

from core.jobs.models import ScheduleState
from core.jobs.registry import Recurrence, recurrences
from core.jobs.services import enqueue
from core.shared.clock import now


def tick() -> int:
    """Enqueue every schedule that is due, each once; return how many were."""
    wanted = {one.key: one for one in recurrences()}
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
