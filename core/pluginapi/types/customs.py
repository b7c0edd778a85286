"""Values of duty, import tax and declarations.

The shapes follow the field names of the platform's customs cases: a shipment with lines, rates as
percent, ``channel`` for the import mode, and a result with one chosen regime or a refusal code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from core.pluginapi.types.values import Json, OrderRef
from core.shared.money import Money
from core.shared.text import Text


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What classification may go by."""

    title: str
    brand: str
    category: str
    hs_code: str
    origin: str


@dataclass(frozen=True, slots=True)
class HsCandidate:
    """A proposed code; a person confirms it, confidence (0 to 1) never decides alone."""

    code: str
    jurisdiction: str
    confidence: Decimal
    reason: Text


@dataclass(frozen=True, slots=True)
class TariffRate:
    """One dated line of a tariff: rates in percent by kind, with their source.

    Kinds in use: ``duty``, ``vat``, ``consumption_tax``, ``postal``. A kind that is absent is
    unknown, which is never the same as zero.
    """

    jurisdiction: str
    code: str
    rates: Mapping[str, Decimal]
    valid_from: date
    valid_to: date | None
    source: str
    confidence: str = "unverified"
    id: str = ""


@dataclass(frozen=True, slots=True)
class HsTable:
    """A tariff edition that a plug-in brings: unique by (jurisdiction, edition)."""

    jurisdiction: str
    edition: str
    rates: tuple[TariffRate, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A dated rule: thresholds, rates and rounding are data with a source, inclusive days.

    ``key`` names the question that a rule answers, when rules of different ids answer it at
    different times; it is the id when left out, and no two rules of one key overlap in time.
    ``unverified`` lists what the source does not settle; it is shown to the operator.
    """

    id: str
    jurisdiction: str
    title: Text
    valid_from: date
    valid_to: date | None
    values: Mapping[str, str]
    source: str
    confidence: str = "high"
    unverified: tuple[str, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules in force on one day, by key (or id), operators' overrides resolved."""

    on: date
    rules: Mapping[str, Rule]

    def get(self, key: str) -> Rule | None:
        """Return the rule of that key that is in force, or None."""
        return self.rules.get(key)


@dataclass(frozen=True, slots=True)
class TariffView:
    """The tariff lines that a shipment's codes can meet on its day: longest code wins."""

    on: date
    lines: Mapping[str, tuple[TariffRate, ...]]

    def rate(self, jurisdiction: str, hs_code: str, kind: str) -> tuple[Decimal, TariffRate] | None:
        """Return the rate in percent of ``kind`` and the line that it comes from, or None."""
        for length in range(len(hs_code), 1, -1):
            for line in self.lines.get(hs_code[:length], ()):
                if line.jurisdiction == jurisdiction and kind in line.rates:
                    return line.rates[kind], line
        return None


@dataclass(frozen=True, slots=True)
class ShipmentLine:
    """One line: ``unit_price`` in the shipment's currency, weights and volumes of the whole line.

    ``rates`` are given rates in percent and win over the tariff; ``net_content`` is of one piece.
    ``value`` is that of the whole line where it was converted as a whole, and is then not exactly
    unit price x quantity.
    """

    description: str
    unit_price: Decimal
    quantity: int
    hs_code: str = ""
    origin: str = ""
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    net_content: str = ""
    net_kg: Decimal | None = None
    litres: Decimal | None = None
    abv: Decimal | None = None
    category: str = ""
    value: Decimal | None = None

    @property
    def goods(self) -> Decimal:
        """Return the value of the whole line in the shipment's currency."""
        return self.unit_price * self.quantity if self.value is None else self.value


@dataclass(frozen=True, slots=True)
class ShipmentFacts:
    """What customs sees of one shipment. Every amount is in ``currency``.

    ``channel`` is the import mode (``bonded``, ``direct_mail``, ``postal`` …); ``facts`` holds
    what a rule asks for beside (``annual_used``, ``buyer_id_verified``, ``payer_is_buyer`` …).
    """

    country: str
    region: str
    currency: str
    channel: str
    lines: tuple[ShipmentLine, ...]
    freight: Decimal = Decimal(0)
    insurance: Decimal = Decimal(0)
    shipped_from: str = ""
    mode: str = ""
    regime: str = ""
    facts: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Applicability:
    """Whether a regime applies, and when not, why not."""

    applies: bool
    code: str
    message: Text


class ChargeKind(Enum):
    """What is collected; duty is never mixed with a tax."""

    DUTY = "duty"
    CONSUMPTION_TAX = "consumption_tax"
    VAT = "vat"
    POSTAL_TAX = "postal_tax"
    FEE = "fee"


@dataclass(frozen=True, slots=True)
class Charge:
    """One amount on one line (``line`` is None when it is of the whole shipment).

    ``formula`` is what was computed, in the names of ``inputs``; ``rule_id`` and ``source`` say by
    what right.
    """

    kind: ChargeKind
    amount: Money
    basis: Money
    rate: Decimal | None
    rule_id: str
    source: str
    formula: str
    line: int | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    label: Text | None = None


class Outcome(Enum):
    """How an assessment ends."""

    OK = "ok"
    EXEMPT = "exempt"
    REFUSED = "refused"
    NEEDS_EXCISE = "needs_excise"


@dataclass(frozen=True, slots=True)
class Assessment:
    """What one regime says of one shipment: charges, or a refusal with a machine code.

    ``notes`` are shown beside every amount (``demonstration regime``); ``incoterm`` is DDP when
    the charges are paid with the order, DAP when the buyer pays at the border.
    """

    regime: str
    outcome: Outcome
    currency: str
    customs_value: Money | None = None
    charges: tuple[Charge, ...] = ()
    refusal_code: str = ""
    message: Text | None = None
    fallback_regime: str = ""
    incoterm: str = "DDP"
    rules_used: tuple[str, ...] = ()
    notes: tuple[Text, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LandedCostDraft:
    """A landed cost after assessment and before extra costs. Every amount is in ``currency``."""

    currency: str
    country: str
    goods: Money
    freight: Money
    insurance: Money
    assessment: Assessment | None


@dataclass(frozen=True, slots=True)
class CostComponent:
    """A cost beside duty and tax: insurance, a disbursement fee, a surcharge."""

    code: str
    label: Text
    amount: Money
    source: str
    rule_id: str
    basis: Money | None = None
    rate: Decimal | None = None
    refundable: bool = False
    order: int = 100


@dataclass(frozen=True, slots=True)
class OriginClaim:
    """A preferential origin under an agreement, with the proof it needs."""

    agreement: str
    proof: str


@dataclass(frozen=True, slots=True)
class Declaration:
    """The data sent to customs for one shipment, in the authority's own format."""

    regime: str
    kind: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class CustomsEvent:
    """A receipt or call-back of an authority or broker."""

    id: str
    order: OrderRef
    code: str
    state: str
    at: datetime
    message: str = ""
