"""A plug-in's own life: settings, activation, schedules, health."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.pluginapi.context import Context
from core.pluginapi.markers import Combine, OnError, Policy, Where, hookspec
from core.pluginapi.settings import PluginSettings
from core.pluginapi.types.kernel import ConnectionReport, Health, Schedule, Setup
from core.shared.text import Text

_BOOT = Policy(Combine.COLLECT, OnError.REFUSE, Where.BOOT)
_OWN_BOOT = Policy(Combine.ROUTE, OnError.REFUSE, Where.BOOT)
_OWN_TASK = Policy(Combine.ROUTE, OnError.SKIP, Where.TASK, budget_ms=15_000, db=True)


@hookspec(_OWN_BOOT)
def register_settings(setup: Setup) -> type[PluginSettings] | None:
    """Hand over the class of the plug-in's settings.

    Called once, when the plug-in is loaded. Not called when a setting changes.
    A good answer has a label for every field, ``Secret`` for what must not be seen, and defaults
    that work.

    Example::

        @hookimpl
        def register_settings(setup: Setup) -> type[PluginSettings]:
            return Settings
    """


@hookspec(_OWN_TASK)
def activated(ctx: Context) -> None:
    """Prepare for work in a channel.

    Called when an operator switches the plug-in on, inside the same transaction. Not called when
    a process starts. An error leaves the plug-in off.

    Example::

        @hookimpl
        def activated(ctx: Context) -> None:
            ctx.log.info("ready", channel=ctx.channel.key if ctx.channel else "")
    """


@hookspec(_OWN_TASK)
def deactivated(ctx: Context) -> None:
    """Clean up after work in a channel.

    Called when an operator switches the plug-in off, inside the same transaction. Not called when
    a process stops, nor when the plug-in was paused after failures. An error is recorded; the
    plug-in is off all the same.

    Example::

        @hookimpl
        def deactivated(ctx: Context) -> None:
            ctx.cache.set("token", None, 1)
    """


@hookspec(_OWN_BOOT)
def migrate_settings(stored: Mapping[str, object], from_version: int) -> Mapping[str, object]:
    """Translate settings that an older version of the plug-in stored.

    Called when the stored version is lower than the class's ``VERSION``. Not called for new
    activations. A good answer validates against the class; it is stored with the new version.

    Example::

        @hookimpl
        def migrate_settings(stored: Mapping[str, object], from_version: int) -> Mapping[str, object]:
            return {"base_url": stored["url"]} if from_version < 2 else stored
    """
    return stored


@hookspec(_OWN_TASK)
def test_connection(ctx: Context) -> ConnectionReport:
    """Try the partner's service with the settings as they are.

    Called by the "Test connection" button and by ``plugins doctor``. Never called in a buyer's
    request. A good answer says what was reached, or what to change.

    Example::

        @hookimpl
        def test_connection(ctx: Context) -> ConnectionReport:
            reply = ctx.http.get(ctx.settings.base_url)
            return ConnectionReport(reply.status == 200, Text(f"HTTP {reply.status}"))
    """
    return ConnectionReport(False, Text("This plug-in has no connection to test"))


@hookspec(_BOOT)
def register_schedules(setup: Setup) -> Iterable[Schedule]:
    """Hand over work that recurs.

    Called once, when the plug-in is loaded. Each schedule then runs in a job for every channel
    (or once for the platform) in which the plug-in is on; never at the same time twice.

    Example::

        @hookimpl
        def register_schedules(setup: Setup) -> Iterable[Schedule]:
            return [Schedule("daily", Text("Daily rates"), timedelta(hours=6), fetch)]
    """
    return ()


@hookspec(Policy(Combine.COLLECT, OnError.SKIP, Where.TASK, budget_ms=2_000))
def add_health(ctx: Context) -> Iterable[Health]:
    """Report how the plug-in is.

    Called for the health page and ``plugins doctor``. Not called in a buyer's request. A good
    answer has one line for each thing that can be wrong, each with a cure.

    Example::

        @hookimpl
        def add_health(ctx: Context) -> Iterable[Health]:
            return [Health("configured", HealthState.OK, Text("Settings are complete"))]
    """
    return ()
