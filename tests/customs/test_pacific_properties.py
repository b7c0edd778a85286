"""What holds for every value in Asia, the Pacific, Switzerland and Norway."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.pluginapi import (
    Charge,
    ChargeKind,
    Outcome,
    RuleSet,
    ShipmentFacts,
    ShipmentLine,
    TariffView,
)
from tests.customs.pacific import COUNTRIES, SETUP, assess, line, sent
from tests.customs.regimes import duty_of, in_force, tax_of, vat_of

D = Decimal
FROM, UNTIL = date(2010, 10, 1), date(2027, 12, 31)
HOLDS = (Outcome.OK, Outcome.EXEMPT)
LARGEST_STEP = {"CH": D("0.025"), "KR": D(10), "TW": D("0.5")}

places = st.sampled_from(sorted(COUNTRIES))
days = st.integers(min_value=0, max_value=(UNTIL - FROM).days).map(
    lambda number: FROM + timedelta(days=number)
)
amounts = st.one_of(
    st.integers(min_value=0, max_value=300_000).map(lambda number: D(number) / 100),
    st.integers(min_value=0, max_value=60_000).map(D),
)
rates = st.fixed_dictionaries(
    {},
    optional={
        "duty": st.sampled_from(["0", "5", "7.5", "10.7", "33.3"]),
        "vat": st.sampled_from(["0", "2.6", "8", "10", "25"]),
    },
)
lines = st.builds(
    line, amounts, st.integers(min_value=1, max_value=9), rates=rates,
)  # fmt: skip
carried = st.fixed_dictionaries(
    {},
    optional={
        "freight": amounts.map(str),
        "insurance": amounts.map(str),
        "mode": st.sampled_from(["air", "sea", ""]),
        "seller_registered": st.booleans(),
        "personal_use": st.booleans(),
        "excluded_article": st.booleans(),
        "list_clearance": st.booleans(),
        "import_number_in_half_year": st.integers(min_value=0, max_value=9),
    },
)


def parcel(country: str, goods: list[ShipmentLine], fields: dict[str, Any]) -> ShipmentFacts:
    return sent(country, *goods, fx={"USD": D(1400)}, **fields)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(places, st.lists(lines, min_size=1, max_size=6), carried, days)
def test_lines_sum_to_totals_and_every_amount_names_its_rule(
    country: str, goods: list[ShipmentLine], fields: dict[str, Any], on: date
) -> None:
    made = assess(parcel(country, goods, fields), on)
    if made.outcome not in HOLDS:
        assert made.refusal_code == "no_rule"
        return
    by_line = [D(0)] * len(goods)
    for charge in made.charges:
        if charge.line is not None:
            by_line[charge.line] += charge.amount.amount
    assert sum(by_line) == tax_of(made) == duty_of(made) + vat_of(made)


@settings(deadline=None, derandomize=True, max_examples=400)
@given(places, lines, amounts, carried, days)
def test_tax_never_falls_when_value_rises_within_a_regime(
    country: str, goods: ShipmentLine, more: Decimal, fields: dict[str, Any], on: date
) -> None:
    dearer = line(goods.unit_price + more, goods.quantity, rates=goods.rates)
    low, high = (assess(parcel(country, [one], fields), on) for one in (goods, dearer))
    if low.outcome in HOLDS and high.outcome in HOLDS and low.regime == high.regime:
        assert tax_of(high) >= tax_of(low)
        assert duty_of(high) >= duty_of(low)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.lists(lines, min_size=1, max_size=4), carried, days)
def test_the_taxes_of_japan_are_whole_hundreds(
    goods: list[ShipmentLine], fields: dict[str, Any], on: date
) -> None:
    made = assess(parcel("JP", goods, fields), on)
    if made.outcome not in HOLDS:
        return
    national, local = (
        sum(c.amount.amount for c in made.charges if c.code == code)
        for code in ("national", "local")
    )
    assert duty_of(made) % 100 == national % 100 == local % 100 == 0
    if "vat_national" in made.facts:
        assert (D(str(made.facts["vat_national"])), D(str(made.facts["vat_local"]))) == (
            national, local,
        )  # fmt: skip


@settings(deadline=None, derandomize=True, max_examples=300)
@given(places.filter(lambda country: country != "JP"), lines, carried, days)
def test_an_amount_follows_from_its_formula_and_inputs(
    country: str, goods: ShipmentLine, fields: dict[str, Any], on: date
) -> None:
    made = assess(parcel(country, [goods], fields), on)
    for charge in made.charges:
        step = LARGEST_STEP.get(country, D("0.005"))
        assert abs(worked_out(charge) - charge.amount.amount) <= step


def worked_out(charge: Charge) -> Decimal:
    """Compute a formula: its names from the inputs, ``rate`` in percent."""
    values = {
        name: value / 100 if name == "rate" else value
        for name, value in charge.inputs.items()
        if isinstance(value, Decimal)
    }
    names = re.findall(r"[a-z_]+", charge.formula)
    assert set(names) <= set(values)
    result = eval(charge.formula.replace("×", "*"), {"__builtins__": {}}, values)
    assert isinstance(result, Decimal)
    return result


@pytest.mark.parametrize("country", sorted(COUNTRIES))
def test_a_parcel_of_many_lines_that_share_one_cent_has_no_negative_amount(country: str) -> None:
    goods = [line("1.10", rates={"duty": "5"}) for _ in range(40)]
    stated = {"seller_registered": True, "excluded_article": True, "duty_amount": "0.03"}
    made = assess(sent(country, *goods, freight="0.07", mode="air", fx={"USD": D("0.1")}, **stated))
    assert made.outcome in HOLDS
    assert all(charge.amount.amount >= 0 for charge in made.charges)
    assert made.charges or country in ("HK", "TW")
    assert all(charge.kind in (ChargeKind.DUTY, ChargeKind.VAT) or charge.apart
               for charge in made.charges)  # fmt: skip


@pytest.mark.parametrize("country", sorted(COUNTRIES))
@pytest.mark.parametrize("rate", ["1E-12", "1400", "1E12"])
def test_amounts_that_no_money_can_have_are_refused_and_do_not_fail(
    country: str, rate: str
) -> None:
    goods = [line("9999999999999", rates={"duty": "9999999999999"}) for _ in range(2000)]
    made = assess(sent(country, *goods, mode="air", fx={"USD": D(rate)}))
    assert (made.refusal_code, made.facts["path"]) == ("invalid_input", "$.shipment.lines")


def test_a_rule_that_holds_no_number_is_the_rules_fault_and_not_the_shipments() -> None:
    country = COUNTRIES["AU"]
    rules = in_force(country.data, date(2026, 11, 22))
    broken = replace(rules.rules["au.limit"], values={"low_value_aud": "a thousand"})
    rules = RuleSet(rules.on, {**rules.rules, "au.limit": broken})
    view = TariffView(rules.on, "AU", {})
    with pytest.raises(ValueError, match="'a thousand' in a rule is not a number"):
        country.regimes[0].assess(SETUP, sent("AU", line("5")), rules, view, rules.on)
