"""Computes a stored quote again from what it pinned, and compares the bytes.

Pinned are the lines with their offers' prices, freight, fees, margins and facts. Computed anew are
the exchange rates, the goods, what customs sees, duty and taxes, and the sums: by the rules,
tariffs and rates of the quote's day that were known when it was made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from core.fx.conversion import find
from core.fx.types import Conversion
from core.kernel.models import Channel
from core.orders.models import StoredQuote
from core.orders.quotes import stored_quote
from core.orders.quoting import imports
from core.orders.quoting.building import Builder
from core.orders.quoting.document import intact, sealed
from core.orders.quoting.pinning import component_from, line_from, shipment_from
from core.orders.quoting.rates import Rates
from core.orders.quoting.types import Component, PricedLine, Situation, instant
from core.orders.quoting.versions import kind_of, versions
from core.pluginapi import (
    Assessment,
    Margin,
    Money,
    Pair,
    Purpose,
    RoundingRule,
    ShipmentFacts,
    Text,
)
from customs.snapshot import moment_of
from customs.types import AssessmentReport

FREIGHT, FEES, COSTS = 20, 40, 80
"""The places of pinned components among all."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One value of the document that came out otherwise; None where it is missing."""

    path: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What computing a quote again found; ``same`` means equal to the last byte.

    ``skipped`` says why nothing was computed: the quote ended before customs were asked.
    ``plugins`` are those whose version has changed since, with both versions.
    """

    quote: StoredQuote
    same: bool
    differences: tuple[Difference, ...] = ()
    plugins: tuple[Difference, ...] = ()
    skipped: str = ""


def recompute(quote: StoredQuote) -> Recomputed:
    """Compute a stored quote again. Never raises for what the quote holds."""
    body = bytes(quote.body)
    stored = quote.document
    if not intact(body, quote.sha256):
        return Recomputed(quote, False, (Difference("$.hash", stored.get("hash"), quote.sha256),))
    if "shipment" not in stored:
        return Recomputed(quote, True, skipped=stored["code"])
    situation = _situation(quote.channel, stored)
    if situation is None:
        gone = Difference("$.channel_kind", stored["channel_kind"], None)
        return Recomputed(quote, False, (gone,))
    fresh = _Again(situation, stored).document_again()
    again, _ = sealed(fresh)
    if again == body:
        return Recomputed(quote, True)
    found = tuple(differences(stored, {**fresh, "hash": stored["hash"]}))
    plugins = tuple(one for one in found if one.path.startswith("$.plugins."))
    return Recomputed(quote, False, found, plugins)


def recompute_all(identifier: UUID | str | None = None) -> Iterator[Recomputed]:
    """Compute one stored quote again, or all of them, oldest first. Raises QuoteNotFound."""
    if identifier is not None:
        yield recompute(stored_quote(identifier))
        return
    quotes = StoredQuote.objects.select_related("channel").order_by("created_at", "pk")
    for quote in quotes.iterator(chunk_size=200):
        yield recompute(quote)


def differences(old: Any, new: Any, path: str = "$") -> Iterator[Difference]:
    """Yield where two JSON values differ, by path."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            yield from differences(old.get(key), new.get(key), f"{path}.{key}")
    elif isinstance(old, Sequence) and isinstance(new, Sequence) and not isinstance(old, str):
        for index in range(max(len(old), len(new))):
            before = old[index] if index < len(old) else None
            after = new[index] if index < len(new) else None
            yield from differences(before, after, f"{path}[{index}]")
    elif old != new:
        yield Difference(path, old, new)


