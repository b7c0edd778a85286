"""What holds for every value: exact sums, exact shares, and no tax that falls as value rises."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.pluginapi import Assessment, Outcome, RuleSet, ShipmentFacts, ShipmentLine, TariffView
from core.shared.money import split
from customs.values import tax_total
from plugins.duty_cn.base import China
from plugins.duty_cn.cbec import Preferential
from plugins.duty_cn.postal import PostalArticles
from plugins.duty_cn.trade import GeneralTrade
from plugins.duty_flat.regime import FlatRegime, Settings

DAY = date(2026, 11, 22)
IN_FORCE = [
    r for r in China.data.rules if r.valid_from <= DAY and (not r.valid_to or r.valid_to >= DAY)
]
RULES = RuleSet(DAY, {rule.key: rule for rule in IN_FORCE})
TARIFF = TariffView(DAY, "CN", {})
FLAT: Any = SimpleNamespace(
    settings=Settings(country="CN", duty_percent=Decimal(8), vat_percent=Decimal(21))
)
REGIMES: list[Any] = [Preferential(), PostalArticles(), GeneralTrade(), FlatRegime()]
cents = st.integers(min_value=0, max_value=500_000).map(lambda n: Decimal(n) / 100)
rates = st.fixed_dictionaries(
    {
        "vat": st.sampled_from([Decimal(9), Decimal(13)]),
        "consumption_tax": st.sampled_from([Decimal(0), Decimal(10), Decimal(20)]),
        "duty": st.sampled_from([Decimal(0), Decimal("6.5"), Decimal(14)]),
        "postal": st.sampled_from([Decimal(13), Decimal(20), Decimal(50)]),
    }
)
lines = st.builds(
    ShipmentLine,
    description=st.just("goods"),
    unit_price=cents,
    quantity=st.integers(min_value=1, max_value=9),
    rates=rates,
)


def assessed(regime: Any, shipment: ShipmentFacts) -> Assessment:
    return regime.assess(FLAT, shipment, RULES, TARIFF, DAY)


def parcel(regime: Any, *given: ShipmentLine, freight: Decimal = Decimal(0)) -> ShipmentFacts:
    return ShipmentFacts("CN", "", "CNY", "", given, freight=freight, regime=regime.key)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.lists(lines, min_size=1, max_size=8), cents)
def test_lines_sum_to_totals_in_every_regime(given: list[ShipmentLine], freight: Decimal) -> None:
    for regime in REGIMES:
        made = assessed(regime, parcel(regime, *given, freight=freight))
        if made.outcome not in (Outcome.OK, Outcome.EXEMPT):
            continue
        assert made.customs_value is not None
        goods = sum((line.goods for line in given), Decimal(0))
        carried = Decimal(0) if regime.key == "cn.postal" else freight
        assert made.customs_value.amount == goods + carried
        assert all(charge.amount.amount >= 0 for charge in made.charges)
        assert all(charge.amount.amount % Decimal("0.01") == 0 for charge in made.charges)
        by_line = sum((c.amount.amount for c in made.charges if c.line is not None), Decimal(0))
        assert by_line == tax_total(made)


@settings(deadline=None, derandomize=True, max_examples=80)
@given(cents, cents, rates)
def test_tax_never_falls_when_value_rises_within_a_regime(
    price: Decimal, more: Decimal, given: dict[str, Decimal]
) -> None:
    for regime in REGIMES:
        low, high = (
            assessed(regime, parcel(regime, ShipmentLine("goods", value, 1, rates=given)))
            for value in (price, price + more)
        )
        if not {Outcome.REFUSED, Outcome.NOT_OPEN} & {low.outcome, high.outcome}:
            assert tax_total(low) <= tax_total(high)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(
    st.integers(min_value=0, max_value=10**9),
    st.lists(cents, min_size=1, max_size=40),
    st.sampled_from([0, 2, 3]),
)
def test_shares_are_exact_and_never_negative(
    units: int, weights: list[Decimal], places: int
) -> None:
    whole = Decimal(units).scaleb(-places)
    parts = split(whole, weights, places=places)
    assert sum(parts, Decimal(0)) == whole
    assert len(parts) == len(weights)
    assert all(part >= 0 for part in parts)
    assert all(part % Decimal(1).scaleb(-places) == 0 for part in parts)


def test_more_shares_than_cents_never_turn_negative() -> None:
    parts = split(Decimal("5.00"), [Decimal(1)] * 999, places=2)
    assert (sum(parts), min(parts), max(parts)) == (Decimal("5.00"), 0, Decimal("0.01"))
