"""Shipments to the Americas and India, and what every regime there must keep."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command

from core.pluginapi import (
    Assessment,
    DutyRegime,
    Outcome,
    ShipmentFacts,
    ShipmentLine,
    TariffRate,
    TariffView,
)
from core.pluginapi.duty import DutyData
from core.pluginapi.duty.terms import NAME, TERMS
from tests.customs.regimes import considered
from tests.customs.test_cases_cn import differs

CENT = Decimal("0.01")
CURRENCY = {"US": "USD", "CA": "CAD", "MX": "USD", "BR": "USD", "IN": "INR"}


def line(price: str, quantity: int = 1, **fields: Any) -> ShipmentLine:
    """Build a line; ``rates`` None asks the tariff, by default all rates are given and zero."""
    given: dict[str, Any] = {"rates": {}, **fields}
    for name in ("rates", "layers", "caps"):
        if given.get(name) is not None:
            given[name] = {kind: Decimal(rate) for kind, rate in given[name].items()}
    return ShipmentLine("goods", Decimal(price), quantity, **given)


def sent(country: str, *lines: ShipmentLine, **fields: Any) -> ShipmentFacts:
    """Build a shipment in the currency of ``country``."""
    amounts = {
        name: Decimal(fields.pop(name, "0"))
        for name in ("freight", "insurance", "inland_transport")
    }
    given = {"region": "", "currency": CURRENCY[country], "channel": "", **fields}
    return ShipmentFacts(country=country, lines=lines, **given, **amounts)


def tariff(country: str, on: date, *stated: TariffRate) -> TariffView:
    """Build a view in which each line stands for its own code and those below."""
    return TariffView(on, country, {rate.code: (rate,) for rate in stated})


def stated(country: str, code: str, duty: str = "", expression: str = "") -> TariffRate:
    """Build a tariff line."""
    rates = {"duty": Decimal(duty)} if duty else {}
    day = date(2020, 1, 1)
    return TariffRate(country, code, rates, day, None, "test table", expression=expression)


def wrong_cases(country: str, shared: Path, folder: Path) -> list[str]:
    """Assess the worked cases of a country by the command and return the ids that differ."""
    stored = json.loads((shared / "customs" / "cases.json").read_text("utf-8"))
    mine = [case for case in stored["cases"] if case["id"].startswith(f"{country}-")]
    assert mine
    hidden = ("expected", "derivation", "rule_ids")
    bare = [{k: v for k, v in case.items() if k not in hidden} for case in mine]
    path, out = folder / "cases.json", StringIO()
    path.write_text(json.dumps(bare), encoding="utf-8")
    call_command("customs", "assess", str(path), stdout=out)
    found = {entry["id"]: entry["result"] for entry in json.loads(out.getvalue())}
    return [
        case["id"]
        for case in mine
        if differs(case["expected"], found[case["id"]], Decimal(case["tolerance"]))
    ]


def check_kept(made: Assessment, shipment: ShipmentFacts, data: DutyData, on: date) -> None:
    """Assert what holds of every result: sums, cents, and a rule with source and day."""
    if made.outcome not in (Outcome.OK, Outcome.EXEMPT):
        assert made.message
        assert made.message.en
        assert made.message.zh_hans
        assert made.message.zh_hant
        assert not made.charges
        return
    by_id = {rule.id: rule for rule in data.rules}
    for charge in made.charges:
        rule = by_id[charge.rule_id]
        assert rule.source == charge.source != ""
        assert rule.valid_from <= on <= (rule.valid_to or on)
        assert charge.amount.amount >= 0
        assert charge.amount.amount % CENT == 0
        assert charge.inputs
        if "expression" not in charge.inputs:
            assert {*NAME.findall(charge.formula), *charge.inputs} <= set(TERMS)
        assert charge.label
    assert set(made.rules_used) >= {charge.rule_id for charge in made.charges}
    assert any(note.en.startswith((made.incoterm, "DDP", "DAP")) for note in made.notes)
    total = sum((c.amount.amount for c in made.charges), Decimal(0))
    assert (made.outcome is Outcome.EXEMPT) == (total == 0) or shipment.country == "US"


def first(
    regimes: Sequence[DutyRegime],
    data: DutyData,
    shipment: ShipmentFacts,
    on: date,
    view: TariffView | None = None,
) -> Assessment:
    """Return what the first open regime says, after checking what every result keeps."""
    made = considered(regimes, data, shipment, on, view)
    check_kept(made, shipment, data, on)
    return made
