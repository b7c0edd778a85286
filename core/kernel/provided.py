"""The objects that ``register_*`` hands over: of which kind, under which key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

from core.pluginapi import (
    ApiRoute,
    Carrier,
    ChannelKind,
    DutyRegime,
    FeedDialect,
    FeedTransport,
    FxSource,
    HsTable,
    Messenger,
    Page,
    PaymentMethod,
    Schedule,
)

T = TypeVar("T")


class Provided(NamedTuple, Generic[T]):
    """An object with the plug-in that handed it over and the key that it answers to."""

    plugin: str
    key: str
    object: T


class Kind(NamedTuple):
    """What one ``register_*`` hook hands over. ``shared`` keys are unique over all plug-ins."""

    type: Any
    key_of: Callable[[Any], str]
    shared: bool = True


def _key(item: Any) -> str:
    return str(item.key)


KINDS: dict[str, Kind] = {
    "register_channel_kinds": Kind(ChannelKind, _key),
    "register_feed_transports": Kind(FeedTransport, _key),
    "register_feed_dialects": Kind(FeedDialect, _key),
    "register_fx_sources": Kind(FxSource, _key),
    "register_hs_tables": Kind(HsTable, lambda table: f"{table.jurisdiction}:{table.edition}"),
    "register_duty_regimes": Kind(DutyRegime, _key),
    "register_carriers": Kind(Carrier, _key),
    "register_payment_methods": Kind(PaymentMethod, _key),
    "register_message_channels": Kind(Messenger, _key),
    "register_schedules": Kind(Schedule, _key, shared=False),
    "register_pages": Kind(Page, lambda page: f"{page.frame}:{page.path}", shared=False),
    "register_api_routes": Kind(
        ApiRoute, lambda route: f"{route.method} {route.path}", shared=False
    ),
}
"""Every boot hook that hands over objects."""
