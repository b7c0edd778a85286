"""Whose tariff holds in a country."""

from __future__ import annotations

from collections.abc import Sequence

from core.kernel import providers
from core.kernel.models import Channel
from core.kernel.providers import Provided
from core.pluginapi import DutyRegime


def jurisdiction_of(country: str) -> str:
    """Return whose tariff holds in a country, as the regimes say it; else the country itself."""
    stated = (one.object.jurisdiction for one in _regimes() if country in one.object.countries)
    return next(stated, country)


def destinations() -> dict[str, tuple[str, ...]]:
    """Return the keys of the channels that sell into each jurisdiction, in order of name."""
    found: dict[str, list[str]] = {}
    for key, market in Channel.objects.order_by("key").values_list("key", "market"):
        found.setdefault(jurisdiction_of(market), []).append(key)
    return {name: tuple(found[name]) for name in sorted(found)}


def _regimes() -> Sequence[Provided[DutyRegime]]:
    """Return every regime; the one that is asked first says whose tariff holds."""
    return sorted(providers.all_regimes(), key=lambda one: (one.object.order, one.key))
