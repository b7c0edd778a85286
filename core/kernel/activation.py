"""Switches plug-ins on and off, stores their settings and priorities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from pydantic import SecretStr

from core.accounts.services import record
from core.kernel import configuration, guard, snapshot
from core.kernel.configuration import Misconfigured
from core.kernel.contexts import fresh_context
from core.kernel.errors import ActivationRefused
from core.kernel.guard import Failure, Turn
from core.kernel.models import Activation, Channel, Secret
from core.kernel.registry import Plugin, registry
from core.shared.clock import now

LIFE_BUDGET = 15.0


def is_on(plugin: str, channel: Channel | None) -> bool:
    """Say whether a plug-in works in ``channel``, or with None for the platform."""
    known = registry().plugins.get(plugin)
    return known is not None and snapshot.current().is_on(known, channel.key if channel else "")


@transaction.atomic
def enable(plugin: str, channel: Channel | None = None, *, actor: str) -> None:
    """Switch a plug-in on. Its ``activated`` runs in the same transaction.

    Raises ActivationRefused with a sentence when it is broken, belongs elsewhere, lacks settings,
    lacks a plug-in that it requires, or failed in ``activated``; it is then off as before.
    """
    known = _usable(plugin, channel)
    _check_required(known, channel)
    _write(known, channel, enabled=True)
    _check_settings(known, channel)
    failure = _live(known, "activated", channel)
    if failure is not None:
        raise ActivationRefused(f"{plugin} could not be switched on: {failure.reason}")
    record(actor, "plugin.enabled", _subject(plugin, channel))


@transaction.atomic
def disable(plugin: str, channel: Channel | None = None, *, actor: str) -> tuple[str, ...]:
    """Switch a plug-in off, broken or gone ones too; returns who required it and stops as well.

    Raises ActivationRefused when it is not switched on at this level.
    """
    rows = Activation.objects.filter(plugin=plugin, channel=channel)
    if not rows.filter(enabled=True).exists():
        raise ActivationRefused(_not_on(plugin, channel))
    known = registry().plugins.get(plugin)
    if known is not None and known.loaded:
        _live(known, "deactivated", channel)
    rows.update(enabled=False, changed_at=now())
    snapshot.changed()
    record(actor, "plugin.disabled", _subject(plugin, channel))
    return dependants(plugin, channel)


def dependants(plugin: str, channel: Channel | None = None) -> tuple[str, ...]:
    """Return the plug-ins that are switched on here and require ``plugin``."""
    rows = snapshot.current().rows
    place = channel.key if channel else ""
    return tuple(
        sorted(
            one.key
            for one in registry().plugins.values()
            if one.manifest
            and plugin in one.manifest.requires
            and any(
                row.enabled and where in {place, ""}
                for (key, where), row in rows.items()
                if key == one.key
            )
        )
    )


@transaction.atomic
def set_priority(plugin: str, channel: Channel | None, priority: int, *, actor: str) -> None:
    """Say when a plug-in is asked: smaller is earlier. Raises ActivationRefused."""
    known = _usable(plugin, channel, level=False)
    _write(known, channel, priority=priority)
    record(actor, "plugin.priority", _subject(plugin, channel), priority=priority)


@transaction.atomic
def save_settings(
    plugin: str, channel: Channel | None, data: Mapping[str, Any], *, actor: str
) -> dict[str, list[str]]:
    """Store settings; returns what is wrong by field, and stores nothing then.

    A channel stores only what differs from the platform. An empty secret keeps the one that is
    stored. Raises ActivationRefused for a plug-in without settings.
    """
    known = _usable(plugin, channel, level=False)
    if known.settings is None:
        raise ActivationRefused(f"{plugin} has no settings")
    place = channel.key if channel else ""
    secrets = {
        name: text
        for name in configuration.secret_fields(known.settings)
        if (text := _revealed(data.get(name)))
    }
    plain = {
        name: value
        for name, value in data.items()
        if name not in configuration.secret_fields(known.settings)
    }
    try:
        made = configuration.build(
            known, {**configuration.opened(known, place), **plain, **secrets}
        )
    except Misconfigured as error:
        return error.errors
    stored = made.model_dump(mode="json", exclude=set(configuration.secret_fields(known.settings)))
    if channel is not None:
        stored = _different(known, stored)
    _write(known, channel, settings=stored, settings_version=known.settings.VERSION)
    for name, text in secrets.items():
        configuration.put_secret(plugin, channel, name, text)
    record(actor, "plugin.settings", _subject(plugin, channel), fields=sorted({*stored, *secrets}))
    return {}


@transaction.atomic
def remove_secret(plugin: str, channel: Channel | None, name: str, *, actor: str) -> bool:
    """Forget a stored secret; returns False when none was stored at this level."""
    gone, _ = Secret.objects.filter(plugin=plugin, channel=channel, name=name).delete()
    if gone:
        snapshot.changed()
        record(actor, "plugin.secret_removed", _subject(plugin, channel), fields=[name])
    return bool(gone)


def call_own(known: Plugin, hook: str, channel: Channel | None) -> Any | Failure:
    """Call one of the plug-in's own life hooks under guard; None when it has none."""
    implementation = known.implementations.get(hook)
    if implementation is None:
        return None
    place = channel.key if channel else ""
    ref = channel.ref if channel else None
    context = fresh_context(known, ref, settings=configuration.load(known, place))
    turn = Turn(known.key, hook, place, LIFE_BUDGET)
    given = (context,) if implementation.arguments else ()
    savepoint = hook in {"activated", "deactivated"}
    return guard.asked(turn, lambda: implementation.function(*given), savepoint=savepoint)


