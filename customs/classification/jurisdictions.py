"""Whose tariff holds in a country."""

from __future__ import annotations

from collections.abc import Mapping

from core.kernel import providers
from core.kernel.models import Channel


def jurisdiction_of(country: str) -> str:
    """Return whose tariff holds in a country, as the regimes say it; else the country itself."""
    return _stated().get(country, country)


def destinations() -> dict[str, tuple[str, ...]]:
    """Return the keys of the channels that sell into each jurisdiction, in order of name."""
    stated = _stated()
    found: dict[str, list[str]] = {}
    for key, market in Channel.objects.order_by("key").values_list("key", "market"):
        found.setdefault(stated.get(market, market), []).append(key)
    return {name: tuple(found[name]) for name in sorted(found)}


def _stated() -> Mapping[str, str]:
    """Return jurisdictions by country; the regime that is asked first says whose tariff it is."""
    regimes = sorted(providers.all_regimes(), key=lambda one: (one.object.order, one.key))
    found: dict[str, str] = {}
    for one in regimes:
        for country in one.object.countries:
            found.setdefault(country, one.object.jurisdiction)
    return found
