"""What normalisation is told and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Note(NamedTuple):
    """One finding about a row: a code of the table, and what was seen and expected."""

    code: str
    value: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True)
class IntakeFacts:
    """What a supplier's files need not repeat.

    ``decimal`` is "," or "." where the supplier said how it writes numbers; ``currency`` is used
    for rows that name none; ``currencies`` are those agreed, empty for all.
    """

    language: str = ""
    currency: str = ""
    decimal: str = ""
    price_type: str = ""
    ship_from: str = ""
    lead_time_days: int | None = None
    currencies: frozenset[str] = frozenset()
