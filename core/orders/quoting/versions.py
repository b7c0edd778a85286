"""Which plug-ins a quote was made by."""

from __future__ import annotations

from collections.abc import Iterable

from core.kernel.registry import registry
from core.pluginapi import ChannelKind


def kind_of(key: str) -> tuple[ChannelKind | None, str]:
    """Return a channel kind and the plug-in that brings it, or (None, "")."""
    provided = registry().provided.get("register_channel_kinds", {}).get(key)
    if provided is None:
        return None, ""
    kind: ChannelKind = provided.object
    return kind, provided.plugin


def versions(plugins: Iterable[str]) -> dict[str, str]:
    """Return the version of each plug-in by key; "" for one that is no longer loaded."""
    known = registry().plugins
    found: dict[str, str] = {}
    for key in sorted(set(plugins) - {""}):
        plugin = known.get(key)
        found[key] = plugin.manifest.version if plugin and plugin.manifest else ""
    return found
