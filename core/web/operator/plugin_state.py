"""What the kernel says of plug-ins just now: pauses."""

from __future__ import annotations

from core.kernel import breaker
from core.kernel.breaker import Pause


def paused_plugins() -> frozenset[str]:
    """Return the keys of plug-ins of which a hook is paused."""
    return frozenset(pause.plugin for pause in breaker.pauses())


def pauses_of(plugin: str) -> list[Pause]:
    """Return what of one plug-in is paused."""
    return [pause for pause in breaker.pauses() if pause.plugin == plugin]
