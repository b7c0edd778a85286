"""Puts plug-ins into the running kernel for the length of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.kernel import breaker, snapshot
from core.kernel.discovery import Found, Origin, State, with_manifest
from core.kernel.registry import Plugin, registry
from core.pluginapi import Capability, Manifest, PluginScope
from core.shared.text import Text


@contextmanager
def plugins_loaded(
    *plugins: Any, alone: bool = False, on: bool | None = True
) -> Iterator[list[Plugin]]:
    """Register modules or objects with a ``MANIFEST``, and take them away again.

    ``on=True`` switches them on in every channel and for the platform without asking the database,
    ``False`` off, ``None`` leaves it to activation rows. ``alone`` takes every other plug-in away
    meanwhile and works without a database. Yields what was registered, refused ones too.
    """
    known = registry()
    aside = dict(known.plugins) if alone else {}
    forced = {key: plugin.forced for key, plugin in known.plugins.items()}
    for plugin in aside.values():
        plugin.forced = False
    added: list[Plugin] = []
    try:
        for plugin in plugins:
            one = known.add(found_in(plugin))
            one.forced = on
            added.append(one)
        _forget(offline=alone)
        yield added
    finally:
        for one in added:
            if known.plugins.get(one.key) is one:
                known.remove(one.key)
        for key, value in forced.items():
            if key in known.plugins:
                known.plugins[key].forced = value
        _forget(offline=False)


def found_in(plugin: Any) -> Found:
    """Return a module or an object as if it had been found on disk."""
    name = getattr(plugin, "__name__", type(plugin).__name__)
    path = str(getattr(plugin, "__file__", "") or name)
    return with_manifest(Found(name, Origin.TEST, path, module=plugin, state=State.LOADED))


def manifest(key: str, **fields: Any) -> Manifest:
    """Return a valid manifest for a test's plug-in; ``fields`` override any of it."""
    given: dict[str, Any] = {
        "name": Text(key),
        "version": "1.0",
        "api": ">=1.0,<2",
        "summary": Text("A plug-in of a test"),
        "provides": (Capability.OTHER,),
        "scope": PluginScope.CHANNEL,
    }
    return Manifest(key=key, **{**given, **fields})


def _forget(*, offline: bool) -> None:
    breaker.forget()
    if offline:
        snapshot.go_offline()
    else:
        snapshot.forget()
