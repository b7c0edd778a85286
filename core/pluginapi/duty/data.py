"""The dated rules of a plug-in, read from its ``rules.json``.

The file is ``{"jurisdiction": "EU", "rules": [{"id", "key", "title": {"en", "zh-Hans", "zh-Hant"},
"valid_from", "valid_to" or null, "values": {name: text}, "sources": [text], "confidence": "high" |
"medium" | "low", "unverified": [text]}]}``. Days are inclusive; rules of one key do not overlap.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from core.pluginapi.duty.tariff_file import read_tariff
from core.pluginapi.types.customs import Rule, TariffRate
from core.shared.text import Text


class DutyData:
    """Rules and tariff lines in the folder of a plug-in: ``rules.json``, ``tariff.csv``.

    Raises ValueError, KeyError or OSError for a file that is not as described.
    """

    def __init__(self, folder: Path, jurisdiction: str) -> None:
        self.folder = folder
        self.jurisdiction = jurisdiction

    @cached_property
    def rules(self) -> Sequence[Rule]:
        """Return the rules of all regimes of the plug-in."""
        stored = json.loads((self.folder / "rules.json").read_text(encoding="utf-8"))
        return tuple(_rule(entry, self.jurisdiction) for entry in stored["rules"])

    @cached_property
    def tariff(self) -> Sequence[TariffRate]:
        """Return the tariff lines that the plug-in brings, none where it has no such file."""
        path = self.folder / "tariff.csv"
        return tuple(read_tariff(path, self.jurisdiction)) if path.exists() else ()


@lru_cache(maxsize=4096)
def decimal_of(text: str) -> Decimal:
    """Return a number of a rule; texts are few and read again and again. Raises ValueError."""
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text[:40]!r} in a rule is not a number") from None


def _rule(entry: Mapping[str, Any], jurisdiction: str) -> Rule:
    if not entry["sources"]:
        raise ValueError(f"the rule {entry['id']} names no source")
    return Rule(
        id=entry["id"],
        key=entry["key"],
        jurisdiction=jurisdiction,
        title=Text.from_dict(entry["title"]),
        valid_from=date.fromisoformat(entry["valid_from"]),
        valid_to=date.fromisoformat(entry["valid_to"]) if entry["valid_to"] else None,
        values={name: str(value) for name, value in entry["values"].items()},
        source="; ".join(entry["sources"]),
        confidence=entry["confidence"],
        unverified=tuple(entry["unverified"]),
    )
