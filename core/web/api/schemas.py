"""What the API takes and gives. Amounts are decimal strings beside an ISO 4217 currency."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Schema
from pydantic import ConfigDict, StringConstraints

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Line80 = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Words = dict[str, str]


class Strict(Schema):
    """Unknown keys are refused, never ignored."""

    model_config = ConfigDict(extra="forbid")


class Money(Schema):
    """An amount."""

    amount: str = Field(examples=["128.00"])
    currency: str = Field(examples=["CNY"])


class ChannelOut(Schema):
    """An open channel."""

    key: str
    kind: str
    names: Words
    market: str
    currency: str
    demonstration: bool


class OfferOut(Schema):
    """An offer of one channel; the price is of the goods alone."""

    channel: str
    sku: str
    price: Money
    available: int | None
    ship_from: str


class ItemOut(Schema):
    """One variant."""

    id: UUID
    sku: str
    gtin: str
    hs_code: str
    origin: str
    net_content: str
    gross_grams: int | None
    offers: list[OfferOut]


class ProductOut(Schema):
    """A product in a list."""

    id: UUID
    titles: Words
    brand: str
    category: str


class ProductDetail(ProductOut):
    """A product with its variants and offers."""

    descriptions: Words
    items: list[ItemOut]


class ProductPage(Schema):
    """One page of products; ``total`` counts all of them."""

    items: list[ProductOut]
    page: int
    size: int
    total: int


class Destination(Strict):
    """Where to."""

    country: Country
    region: Annotated[str, StringConstraints(max_length=60)] = ""


class WantedLine(Strict):
    """An item by its id, GTIN or SKU."""

    sku: Line80
    quantity: int = Field(ge=1, le=9999, strict=True)


class QuoteIn(Strict):
    """A basket to be priced. Without ``channels`` every open channel of the destination answers."""

    destination: Destination
    currency: Currency | None = None
    on: date | None = None
    lines: list[WantedLine] = Field(min_length=1, max_length=1000)
    channels: list[Line80] | None = Field(default=None, min_length=1, max_length=50)


class QuoteOut(Schema):
    """A stored quote, as it was written: immutable, explained, expiring."""

    model_config = ConfigDict(extra="allow")

    id: UUID
    channel: str
    outcome: str = Field(examples=["ok", "refused"])
    code: str
    components: list[dict[str, Any]]
    total: str | None
    currency: str
    expires_at: datetime
    hash: str


class Quotes(Schema):
    """One quote for each channel."""

    quotes: list[QuoteOut]


class OrderIn(Strict):
    """A quote to be ordered to one of the buyer's addresses."""

    quote: UUID
    address: UUID


class OrderLineOut(Schema):
    """One line of an order."""

    sku: str
    title: Words
    quantity: int
    unit_price: Money


class ParcelOut(Schema):
    """Where a parcel of an order is followed."""

    tracking_token: str
    status: str


class OrderOut(Schema):
    """An order of the signed-in buyer."""

    number: str
    state: str
    channel: str
    quote: UUID
    total: Money
    placed_at: datetime
    lines: list[OrderLineOut]
    parcels: list[ParcelOut]


class OrderPage(Schema):
    """One page of orders, the newest first."""

    items: list[OrderOut]
    page: int
    size: int
    total: int


class EventOut(Schema):
    """One report of a carrier. ``at`` is null when its clock has no zone."""

    status: str
    milestone: str | None
    label: Words
    at: datetime | None
    local_time: str
    zone: str
    place: str
    country: str
    carrier: str


class EtaOut(Schema):
    """When a parcel should arrive."""

    earliest: date
    latest: date
    basis: Words


class TrackingOut(Schema):
    """A parcel's way. Nothing of it names a person or an order."""

    status: str
    label: Words
    milestone: str | None
    action: Words | None
    origin: str
    destination: str
    updated_at: datetime | None
    eta: EtaOut | None
    events: list[EventOut]


class LandedCostIn(Strict):
    """A shipment as ``manage.py customs assess`` reads it, and the day whose rules hold."""

    on: date | None = None
    shipment: dict[str, Any]


class OperatorLandedCostIn(LandedCostIn):
    """The same in a channel, with the plug-ins and settings that are on there."""

    channel: Line80 | None = None


class LandedCost(Schema):
    """What customs would take. ``outcome`` is ok, exempt, refused or needs_excise."""

    model_config = ConfigDict(extra="allow")

    on: date
    currency: str
    outcome: str
    tree: dict[str, Any] | None
    landed: Money | None
    rates: list[dict[str, Any]]
    notes: list[Words]


class Tree(Schema):
    """An amount and what it follows from: its parts, or a formula with inputs and a rule."""

    label: Words
    amount: str
    currency: str
    line: int | None
    basis: str
    basis_currency: str
    rate: str
    formula: Words | None
    inputs: list[dict[str, Any]]
    rule: dict[str, Any] | None
    apart: bool
    at_border: bool
    children: list[dict[str, Any]]