class _PinnedRates(Rates):
    """Rates of the store as they were known, with the margins that the quote disclosed."""

    def __init__(self, situation: Situation, stored: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(situation)
        self.stored = {(one["pair"], one["purpose"]): one for one in stored}

    def _converted(self, amount: Money, to: str, purpose: Purpose) -> Conversion:
        pair = Pair(amount.currency, to)
        reference = self.reference_for(amount, to, purpose)
        found = find(
            pair,
            at=self.at,
            purpose=purpose,
            channel=self.channel,
            reference=reference,
            known_at=self.situation.known_at,
            seen=self.seen,
        )
        pinned = self.stored.get((f"{pair.base}/{pair.quote}", purpose.value), {})
        margins = tuple(
            Margin(Decimal(one["percent"]), Text.from_dict(one["label"]), one["source"])
            for one in pinned.get("margins", ())
        )
        percent = sum((margin.percent for margin in margins), Decimal(0))
        return Conversion(
            amount=amount,
            result=amount,
            unrounded=amount.amount,
            rate=found.rate,
            margin_percent=percent,
            margins=margins,
            rounding=RoundingRule.HALF_UP,
            path=found.path,
            age_days=found.age_days,
            reference=reference,
        )


class _Again(Builder):
    """Builds the document of a stored quote with what it pinned in the place of questions."""

    def __init__(self, situation: Situation, stored: Mapping[str, Any]) -> None:
        super().__init__(situation, (), {}, stored["facts"])
        self.stored = stored
        self.rates = _PinnedRates(situation, stored["fx"])
        pinned = stored.get("found", stored["components"])
        self.pinned = [component_from(one) for one in pinned]

    def document_again(self) -> dict[str, Any]:
        """Return the stored document with everything that is computed put in anew."""
        built = self.build()
        pinned = {key: value for key, value in self.stored.items() if key != "found"}
        return {
            **pinned,
            **built,
            "epoch": self.stored["epoch"],
            "plugins": versions(self.plugins),
        }

    def _lines(self) -> tuple[PricedLine, ...]:
        currency = self.situation.currency
        found = []
        for stored in self.stored["lines"]:
            line = line_from(stored, currency)
            unit = self.rates.exact(line.offer.price, currency).rounded()
            found.append(
                PricedLine(
                    basket=line.basket,
                    offer=line.offer,
                    reason=line.reason,
                    unit_price=unit,
                    goods=unit * line.basket.quantity,
                )
            )
        return tuple(found)

    def _check_limits(self, lines: Sequence[PricedLine]) -> None:
        """Nothing is asked: limits are the buyer's, and of another day."""

    def _add_fees(self, lines: Sequence[PricedLine], goods: Money) -> None:
        self._put_back(FEES)

    def _freight(self, lines: Sequence[PricedLine]) -> Sequence[Component]:
        found = [self._carried(one) for one in self.pinned if one.order == FREIGHT]
        self.components += found
        return found

    def _carried(self, pinned: Component) -> Component:
        basis, currency = pinned.basis, self.situation.currency
        assert basis is not None  # noqa: S101  # freight always states what the carrier asks
        amount = self.rates.rounded(basis, currency)
        rate, _, fx_source = self.rates.basis_of(basis.currency, currency)
        tariff = pinned.source.rpartition("; ")[0] if fx_source else pinned.source
        source = f"{tariff}; {fx_source}" if fx_source else tariff
        return msgspec.structs.replace(pinned, amount=amount, rate=rate, source=source)

    def _shipment(self, lines: Sequence[PricedLine], freight: Money) -> ShipmentFacts:
        stored = shipment_from(self.stored["shipment"], self.facts)
        return imports.converted_again(stored, lines, freight, self.rates)

    def _report(self, shipment: ShipmentFacts) -> AssessmentReport:
        among = {one["regime"] for one in self.stored["regimes_considered"]}
        known_at = moment_of(self.stored["epoch"]) or self.situation.known_at
        return imports.assessed(replace(self.situation, known_at=known_at), shipment, among=among)

    def _add_costs(self, goods: Money, freight: Money, assessment: Assessment) -> None:
        self._put_back(COSTS)

    def _put_back(self, order: int) -> None:
        self.components += [one for one in self.pinned if one.order == order]


def _situation(channel: Channel, stored: Mapping[str, Any]) -> Situation | None:
    """Return what the quote depended on, None when its way of selling is not loaded any more."""
    kind, plugin = kind_of(stored["channel_kind"])
    if kind is None:
        return None
    made, on = datetime.fromisoformat(stored["created_at"]), date.fromisoformat(stored["on"])
    return Situation(
        channel=channel,
        place=channel.ref,
        kind=replace(kind, regimes=tuple(stored["regimes_preferred"])),
        kind_plugin=plugin,
        country=stored["destination"]["country"],
        region=stored["destination"]["region"],
        currency=stored["currency"],
        customs_currency=stored["shipment"]["currency"],
        at=instant(made, on, stored["destination"]["country"]),
        on=on,
        buyer=None,
        known_at=made,
    )
