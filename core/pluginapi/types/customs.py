"""Values of duty, import tax and declarations.

The shapes follow the field names of the platform's customs cases: a shipment with lines, rates as
percent, ``channel`` for the import mode, and a result with one chosen regime or a refusal code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import MappingProxyType

from core.pluginapi.types.values import Json, OrderRef
from core.shared.money import Money
from core.shared.text import Text


def _nothing() -> Mapping[str, Decimal]:
    """Return an empty mapping that nobody can fill, one for all."""
    return _NOTHING


_NOTHING: Mapping[str, Decimal] = MappingProxyType({})


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

    Kinds in use: ``duty``, ``vat``, ``consumption_tax``, ``postal_class``. A kind that is absent is
    unknown, which is never the same as zero. ``expression`` is the whole duty where that is
    specific or compound (``37.2¢/kg + 4.3%``); ``rates`` then states no duty. ``notes`` holds what
    is no rate: ``restricted``, ``positive_list``.
    """

    jurisdiction: str
    code: str
    rates: Mapping[str, Decimal]
    valid_from: date
    valid_to: date | None
    source: str
    confidence: str = "unverified"
    id: str = ""
    expression: str = ""
    edition: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)

    def states(self, kind: str) -> bool:
        """Say whether the line settles ``kind``; a duty may be an expression."""
        return kind in self.rates or (kind == "duty" and bool(self.expression))

    def same(self, other: TariffRate, kind: str) -> bool:
        """Say whether both lines settle ``kind`` alike."""
        duty = kind == "duty"
        return self.rates.get(kind) == other.rates.get(kind) and (
            not duty or self.expression == other.expression
        )


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
class Ambiguous:
    """The national lines below a code, which differ: the code alone has no single rate."""

    lines: tuple[TariffRate, ...]


class Settled(dict[tuple[str, str], "TariffRate | Ambiguous | None"]):
    """What a view was asked already, by code and kind."""


@dataclass(frozen=True, slots=True)
class TariffView:
    """The lines of one jurisdiction's tariff that a shipment's codes can meet on its day.

    ``lines`` holds each code's own line and those above it, ``below`` the deeper national lines of
    a code.
    """

    on: date
    jurisdiction: str
    lines: Mapping[str, tuple[TariffRate, ...]]
    below: Mapping[str, tuple[TariffRate, ...]] = field(default_factory=dict)
    _settled: Settled = field(default_factory=Settled, init=False, repr=False, compare=False)

    def find(self, hs_code: str, kind: str) -> TariffRate | Ambiguous | None:
        """Return the line that settles ``kind`` for a code, the longest known code first.

        A code that is itself not in the tariff takes what all national lines below it agree on;
        where they differ the answer is Ambiguous, where nothing is known None. A line that does
        not settle ``kind`` below a code that others settle makes it Ambiguous too.
        """
        asked = (hs_code, kind)
        if asked not in self._settled:
            self._settled[asked] = self._search(hs_code, kind)
        return self._settled[asked]

    def _search(self, hs_code: str, kind: str) -> TariffRate | Ambiguous | None:
        above = (self.lines.get(hs_code[:length], ()) for length in range(len(hs_code), 1, -1))
        nearest = next((one for group in above for one in group if one.states(kind)), None)
        deeper = self.below.get(hs_code, ())
        if (nearest and nearest.code == hs_code) or not any(one.states(kind) for one in deeper):
            return nearest
        # Lines that are not known below the code have the rate of what stands above it.
        return _agreed(hs_code, (*deeper, nearest) if nearest else deeper, kind)


def _share(line: TariffRate, other: TariffRate) -> bool:
    """Say whether one of the lines stands at or below the other."""
    return line.code.startswith(other.code) or other.code.startswith(line.code)


def _agreed(code: str, deeper: Sequence[TariffRate], kind: str) -> TariffRate | Ambiguous:
    stated = [line for line in deeper if line.states(kind)]
    first = stated[0]
    silent = [line for line in deeper if not any(_share(line, one) for one in stated)]
    if silent or not all(line.same(first, kind) for line in stated):
        return Ambiguous((*stated, *silent))
    source = f"all {len(stated)} national lines of {code} known here agree; {first.source}"
    return replace(first, source=source)


