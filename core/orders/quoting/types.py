"""Frozen values of a quote while it is worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import UUID

import msgspec

from core.fx.book import Stamps
from core.kernel.models import Channel
from core.pluginapi import (
    BuyerRef,
    BuyerView,
    ChannelKind,
    ChannelRef,
    ItemView,
    Json,
    Money,
    OfferView,
    Text,
)
from core.shared.localtime import local_day

Offers = Mapping[UUID, Sequence[OfferView]]
"""What one channel sells of the basket, by item, cheapest first by amount."""


@dataclass(frozen=True, slots=True)
class WantedLine:
    """What is asked for: ``reference`` is an item id, a GTIN or a SKU."""

    reference: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteRequest:
    """A basket to be priced for a destination (ISO 3166-1 alpha-2) in a currency.

    ``currency`` "" means each channel's own. ``channels`` are keys or kinds, None for all.
    ``on`` is the day whose rules and rates apply, None for now.
    """

    country: str
    lines: tuple[WantedLine, ...]
    region: str = ""
    currency: str = ""
    channels: tuple[str, ...] | None = None
    buyer: BuyerRef | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class BasketLine:
    """A wanted line whose item is known.

    The item's HS code is the one that counts in the destination, and ``hs_state`` says why:
    ``confirmed`` by a person or ``stated`` by the supplier; where none counts the code is "" and
    the state ``unclassified``, ``doubted`` or ``rejected``.
    """

    item: ItemView
    quantity: int
    reference: str
    hs_state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request with all that its channels share: read once, whatever their number."""

    request: QuoteRequest
    basket: tuple[BasketLine, ...]
    shelf: Mapping[UUID, Offers]
    facts: dict[str, Json]
    buyer: BuyerView | None
    moment: datetime
    on: date
    stamps: Stamps


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that one channel's quote depends on beside the basket.

    ``stamps`` say which exchange rates are known. ``known_at`` is None for a new quote, and the
    moment of an old one that is computed again by what was known then.
    """

    channel: Channel
    place: ChannelRef
    kind: ChannelKind
    kind_plugin: str
    country: str
    region: str
    currency: str
    customs_currency: str
    at: datetime
    on: date
    buyer: BuyerView | None
    stamps: Stamps | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """A line with the offer that fills it, in the quote's currency.

    ``goods`` is ``unit_price`` times the quantity; ``reason`` says why this offer.
    """

    basket: BasketLine
    offer: OfferView
    reason: Text
    unit_price: Money
    goods: Money


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """One amount of a quote, in its currency, with what it rests on.

    A Struct, because a quote has a dozen of them and one is made in a fifth of a dataclass's time.

    ``basis`` may be in another currency. ``rate`` is a percentage for charges and fees, the
    exchange rate for goods and freight. ``paid_by`` is ``order`` or ``border``: with the order, or
    by the buyer at the border.
    """

    code: str
    kind: str
    label: Text
    amount: Money
    rule_id: str
    source: str
    basis: Money | None = None
    rate: Decimal | None = None
    line: int | None = None
    formula: str = ""
    inputs: Mapping[str, str] = {}
    plugin: str = ""
    paid_by: str = "order"
    order: int = 100


def instant(moment: datetime, on: date, country: str) -> datetime:
    """Return the instant whose rates apply: now, or the end of another day than the country's."""
    if on == local_day(country, moment):
        return moment
    return datetime.combine(on, time(23, 59, 59), tzinfo=UTC)
