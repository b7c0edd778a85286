"""Settings of plug-ins: stored per platform and channel, inherited key by key, secrets sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import SecretStr, ValidationError

from core.kernel.errors import KernelError
from core.kernel.models import Channel, Secret
from core.kernel.registry import Plugin
from core.kernel.snapshot import Snapshot, current
from core.pluginapi import PluginSettings


class Misconfigured(KernelError):
    """What is stored for a plug-in does not make valid settings; ``errors`` is by field."""

    def __init__(self, plugin: str, errors: Mapping[str, list[str]]) -> None:
        sentence = "; ".join(f"{name}: {', '.join(said)}" for name, said in errors.items())
        super().__init__(f"the settings of {plugin} are not complete: {sentence}")
        self.errors = dict(errors)


def secret_fields(settings: type[PluginSettings]) -> frozenset[str]:
    """Return the names of the settings that must not be seen."""
    return frozenset(
        name
        for name, field in settings.model_fields.items()
        if field.annotation is SecretStr or SecretStr in get_args(field.annotation)
    )


def load(plugin: Plugin, channel: str, *, snapshot: Snapshot | None = None) -> Any:
    """Return the plug-in's settings in ``channel`` (a key, "" for the platform), or None.

    Raises Misconfigured when what is stored, with what is inherited, is not valid.
    """
    if plugin.settings is None:
        return None
    values = stored_values(plugin, channel, snapshot=snapshot) | opened(plugin, channel)
    return build(plugin, values)


def exported(plugin: Plugin, channel: str) -> dict[str, Any] | None:
    """Return the settings as plain values, secrets included, for a child process of its own."""
    settings = load(plugin, channel)
    if settings is None:
        return None
    plain: dict[str, Any] = settings.model_dump(mode="json")
    for name in secret_fields(type(settings)):
        secret = getattr(settings, name)
        plain[name] = secret.get_secret_value() if secret is not None else None
    return plain


def build(plugin: Plugin, values: Mapping[str, Any]) -> PluginSettings:
    """Return settings of ``values``. Raises Misconfigured."""
    try:
        made: PluginSettings = plugin.settings.model_validate(values)
    except ValidationError as error:
        raise Misconfigured(plugin.key, errors_of(error)) from None
    return made


def errors_of(error: ValidationError) -> dict[str, list[str]]:
    """Return what pydantic objects to, by field; never the values themselves."""
    found: dict[str, list[str]] = {}
    for item in error.errors(include_input=False, include_url=False, include_context=False):
        path = ".".join(map(str, item["loc"])) or "__all__"
        found.setdefault(path.split(".", 1)[0], []).append(item["msg"])
    return found


def stored_values(
    plugin: Plugin, channel: str, *, snapshot: Snapshot | None = None
) -> dict[str, Any]:
    """Return what is stored beside secrets, the platform's overlaid by the channel's."""
    rows = (snapshot or current()).rows
    merged: dict[str, Any] = {}
    for place in dict.fromkeys(("", channel)):
        row = rows.get((plugin.key, place))
        if row is not None:
            merged |= migrated(plugin, row.settings, row.version)
    known = plugin.settings.model_fields if plugin.settings else {}
    return {name: value for name, value in merged.items() if name in known}


def migrated(plugin: Plugin, stored: Mapping[str, Any], version: int) -> dict[str, Any]:
    """Return stored settings in the shape of the class's ``VERSION``.

    Raises Misconfigured when the plug-in's ``migrate_settings`` fails.
    """
    implementation = plugin.implementations.get("migrate_settings")
    if not stored or implementation is None or version >= plugin.settings.VERSION:
        return dict(stored)
    given = {"stored": dict(stored), "from_version": version}
    try:
        answer = implementation.function(*(given[name] for name in implementation.arguments))
        return dict(answer)
    except KeyboardInterrupt:
        raise
    except (Exception, SystemExit) as error:
        raise Misconfigured(plugin.key, {"__all__": [f"migrate_settings: {error}"]}) from error


def secret_names(plugin: Plugin, channel: str) -> frozenset[str]:
    """Return which secrets are stored for ``channel``, inherited ones included."""
    return frozenset(_sealed(plugin, channel))


def binding(plugin: str, channel: str, name: str) -> str:
    """Return what a sealed secret is bound to, so that no other row can use it."""
    return f"kernel:secret:{plugin}:{channel}:{name}"


def put_secret(plugin: str, channel: Channel | None, name: str, plaintext: str) -> None:
    """Seal and store a secret in place of the one before."""
    from core.shared.crypto import seal

    place = channel.key if channel else ""
    sealed = seal(plaintext, bound_to=binding(plugin, place, name))
    Secret.objects.update_or_create(
        plugin=plugin, channel=channel, name=name, defaults={"sealed": sealed}
    )


def _sealed(plugin: Plugin, channel: str) -> dict[str, tuple[str, bytes]]:
    if not secret_fields(plugin.settings):
        return {}
    rows = Secret.objects.filter(plugin=plugin.key).select_related("channel")
    found: dict[str, tuple[str, bytes]] = {}
    for row in sorted(rows, key=lambda row: row.channel is not None):
        place = row.channel.key if row.channel else ""
        if place in {"", channel}:
            found[row.name] = (place, bytes(row.sealed))
    return found


def opened(plugin: Plugin, channel: str) -> dict[str, str]:
    """Return the stored secrets of ``channel``, inherited ones included, in the clear."""
    from core.shared.crypto import open_sealed

    known = secret_fields(plugin.settings)
    opened = {}
    for name, (place, sealed) in _sealed(plugin, channel).items():
        if name in known:
            text = open_sealed(sealed, bound_to=binding(plugin.key, place, name))
            opened[name] = text if isinstance(text, str) else bytes(text).decode()
    return opened
