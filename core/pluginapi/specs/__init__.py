"""The hooks, one module per domain. ``MODULES`` is what the kernel registers."""

from __future__ import annotations

from types import ModuleType

from core.pluginapi.specs import channels, customs, feeds, fx, logistics, orders, pages, plugin

MODULES: tuple[ModuleType, ...] = (
    plugin,
    channels,
    feeds,
    fx,
    customs,
    logistics,
    orders,
    pages,
)
