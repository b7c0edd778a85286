"""Values that every domain shares: references, channels, verdicts, findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import NewType
from uuid import UUID

from core.shared.money import Money
from core.shared.text import Text

BuyerRef = NewType("BuyerRef", UUID)
OrderRef = NewType("OrderRef", UUID)
ItemRef = NewType("ItemRef", UUID)
SupplierRef = NewType("SupplierRef", UUID)
ParcelRef = NewType("ParcelRef", UUID)
OfferRef = NewType("OfferRef", UUID)
QuoteRef = NewType("QuoteRef", UUID)
FileRef = NewType("FileRef", UUID)

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]
"""JSON without floats: amounts travel as decimal strings."""


@dataclass(frozen=True, slots=True)
class ChannelRef:
    """A channel as plug-ins see it. ``market`` is the destination country (ISO 3166-1 alpha-2)."""

    key: str
    kind: str
    name: Text
    market: str
    currency: str
    demonstration: bool = False


class Level(IntEnum):
    """How a judgement ends; the worst of all judgements wins."""

    ALLOW = 0
    WARN = 1
    HOLD = 2
    DENY = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """One plug-in's judgement: ``code`` is stable and machine-readable, ``message`` cures it."""

    level: Level
    code: str
    message: Text
    data: Mapping[str, str] = field(default_factory=dict)


class Severity(Enum):
    """How a finding ends: an error refuses the row, a warning keeps it, info explains."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Action(Enum):
    """What was done about a finding."""

    ROW_REJECTED = "row_rejected"
    ROW_HELD = "row_held"
    ROW_SKIPPED = "row_skipped"
    FIELD_DROPPED = "field_dropped"
    FIELD_KEPT = "field_kept"
    FEED_REJECTED = "feed_rejected"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong, or worth saying, about one row (``index`` into the batch) or the feed.

    ``blocked_for`` names what the row cannot be used for until it is cured ("cn", "b2c_bonded").
    """

    code: str
    severity: Severity
    action: Action
    index: int | None = None
    attribute: str | None = None
    value: str | None = None
    expected: str | None = None
    message: Text | None = None
    blocked_for: tuple[str, ...] = ()


class SubjectKind(Enum):
    """What a subject is."""

    PRODUCT = "product"
    QUOTE = "quote"
    ORDER = "order"
    PARCEL = "parcel"
    BUYER = "buyer"
    SUPPLIER = "supplier"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a hook is asked about, by kind and id, with the amount at stake where there is one."""

    kind: SubjectKind
    id: UUID
    amount: Money | None = None
