"""Django's system checks of plug-ins. Warnings, so that the site starts all the same."""

from __future__ import annotations

from typing import Any

from django.core import checks

from core.kernel.discovery import State
from core.kernel.registry import Plugin, registry


def register_checks() -> None:
    """Add the kernel's checks to ``manage.py check``."""
    checks.register(check_plugins, "plugins")


def check_plugins(**_: Any) -> list[checks.CheckMessage]:
    """Name every plug-in that could not be loaded, with file and reason."""
    found: list[checks.CheckMessage] = []
    for plugin in registry().plugins.values():
        if plugin.state in {State.BROKEN, State.INCOMPATIBLE}:
            found.append(_broken(plugin))
        found.extend(
            checks.Info(text, obj=f"plug-in {plugin.key}", id="haitao.I001")
            for text in plugin.warnings
        )
    return found


def _broken(plugin: Plugin) -> checks.CheckMessage:
    return checks.Warning(
        f"{plugin.reason} ({plugin.where or plugin.found.path})",
        hint="The site runs without it. Mend or remove the plug-in.",
        obj=f"plug-in {plugin.key}",
        id="haitao.W001",
    )
