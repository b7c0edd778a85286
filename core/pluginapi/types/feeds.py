"""Values of the supplier feed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from core.pluginapi.types.values import SupplierRef
from core.shared.money import Money

Cursor = str
"""An opaque mark of how far a transport has read (an ETag, a file name)."""


@dataclass(frozen=True, slots=True)
class FeedSpec:
    """Where a feed is fetched from. ``scope`` is channel, market and catalogue section."""

    supplier: SupplierRef
    scope: str
    url: str
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PushIdentity:
    """Who pushed, as proven by the transport."""

    supplier: SupplierRef
    key_id: str


@dataclass(frozen=True, slots=True)
class FeedHead:
    """The beginning of a feed, enough to recognise it: 64 KiB at most, decoded where it is text."""

    data: bytes
    text: str | None
    name: str
    content_type: str
    encoding: str | None


@dataclass(frozen=True, slots=True)
class FeedHeader:
    """What a feed says of itself before its rows; ``delimiter`` is that of a table, else empty."""

    language: str = ""
    currency: str = ""
    columns: tuple[str, ...] = ()
    unknown_columns: tuple[str, ...] = ()
    row_tag: str = ""
    delimiter: str = ""


@dataclass(frozen=True, slots=True)
class RawRow:
    """One record as the supplier wrote it.

    ``cells`` are canonical attribute names to raw text: those of ``OfferDraft`` in the singular
    (``title`` or ``title:en``), ``net_grams``, ``gross_grams``,
    ``net_weight`` and ``gross_weight`` (with their unit or ``weight_unit``), ``currency``,
    ``facts:<name>``, and ``extra:<name>`` for what the format knows and the platform does not;
    what a dialect does not know either is kept under its own name. ``locator`` is an XPath or a
    column-free ``line 14``; ``number`` counts data records from 1, ``line`` is the physical
    line. ``problem`` is a code such as ROW_RAGGED when the record could be delimited but not
    read.
    """

    number: int
    line: int
    locator: str
    cells: Mapping[str, str]
    raw: bytes
    images: tuple[str, ...] = ()
    problem: str | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class OfferDraft:
    """One row, normalised: what will be stored unless a check objects.

    Titles and descriptions are by BCP-47 language. Weights in grams, lengths in millimetres.
    ``quantity`` is None when unknown. ``facts`` holds what only some channels ask for
    (``filing_number``, ``warehouse``, ``authorisation``, ``contains_battery`` …).
    """

    sku: str
    titles: Mapping[str, str]
    price: Money
    availability: str = "in_stock"
    quantity: int | None = None
    sale_price: Money | None = None
    descriptions: Mapping[str, str] = field(default_factory=dict)
    brand: str = ""
    gtin: str = ""
    mpn: str = ""
    condition: str = "new"
    group_id: str = ""
    category: str = ""
    hs_code: str = ""
    origin: str = ""
    ship_from: str = ""
    lead_time_days: int | None = None
    net_grams: int | None = None
    gross_grams: int | None = None
    net_content: str = ""
    images: tuple[str, ...] = ()
    link: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OfferPatch:
    """A change to one draft of a batch: ``index`` into the drafts, ``changes`` by field name.

    Only text fields, images and facts can be patched; price, currency and SKU cannot.
    """

    index: int
    changes: Mapping[str, str | tuple[str, ...]]
    reason: str


@dataclass(frozen=True, slots=True)
class FeedRunView:
    """A feed that ended, whatever the result."""

    id: UUID
    supplier: SupplierRef
    scope: str
    status: str
    summary: Mapping[str, int]
    finished_at: datetime
