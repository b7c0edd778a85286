"""Registers the handlers, and fans public events out to endpoints."""

from __future__ import annotations

from core.delivery import (
    messages,  # noqa: F401  # registers its handler
    retention,  # noqa: F401  # registers its handler and schedule
    webhooks,  # noqa: F401  # registers its handler
)
from core.delivery.services import PUBLIC_KINDS, fan_out
from core.jobs import Event, subscribe


def to_endpoints(event: Event) -> None:
    """Queue an event for the endpoints that want it."""
    fan_out(event)


for kind in PUBLIC_KINDS:
    subscribe(kind, to_endpoints, name=f"delivery.webhooks:{kind}")
