"""Values of channels, listings, quotes and orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum

from core.pluginapi.types.values import (
    BuyerRef,
    ItemRef,
    OfferRef,
    OrderRef,
    QuoteRef,
    SupplierRef,
)
from core.shared.money import Money
from core.shared.text import Text


class ImportMode(Enum):
    """How goods of a channel cross the border (the ``channel`` of a customs shipment)."""

    BONDED = "bonded"
    DIRECT_MAIL = "direct_mail"
    POSTAL = "postal"
    COURIER = "courier"
    FREIGHT = "freight"


class Seller(Enum):
    """Who sells to the buyer in law: the seller of record."""

    SUPPLIER = "supplier"
    PLATFORM = "platform"
    SHOPPER = "shopper"


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed step of an order. ``by`` names who may ask: buyer, operator, supplier, system."""

    source: str
    target: str
    by: tuple[str, ...] = ("operator", "system")
    requires_documents: tuple[str, ...] = ()
    releases_stock: bool = False


@dataclass(frozen=True, slots=True)
class OrderFlow:
    """The life of an order as data: states in the order that a buyer sees them, and the steps."""

    states: tuple[str, ...]
    transitions: tuple[Transition, ...]
    side_states: tuple[str, ...] = ("held", "cancelled", "refunding", "refunded")


@dataclass(frozen=True, slots=True)
class ChannelKind:
    """A way of selling: who is the seller of record, how goods are imported, how orders live.

    ``regimes`` are the duty regimes, or families of them, that it may use (``cn.cbec``).
    ``documents`` are what customs needs; ``money_released`` says when the seller is paid:
    ``at_payment``, ``delivery_confirmed``, or ``return_window``, which is
    ``release_after_days`` after delivery.
    ``identity_countries`` narrows ``identity_required`` to those destinations.
    ``limits``, ``returns`` and ``delivery_days`` are shown when a buyer compares channels.
    """

    key: str
    title: Text
    seller: Seller
    import_mode: ImportMode
    regimes: tuple[str, ...]
    flow: OrderFlow
    documents: tuple[str, ...]
    money_released: str
    returns: Text
    limits: Text
    delivery_days: tuple[int, int]
    listing_requires: tuple[str, ...] = ()
    identity_required: bool = False
    identity_countries: tuple[str, ...] = ()
    release_after_days: int = 0


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item (variant): what it is and what customs must know of it. Weights are in grams."""

    ref: ItemRef
    sku: str
    title: Text
    brand: str = ""
    gtin: str = ""
    hs_code: str = ""
    origin: str = ""
    category: str = ""
    net_grams: int | None = None
    gross_grams: int | None = None
    net_content: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SupplierView:
    """A supplier: ``kind`` is ``company`` or ``shopper``; ``facts`` are its verified papers.

    Facts in use: ``authorised_brands`` (comma-separated), ``overseas_retail_licence``,
    ``local_return_address``, ``identity_verified``, ``residence_proof``, ``deposit_paid``.
    """

    ref: SupplierRef
    name: str
    kind: str
    country: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OfferView:
    """Price and stock of one item by one supplier in one channel.

    ``available`` is what can be sold now, None when the supplier does not count. Facts in use:
    ``filing_number``, ``warehouse``, ``purchase_invoice``, ``authorisation``, ``price_floor``,
    ``price_ceiling``.
    """

    ref: OfferRef
    item: ItemRef
    supplier: SupplierView
    sku: str
    price: Money
    available: int | None
    ship_from: str
    lead_time_days: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product about to be listed, or shown: one item with the offer that it would be sold by."""

    item: ItemView
    offer: OfferView
    images: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a basket. ``unit_price`` is in the offer's currency."""

    item: ItemView
    quantity: int
    offer: OfferView | None = None


@dataclass(frozen=True, slots=True)
class SourcingPlan:
    """Which offer fills a line, and why."""

    offer: OfferRef
    reason: Text


@dataclass(frozen=True, slots=True)
class BuyerView:
    """A buyer without personal data: no name, number or address crosses this border."""

    ref: BuyerRef
    country: str
    identity_verified: bool = False
    language: str = "zh-hans"


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """One priced line; ``goods`` is converted to the quote's currency."""

    line: Line
    goods: Money


@dataclass(frozen=True, slots=True)
class QuoteDraft:
    """A quote being built: what is known before fees. Every amount is in ``currency``."""

    currency: str
    destination: str
    region: str
    lines: tuple[QuotedLine, ...]
    goods: Money
    at: datetime
    buyer: BuyerView | None = None


@dataclass(frozen=True, slots=True)
class PriceComponent:
    """One amount that a channel adds to a quote, in the quote's currency.

    ``code`` is unique within a quote; ``basis`` is what ``rate`` (percent) was applied to;
    ``order`` sorts components, ``source`` says where rate or amount come from.
    """

    code: str
    label: Text
    amount: Money
    source: str
    rule_id: str
    basis: Money | None = None
    rate: Decimal | None = None
    order: int = 100


@dataclass(frozen=True, slots=True)
class FulfilmentPlan:
    """How an order will travel: the method, the first carrier, the warehouse it leaves."""

    method: ImportMode
    carrier: str
    warehouse: str
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as plug-ins see it."""

    ref: OrderRef
    number: str
    channel: str
    state: str
    buyer: BuyerView
    lines: tuple[Line, ...]
    total: Money
    quote: QuoteRef
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class CartView:
    """A basket about to become an order."""

    buyer: BuyerView
    lines: tuple[Line, ...]
    total: Money | None
    destination: str


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """Something happened to an order. ``id`` is the same at every delivery of the same event."""

    id: str
    kind: str
    order: OrderView
    previous_state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShopperTask:
    """What a personal shopper would be asked to do."""

    item: ItemView
    quantity: int
    budget: Money
    country: str


@dataclass(frozen=True, slots=True)
class PoolView:
    """A group order that reached its goal or ran out of time."""

    key: str
    reached: bool
    members: int
    closes_at: datetime