def _live(known: Plugin, hook: str, channel: Channel | None) -> Failure | None:
    try:
        answer = call_own(known, hook, channel)
    except Misconfigured as error:
        return Failure(known.key, str(error))
    return answer if isinstance(answer, Failure) else None


def _usable(plugin: str, channel: Channel | None, *, level: bool = True) -> Plugin:
    known = registry().plugins.get(plugin)
    if known is None:
        raise ActivationRefused(f"no plug-in is called {plugin!r}; see: manage.py plugins list")
    if not known.loaded:
        raise ActivationRefused(f"{plugin} is {known.state.value}: {known.reason}")
    if level and known.platform and channel is not None:
        raise ActivationRefused(
            f"{plugin} works for the platform as a whole; leave the channel out"
        )
    if level and not known.platform and channel is None:
        raise ActivationRefused(f"{plugin} works per channel; say in which")
    return known


def _check_required(known: Plugin, channel: Channel | None) -> None:
    required = known.manifest.requires if known.manifest else ()
    for key in required:
        if not is_on(key, channel):
            where = f"in {channel.key}" if channel else "for the platform"
            raise ActivationRefused(f"{known.key} requires {key}, which is off {where}")


def _check_settings(known: Plugin, channel: Channel | None) -> None:
    try:
        configuration.load(known, channel.key if channel else "")
    except (Misconfigured, ValueError) as error:
        raise ActivationRefused(str(error)) from None


def _write(known: Plugin, channel: Channel | None, **fields: Any) -> None:
    if known.manifest is None:
        return
    defaults = {**fields, "changed_at": now()}
    created = {"priority": known.manifest.default_priority, **defaults}
    Activation.objects.update_or_create(
        plugin=known.key, channel=channel, defaults=defaults, create_defaults=created
    )
    snapshot.changed()


def _different(known: Plugin, stored: dict[str, Any]) -> dict[str, Any]:
    inherited = configuration.stored_values(known, "")
    default = {
        name: field.get_default(call_default_factory=True)
        for name, field in known.settings.model_fields.items()
        if not field.is_required()
    }
    plain = known.settings.model_construct(**{**default, **inherited}).model_dump(
        mode="json", warnings=False
    )
    return {name: value for name, value in stored.items() if plain.get(name) != value}


def _revealed(value: Any) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return value.strip() if isinstance(value, str) else ""


def _subject(plugin: str, channel: Channel | None) -> str:
    return f"{plugin}@{channel.key}" if channel else plugin


def _not_on(plugin: str, channel: Channel | None) -> str:
    places = Activation.objects.filter(plugin=plugin, enabled=True).select_related("channel")
    names = sorted(row.channel.key if row.channel else "the platform" for row in places)
    here = f"in {channel.key}" if channel else "for the platform"
    return f"{plugin} is not on {here}" + (f"; it is on in {', '.join(names)}" if names else "")
