"""What the bench measures: the engine for one regime, and a stored comparison of three channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from core.kernel.models import Channel
from core.orders.benchmarks.market import GOODS, QUANTITIES, REQUEST
from core.orders.benchmarks.plain import Landed, PlainLine, Taxes
from core.orders.quotes import make_quote
from core.pluginapi import ChannelRef, ChargeKind, Json, ShipmentFacts, ShipmentLine
from core.shared.clock import today
from customs.services import assess
from customs.types import AssessmentReport

REGIME = "cn.cbec.preferential"
FREIGHT = Decimal("40.00")
RATES = {"BENCH0": ("15", "13"), "BENCH1": ("0", "13"), "BENCH2": ("0", "13")}
"""Consumption tax and VAT in percent, as the tariff and the value test give them."""

PRICES = ("721.50", "115.44", "187.59")


class Engine(NamedTuple):
    """One regime's assessment of one shipment, ready to be repeated."""

    shipment: ShipmentFacts
    channel: ChannelRef
    on: date

    def assess(self) -> AssessmentReport:
        """Assess: charges with formulas, inputs, rules and sources."""
        return assess(self.shipment, channel=self.channel, on=self.on)

    def as_json(self) -> Any:
        """Assess, and write the explanation as the quote's document holds it."""
        from core.orders.quoting.imports import considered_json

        return considered_json(self.assess())


def engine() -> Engine:
    """Return a shipment of three lines to China that names the preferential regime."""
    channel = Channel.objects.order_by("key")[0].ref
    lines = tuple(
        ShipmentLine(sku, Decimal(price), quantity, hs_code=code, origin="JP", net_content=content)
        for (sku, code, _, content), price, quantity in zip(GOODS, PRICES, QUANTITIES, strict=True)
    )
    facts: dict[str, Json] = {"buyer_id_verified": True, "payer_is_buyer": True, "annual_used": "0"}
    return Engine(
        ShipmentFacts(
            country="CN",
            region="",
            currency="CNY",
            channel="direct_mail",
            lines=lines,
            freight=FREIGHT,
            shipped_from="JP",
            regime=REGIME,
            facts=facts,
        ),
        channel,
        today(),
    )


def plain_lines(given: Engine) -> list[PlainLine]:
    """Return the shipment's lines with the rates that the engine has to look up."""
    return [
        PlainLine(line.unit_price, line.quantity, *map(Decimal, RATES[line.description]))
        for line in given.shipment.lines
    ]


def check_engine(given: Engine, expected: Taxes) -> None:
    """Raise AssertionError unless the engine computes what plain arithmetic does."""
    chosen = given.assess().chosen
    if chosen is None or chosen.regime != REGIME or chosen.customs_value is None:
        raise AssertionError(f"the engine does not choose {REGIME}: {given.assess()}")
    sums = {kind: Decimal(0) for kind in ChargeKind}
    for charge in chosen.charges:
        sums[charge.kind] += charge.amount.amount
    found = (chosen.customs_value.amount, sums[ChargeKind.CONSUMPTION_TAX], sums[ChargeKind.VAT])
    _same(found, (expected.customs_value, expected.consumption_tax, expected.vat))


def compare_and_store() -> Any:
    """Price the basket in three channels and store the three quotes."""
    return make_quote(REQUEST)


def compared() -> list[dict[str, Any]]:
    """Return the documents of one comparison. Raises AssertionError when a channel refuses."""
    made = [quote.document for quote in make_quote(REQUEST)]
    for document in made:
        if document["outcome"] != "ok" or document["regime"] != REGIME:
            raise AssertionError(f"{document['channel']} refuses: {document['code']}")
    if len(made) != 3:
        raise AssertionError(f"{len(made)} channels answered, not three")
    return made


def offered(
    document: Mapping[str, Any],
) -> tuple[Sequence[PlainLine], Decimal, Decimal, Decimal]:
    """Return what plain arithmetic needs of a stored quote: inputs only, no result."""
    rate = document["fx"][0]
    freight = next(one for one in document["components"] if one["kind"] == "freight")
    lines = [
        PlainLine(Decimal(line["offer_price"]), line["quantity"], *map(Decimal, RATES[line["sku"]]))
        for line in document["lines"]
    ]
    margin = Decimal(rate["margin_percent"])
    return lines, Decimal(rate["rate"]), margin, Decimal(freight["amount"])


def check_quote(document: Mapping[str, Any], expected: Landed) -> None:
    """Raise AssertionError unless a stored quote has the amounts of plain arithmetic."""
    sums: dict[str, Decimal] = {}
    for one in document["components"]:
        sums[one["kind"]] = sums.get(one["kind"], Decimal(0)) + Decimal(one["amount"])
    kinds = ("goods", "freight", "consumption_tax", "vat")
    found = [*(sums.get(kind, Decimal(0)) for kind in kinds), Decimal(document["total"])]
    tax = expected.taxes
    wanted = [sum(expected.goods), expected.freight, tax.consumption_tax, tax.vat, expected.total]
    _same(found, wanted)


def _same(found: Sequence[Decimal], expected: Sequence[Any]) -> None:
    if list(found) != list(expected):
        raise AssertionError(f"the amounts differ: {found} instead of {expected}")