@dataclass(frozen=True, slots=True)
class SpecificDuty:
    """A duty of ``amount`` for each ``per`` (``t``, ``kg``, ``l`` or ``item``) of a line."""

    layer: str
    per: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class ShipmentLine:
    """One line: ``unit_price`` in the shipment's currency, weights and volumes of the whole line.

    ``rates`` are given rates in percent and win over the tariff: one that is absent is then zero,
    except VAT, for which the standard rate holds. None means that the tariff is asked. ``layers``
    are given duties that add up, ``caps`` those that fill the first layer up to a percentage,
    ``specific`` those by quantity. ``net_content`` is of one piece (``20 g``). ``value`` is that of
    the whole line where it was converted as a whole, and is then not exactly unit price x quantity.
    """

    description: str
    unit_price: Decimal
    quantity: int
    hs_code: str = ""
    origin: str = ""
    rates: Mapping[str, Decimal] | None = None
    net_content: str = ""
    net_kg: Decimal | None = None
    litres: Decimal | None = None
    abv: Decimal | None = None
    category: str = ""
    value: Decimal | None = None
    layers: Mapping[str, Decimal] = field(default_factory=_nothing)
    caps: Mapping[str, Decimal] = field(default_factory=_nothing)
    specific: tuple[SpecificDuty, ...] = ()

    @property
    def goods(self) -> Decimal:
        """Return the value of the whole line in the shipment's currency."""
        return self.unit_price * self.quantity if self.value is None else self.value


@dataclass(frozen=True, slots=True)
class ShipmentFacts:
    """What customs sees of one shipment. Every amount is in ``currency``.

    ``channel`` is the import mode (``bonded``, ``direct_mail``, ``postal`` …); ``regime`` names the
    regime or family that is asked for, or none. ``inland_transport`` is carried after the border.
    ``fx`` holds units of ``currency`` for one unit of another currency. ``facts`` holds what a rule
    asks for beside (``annual_used``, ``buyer_id_verified``, ``payer_is_buyer`` …).
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
    inland_transport: Decimal = Decimal(0)
    fx: Mapping[str, Decimal] = field(default_factory=dict)


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
    what right. ``code`` names the charge within its kind (``mpf``, a layer of duty …). What stands
    ``apart`` is shown and is not part of what is collected.
    """

    kind: ChargeKind
    amount: Money
    basis: Money
    rate: Decimal | None
    rule_id: str
    source: str
    formula: str
    line: int | None = None
    inputs: Mapping[str, Decimal | str] = field(default_factory=dict)
    label: Text | None = None
    code: str = ""
    apart: bool = False


class Outcome(Enum):
    """How an assessment ends. NOT_OPEN: the regime is not meant for such a shipment."""

    OK = "ok"
    EXEMPT = "exempt"
    REFUSED = "refused"
    NOT_OPEN = "not_open"
    NEEDS_EXCISE = "needs_excise"


@dataclass(frozen=True, slots=True)
class QuotaUse:
    """What a shipment takes of what one person may import in a calendar year.

    ``subject`` is the fact that says what the person used already (``annual_used``,
    ``person_year_used_kg.rice``); ``amount`` is in ``unit`` (a currency, or ``kg``). The limit is
    the value named ``value`` of the rule of key ``rule`` that is in force when the order is paid;
    ``refusal_code`` and ``label`` say what was exceeded. The platform counts it by person.
    """

    subject: str
    label: Text
    amount: Decimal
    unit: str
    rule: str
    value: str
    refusal_code: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """What one regime says of one shipment: charges, or a refusal with a machine code.

    ``notes`` are shown beside every amount (``demonstration regime``); ``incoterm`` is DDP when
    the charges are paid with the order, DAP when the buyer pays at the border. ``facts`` are what
    else the regime found, as JSON, amounts as text; ``path`` names a faulty line or value.
    ``quota`` is what an order would take of the person's year.
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
    facts: Mapping[str, Json] = field(default_factory=dict)
    quota: tuple[QuotaUse, ...] = ()


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
