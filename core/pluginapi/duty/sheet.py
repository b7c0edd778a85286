"""The sheet on which a regime computes one shipment: rules, rates, charges, result.

Every number that is read names its rule or tariff line, so that every amount can be traced. What
is not known raises a Refusal; nothing is ever taken to be zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from core.pluginapi.duty.data import decimal_of
from core.pluginapi.duty.lines import Valued, valued
from core.pluginapi.duty.refusals import NotOpen, Refusal
from core.pluginapi.duty.rounding import cents
from core.pluginapi.duty.words import LABELS
from core.pluginapi.types.customs import (
    Ambiguous,
    Assessment,
    Charge,
    ChargeKind,
    Outcome,
    QuotaUse,
    Rule,
    RuleSet,
    ShipmentFacts,
    TariffRate,
    TariffView,
)
from core.pluginapi.types.values import Json
from core.shared.money import Money
from core.shared.text import Text

ZERO = Decimal(0)
HUNDRED = Decimal(100)
GIVEN = "given with the shipment"
LARGEST_FACT = Decimal("1E13")


class Found(NamedTuple):
    """A rate in percent and where it is from; ``line`` is that of the tariff, if any."""

    rate: Decimal
    source: str
    line: TariffRate | None = None


def cited(line: TariffRate) -> str:
    """Return where a rate is from, as it is explained: code, source, edition, doubts, age."""
    edition = f"; edition {line.edition}" if line.edition else ""
    doubt = f"; confidence {line.confidence}" if line.confidence in ("low", "medium") else ""
    warning = f"; {line.notes['warning']}" if "warning" in line.notes else ""
    return f"{line.code}: {line.source}{edition}{doubt}{warning}"


class Sheet:
    """One shipment on one day, for one regime. Amounts are in ``currency``.

    Charges are added in the order in which they are computed; ``close`` makes the assessment of
    them. Not shared between threads.
    """

    def __init__(
        self,
        regime: str,
        shipment: ShipmentFacts,
        rules: RuleSet,
        tariff: TariffView,
        at: date,
        *,
        exact: bool = False,
    ) -> None:
        self.regime = regime
        self.shipment = shipment
        self.rules = rules
        self.tariff = tariff
        self.at = at
        self.exact = exact
        self.currency = shipment.currency
        self.customs_value: Decimal | None = None
        self.charges: list[Charge] = []
        self.notes: list[Text] = []
        self.used: dict[str, Rule] = {}

    @cached_property
    def items(self) -> tuple[Valued, ...]:
        """Return the lines with their values and shares."""
        return valued(self.shipment, exact=self.exact)

    @property
    def goods(self) -> Decimal:
        """Return the value of all lines without what is carried."""
        return sum((item.goods for item in self.items), ZERO)

    @property
    def cif(self) -> Decimal:
        """Return goods, freight and insurance of all lines."""
        return sum((item.cif for item in self.items), ZERO)

    # Rules

    def rule(self, key: str) -> Rule:
        """Return the rule of ``key`` on the day. Raises NotOpen (no_rule)."""
        found = self.rules.get(key)
        if found is None:
            raise NotOpen("no_rule")
        self.used[found.id] = found
        return found

    def maybe(self, key: str) -> Rule | None:
        """Return the rule of ``key`` on the day, or None where the day has none."""
        found = self.rules.get(key)
        if found is not None:
            self.used[found.id] = found
        return found

    def number(self, key: str, name: str) -> Decimal:
        """Return a number of a rule. Raises NotOpen (no_rule)."""
        return decimal_of(self.rule(key).values[name])

    # Facts

    def is_true(self, name: str) -> bool:
        """Say whether a fact is stated to be so; an absent one is not."""
        return self.shipment.facts.get(name) is True

    def amount(self, name: str) -> Decimal:
        """Return an amount of the facts, 0 when absent. Raises Refusal (invalid_input)."""
        value = self.shipment.facts.get(name)
        if value is None:
            return ZERO
        try:
            number = Decimal(value) if isinstance(value, (str, int)) else Decimal("NaN")
        except ArithmeticError:
            number = Decimal("NaN")
        if isinstance(value, bool) or not number.is_finite() or not 0 <= number < LARGEST_FACT:
            raise Refusal("invalid_input", path=f"$.shipment.facts.{name}")
        return number

    def convert(self, amount: Decimal, currency: str) -> Decimal:
        """Convert ``amount`` of ``currency`` into the shipment's, unrounded.

        Raises Refusal (rate_missing).
        """
        if currency == self.currency:
            return amount
        rate = self.shipment.fx.get(currency)
        if not rate:
            raise Refusal("rate_missing", path=f"$.shipment.facts.fx.{currency}")
        return amount * rate

    def into(self, amount: Decimal, currency: str) -> Decimal:
        """Convert ``amount`` of the shipment's currency into ``currency``, unrounded.

        Raises Refusal (rate_missing).
        """
        if currency == self.currency:
            return amount
        rate = self.shipment.fx.get(currency)
        if not rate:
            raise Refusal("rate_missing", path=f"$.shipment.facts.fx.{currency}")
        return amount / rate

    def within(self, amount: Decimal, limit: Decimal, currency: str) -> bool:
        """Say whether ``amount`` of the shipment's currency is at most ``limit`` of ``currency``.

        The limit is converted and rounded to 0.01 as amounts are, so that rounding lifts none
        over it. Raises Refusal (rate_missing).
        """
        return amount <= cents(self.convert(limit, currency))

    # Rates

    def rate(self, item: Valued, kind: str, *, standard: Found | None = None) -> Found:
        """Return a line's rate of ``kind`` in percent: given, of the tariff, or ``standard``.

        Raises Refusal (hs_missing, tariff_unknown, tariff_ambiguous).
        """
        given = item.line.rates
        if given is not None:
            stated = given.get(kind)
            return standard or Found(ZERO, GIVEN) if stated is None else Found(stated, GIVEN)
        line = self.line(item, kind, needed=standard is None)
        if line is None:
            assert standard is not None  # noqa: S101  # or line() would have refused
            return standard
        return Found(line.rates[kind], cited(line), line)

    def line(self, item: Valued, kind: str, *, needed: bool = True) -> TariffRate | None:
        """Return the tariff line that settles ``kind``; None where it is unknown and not needed.

        Raises Refusal (hs_missing, tariff_unknown, tariff_ambiguous).
        """
        code = item.line.hs_code
        found = self.tariff.find(code, kind) if code else None
        if isinstance(found, TariffRate) or (found is None and not needed):
            return found
        if isinstance(found, Ambiguous):
            raise Refusal("tariff_ambiguous", line=item.place)
        raise Refusal("tariff_unknown" if code else "hs_missing", line=item.place)

    # Charges

    def charge(
        self,
        kind: ChargeKind,
        amount: Decimal,
        rule: Rule,
        *,
        basis: Decimal,
        formula: str,
        inputs: Mapping[str, Decimal | str],
        found: Found | None = None,
        item: Valued | None = None,
        code: str = "",
        label: Text | None = None,
        apart: bool = False,
    ) -> Decimal:
        """Add one amount and return it. ``found`` is the rate that it was computed with."""
        if found is not None:
            inputs = {**inputs, "rate": found.rate, "rate_source": found.source}
        self.used[rule.id] = rule
        self.charges.append(
            Charge(
                kind,
                Money(amount, self.currency),
                Money(basis, self.currency),
                None if found is None else found.rate,
                rule.id,
                rule.source,
                formula,
                None if item is None else item.place,
                inputs,
                label or LABELS[kind],
                code,
                apart,
            )
        )
        return amount

    def total(self, *kinds: ChargeKind) -> Decimal:
        """Return the sum of the charges of ``kinds`` so far, without what stands apart."""
        return sum((c.amount.amount for c in self.charges if c.kind in kinds and not c.apart), ZERO)

    # Results

    def close(
        self,
        outcome: Outcome = Outcome.OK,
        *,
        customs_value: Decimal,
        facts: Mapping[str, Json] | None = None,
        incoterm: str = "DDP",
        notes: Iterable[Text] = (),
        quota: tuple[QuotaUse, ...] = (),
    ) -> Assessment:
        """Return what the regime collects, and what it takes of the person's year."""
        return Assessment(
            regime=self.regime,
            outcome=outcome,
            currency=self.currency,
            customs_value=Money(customs_value, self.currency),
            charges=tuple(self.charges),
            incoterm=incoterm,
            rules_used=tuple(self.used),
            notes=(*self.notes, *notes),
            facts=facts or {},
            quota=quota,
        )

    def refused(self, reason: Refusal, words: Mapping[str, Text]) -> Assessment:
        """Return why the regime cannot be used."""
        value = self.customs_value
        return Assessment(
            regime=self.regime,
            outcome=reason.outcome,
            currency=self.currency,
            customs_value=None if value is None else Money(value, self.currency),
            refusal_code=reason.code,
            message=reason.text or words[reason.code],
            fallback_regime=reason.fallback,
            rules_used=tuple(self.used),
            facts={"path": reason.path} if reason.path else {},
        )
