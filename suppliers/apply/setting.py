"""What surrounds a feed: the supplier's settings, its channels, the pipeline's version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.kernel import configuration, hooks
from core.kernel.registry import Plugin, registry
from core.pluginapi import ChannelRef, FeedHeader
from suppliers.apply.known import digest
from suppliers.models import Feed, Supplier, Supply
from suppliers.normalise.types import IntakeFacts

PIPELINE = 2
"""Raised when normalisation changes, so that unchanged rows are read anew."""

HOOKS = ("add_offer_patches", "check_offers")


def facts_of(feed: Feed, header: FeedHeader) -> IntakeFacts:
    """Return what the rows need not say: the push says it, else the file, else the supplier."""
    supplier = feed.supplier
    return supplier_facts(
        supplier,
        language=feed.language or header.language,
        currency=feed.default_currency or header.currency,
    )


def supplier_facts(supplier: Supplier, *, language: str = "", currency: str = "") -> IntakeFacts:
    """Return a supplier's intake settings, with what a file said of itself put first."""
    stored: dict[str, Any] = supplier.intake
    days = stored.get("lead_time_days")
    decimal = str(stored.get("decimal", ""))
    return IntakeFacts(
        language=language or supplier.language,
        currency=(currency or supplier.currency).upper(),
        decimal=decimal if decimal in (",", ".") else "",
        price_type=str(stored.get("price_type", "")),
        ship_from=str(stored.get("ship_from", "") or supplier.country),
        lead_time_days=days if isinstance(days, int) and 0 <= days <= 180 else None,
        currencies=frozenset(str(code) for code in stored.get("currencies", ())),
    )


def channels_of(feed: Feed) -> Sequence[ChannelRef]:
    """Return the channels that the feed's scope supplies."""
    supplies = Supply.objects.filter(supplier_id=feed.supplier_id, scope=feed.scope, is_on=True)
    return [supply.channel.ref for supply in supplies.select_related("channel").order_by("pk")]


def pipeline_version(feed: Feed, dialect: str) -> bytes:
    """Hash everything beside the row that decides what becomes of it."""
    supplier = feed.supplier
    channels = channels_of(feed)
    plugins = [
        (_place(channel), hook, _versioned(hooks.implementers(hook, channel), _place(channel)))
        for channel in (None, *channels)
        for hook in HOOKS
    ]
    parts = (
        PIPELINE,
        dialect,
        feed.language,
        feed.default_currency,
        sorted(supplier.intake.items(), key=str),
        supplier.language,
        supplier.currency,
        supplier.country,
        plugins,
    )
    return digest(repr(parts).encode())


def _place(channel: ChannelRef | None) -> str:
    return channel.key if channel else ""


def _versioned(plugins: Sequence[str], place: str) -> list[str]:
    """Name what decides a plug-in's answers: its version, and its settings in ``place``."""
    known = registry().plugins
    return [
        f"{key}@{known[key].manifest.version}:{_settings_of(known[key], place)}"  # type: ignore[union-attr]
        for key in plugins
        if key in known and known[key].manifest
    ]


def _settings_of(plugin: Plugin, place: str) -> list[tuple[str, Any]]:
    try:
        return sorted(configuration.stored_values(plugin, place).items())
    except configuration.Misconfigured:
        return []
