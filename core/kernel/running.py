"""Schedules of plug-ins: what recurs where, and one guarded run of it."""

from __future__ import annotations

from core.kernel import guard, snapshot
from core.kernel.contexts import context_for
from core.kernel.errors import ProviderFailed, ProviderMissing
from core.kernel.guard import Turn
from core.kernel.provided import Provided
from core.kernel.registry import registry
from core.pluginapi import ChannelRef, Schedule

BUDGET = 60.0


def schedules() -> tuple[Provided[Schedule], ...]:
    """Return the recurring work of every loaded plug-in, by plug-in and key."""
    given = registry().provided.get("register_schedules", {})
    return tuple(given[name] for name in sorted(given))


def schedule_channels(plugin: str) -> tuple[ChannelRef | None, ...]:
    """Return where a plug-in's schedules run: the channels in which it is on, or the platform."""
    known = registry().plugins.get(plugin)
    if known is None:
        return ()
    now_on = snapshot.current()
    if known.platform:
        return (None,) if now_on.is_on(known, "") else ()
    return tuple(ref for key, ref in sorted(now_on.channels.items()) if now_on.is_on(known, key))


def run_schedule(plugin: str, key: str, channel: ChannelRef | None) -> None:
    """Run one schedule once; called by a job.

    Raises ProviderMissing when the plug-in is off or gone, ProviderFailed when the run failed.
    """
    provided = registry().provided.get("register_schedules", {}).get(f"{plugin}/{key}")
    if provided is None or channel not in schedule_channels(plugin):
        raise ProviderMissing(key, "is not switched on here", plugin=plugin)
    schedule: Schedule = provided.object
    turn = Turn(plugin, f"schedule {key}", channel.key if channel else "", BUDGET)
    context = context_for(registry().plugins[plugin], channel)
    failure = guard.asked(turn, lambda: schedule.run(context), savepoint=False)
    if isinstance(failure, guard.Failure):
        raise ProviderFailed(
            plugin, key, failure.reason, permanent=failure.permanent
        ) from failure.error
