"""What would it cost: a shipment in any currency, assessed in the currency of its destination.

Nothing is stored. Amounts are converted by the authority's own rate where one is known; where none
is, by the rate that quotes use, and the estimate says so. Without any rate it refuses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from core.fx.conversion import convert
from core.fx.errors import RateError
from core.fx.types import Conversion, Reference
from core.kernel import providers
from core.pluginapi import (
    ChannelRef,
    InvalidInput,
    Json,
    Money,
    MoneyError,
    Purpose,
    ShipmentFacts,
    ShipmentLine,
    Text,
)
from core.pluginapi.duty import cents
from core.shared.clock import now
from core.shared.localtime import local_day
from customs import cases, exchange
from customs.explain import node_json, tree_of_assessment
from customs.services import assess
from customs.types import AssessmentReport
from customs.values import assessment_json

NOT_CUSTOMS_RATE = Text(
    "No customs exchange rate is known for that day: the rate of quotes was used",
    "当日无海关计征汇率，已采用报价汇率估算",
    "當日無海關計徵匯率，已採用報價匯率估算",
)


@dataclass(frozen=True, slots=True)
class Estimate:
    """An assessment of ``shipment`` (in the authority's currency) that was asked as ``asked``.

    ``rates`` are the conversions of one unit of each currency; ``landed`` is the landed cost in the
    currency that was asked, None where it was refused.
    """

    on: date
    asked: ShipmentFacts
    shipment: ShipmentFacts
    report: AssessmentReport
    rates: tuple[Conversion, ...]
    notes: tuple[Text, ...]
    result: dict[str, Any]
    landed: Money | None


def estimate(
    asked: ShipmentFacts, *, on: date | None = None, channel: ChannelRef | None = None
) -> Estimate:
    """Assess ``asked`` by the rules of ``on``, when left out of the destination's present day.

    Raises RateError when an amount cannot be converted, InvalidInput when one is too large for it.
    """
    moment = now()
    day = on or local_day(asked.country, moment)
    at = moment if on is None else datetime.combine(on, time(23, 59, 59), tzinfo=UTC)
    desk = _Desk(asked, at, day, channel)
    shipment = desk.shipment()
    report = assess(shipment, channel=channel, on=day)
    result = cases.result_of(cases.Case("", day, shipment), report)
    return Estimate(
        on=day,
        asked=asked,
        shipment=shipment,
        report=report,
        rates=tuple(desk.rates.values()),
        notes=tuple(desk.notes),
        result=result,
        landed=desk.back(result),
    )


def estimate_json(made: Estimate) -> dict[str, Any]:
    """Return an estimate as JSON: the result of ``customs assess``, its tree, and its rates."""
    document = assessment_json(made.report)
    tree = tree_of_assessment(document)
    landed = made.landed
    return {
        "on": made.on.isoformat(),
        "currency": made.shipment.currency,
        **made.result,
        "explanation": document,
        "tree": node_json(tree) if tree else None,
        "landed": landed and {"amount": f"{landed.amount:f}", "currency": landed.currency},
        "rates": list(_rates_json(made.rates)),
        "notes": [note.as_dict() for note in made.notes],
    }


def _rates_json(rates: tuple[Conversion, ...]) -> Iterator[dict[str, Any]]:
    for one in rates:
        yield {
            "pair": f"{one.rate.pair.base}/{one.rate.pair.quote}",
            "rate": f"{one.rate.value.normalize():f}",
            "source": one.rate.source,
            "as_of": one.rate.as_of.isoformat(),
            "purpose": one.rate.purpose.value,
        }


class _Desk:
    """Converts one shipment into the currency that its destination counts in."""

    def __init__(
        self, asked: ShipmentFacts, at: datetime, on: date, channel: ChannelRef | None
    ) -> None:
        self.asked = asked
        self.at = at
        self.channel = channel
        self.rates: dict[str, Conversion] = {}
        self.notes: list[Text] = []
        regimes = providers.regimes(channel, asked.country)
        counted = next((one.object.currencies for one in regimes if one.object.currencies), ())
        self.to = asked.currency if asked.currency in counted or not counted else counted[0]
        self.foreign = {code for one in regimes for code in one.object.foreign} - {self.to}
        self.reference: Reference | None = None
        if self.foreign or self.to != asked.currency:
            self.reference = exchange.reference_of(channel, asked.country, on)

    def shipment(self) -> ShipmentFacts:
        """Return the shipment in ``to``, with the rates that its regimes need."""
        asked = self.asked
        needed = {code for code in self.foreign if code not in asked.fx}
        fx = {**asked.fx, **{code: self._rate(code) for code in sorted(needed)}}
        if asked.currency == self.to:
            return replace(asked, fx=fx)
        return replace(
            asked,
            currency=self.to,
            lines=tuple(self._line(line) for line in asked.lines),
            freight=self._amount(asked.freight),
            insurance=self._amount(asked.insurance),
            inland_transport=self._amount(asked.inland_transport),
            fx={asked.currency: self._rate(asked.currency), **fx},
        )

    def back(self, result: Mapping[str, Json]) -> Money | None:
        """Return the landed total of a result in the currency that was asked."""
        if "landed_total" not in result:
            return None
        total = Decimal(str(result["landed_total"]))
        if self.to == self.asked.currency:
            return Money(total, self.to)
        return Money(total / self._rate(self.asked.currency), self.asked.currency).rounded()

    def _line(self, line: ShipmentLine) -> ShipmentLine:
        value = self._amount(line.goods)
        return replace(line, unit_price=value / line.quantity, value=value)

    def _amount(self, amount: Decimal) -> Decimal:
        return cents(amount * self._rate(self.asked.currency))

    def _rate(self, currency: str) -> Decimal:
        if currency not in self.rates:
            try:
                self.rates[currency] = self._found(Money(Decimal(1), currency))
            except MoneyError as problem:
                raise InvalidInput(str(problem), path="$.shipment.currency") from None
        return self.rates[currency].rate.value

    def _found(self, one: Money) -> Conversion:
        try:
            return convert(
                one,
                self.to,
                at=self.at,
                purpose=Purpose.CUSTOMS,
                channel=self.channel,
                reference=self.reference,
            )
        except RateError:
            made = convert(one, self.to, at=self.at, purpose=Purpose.QUOTE, channel=self.channel)
            if NOT_CUSTOMS_RATE not in self.notes:
                self.notes.append(NOT_CUSTOMS_RATE)
            return made
