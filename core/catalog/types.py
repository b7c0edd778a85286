"""Frozen values of the catalogue: what is asked to be listed, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from core.pluginapi import Level, Money, SupplierView, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishRequest:
    """An offer to be put into a channel, as its supplier stated it.

    ``titles`` and ``descriptions`` are by BCP-47 language; weights are in grams. ``price`` is what
    the buyer pays for one piece before freight and tax, ``cost`` what the platform pays for it.
    ``quantity`` is None when the supplier does not count. ``item`` names an item that exists
    already; without it the item is found by GTIN, or by supplier and SKU, or made.
    """

    supplier: SupplierView
    sku: str
    titles: Mapping[str, str]
    price: Money
    descriptions: Mapping[str, str] = field(default_factory=dict)
    brand: str = ""
    gtin: str = ""
    category: str = ""
    hs_code: str = ""
    origin: str = ""
    net_grams: int | None = None
    gross_grams: int | None = None
    net_content: str = ""
    images: tuple[str, ...] = ()
    cost: Money | None = None
    quantity: int | None = None
    ship_from: str = ""
    lead_time_days: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)
    item: UUID | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an offer is not shown, or is shown with a warning: who said it and what cures it."""

    plugin: str
    level: Level
    code: str
    message: Text


@dataclass(frozen=True, slots=True)
class PublishResult:
    """What became of a request: ``state`` is ``published``, ``held`` or ``denied``."""

    offer: UUID
    item: UUID
    state: str
    reasons: tuple[Reason, ...] = ()
    created: bool = False

    @property
    def published(self) -> bool:
        """Whether buyers can see the offer."""
        return self.state == "published"
