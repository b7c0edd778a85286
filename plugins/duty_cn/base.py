"""What China's regimes have in common: the country, its currency, their data and words."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from core.pluginapi.duty import DutyData, Regime
from plugins.duty_cn import words


class China(Regime):
    """A way of clearing goods into China, assessed in yuan."""

    countries = frozenset({"CN"})
    jurisdiction = "CN"
    currencies = ("CNY",)
    data = DutyData(Path(__file__).parent, "CN")
    words = words.REFUSALS


@lru_cache(maxsize=256)
def parts_of(text: str) -> tuple[str, ...]:
    """Return the codes or words of a rule's value, which are separated by blanks."""
    return tuple(text.split())
