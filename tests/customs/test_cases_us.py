"""Import into the United States: the worked cases, and examples around every limit and day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.pluginapi import (
    Assessment,
    Outcome,
    RuleSet,
    ShipmentFacts,
    ShipmentLine,
    SpecificDuty,
    TariffView,
)
from core.pluginapi.duty import Regime
from plugins.duty_us.entry import DATA, DeMinimis, Formal, Informal
from plugins.duty_us.postal import PostalSpecific
from tests.customs.americas import first, line, sent, stated, tariff, wrong_cases
from tests.customs.regimes import duty_of, in_force, tax_of

D = Decimal
REGIMES = (DeMinimis(), PostalSpecific(), Informal(), Formal())
NOW = date(2026, 11, 22)
FY2021 = date(2021, 3, 1)
SURCHARGE = date(2026, 5, 4)
FORCED = date(2026, 8, 10)


def us(*lines: ShipmentLine, **fields: Any) -> ShipmentFacts:
    return sent("US", *lines, **{"mode": "air", **fields})


def assess(shipment: ShipmentFacts, on: date, view: TariffView | None = None) -> Assessment:
    return first(REGIMES, DATA, shipment, on, view)


def overridden(on: date, values: dict[str, dict[str, str]]) -> RuleSet:
    """Return the rules of a day with an operator's values in place of some."""
    rules = dict(in_force(DATA, on).rules)
    for key, chosen in values.items():
        rules[key] = replace(rules[key], values={**rules[key].values, **chosen})
    return RuleSet(on, rules)


def under(
    rules: RuleSet,
    regime: Regime,
    shipment: ShipmentFacts,
    on: date,
    view: TariffView | None = None,
) -> Assessment:
    """Assess by other rules than those that the plug-in brings."""
    ctx: Any = None
    return regime.assess(ctx, shipment, rules, view or TariffView(on, "US", {}), on)


def fee(made: Assessment, code: str) -> Decimal | None:
    found = [c.amount.amount for c in made.charges if c.code == code]
    assert len(found) < 2
    return found[0] if found else None


@pytest.mark.django_db
def test_every_case_of_the_united_states_agrees(shared_dir: Path, tmp_path: Path) -> None:
    assert wrong_cases("US", shared_dir, tmp_path) == []


@pytest.mark.parametrize(
    ("price", "on", "regime"),
    [
        ("800.00", date(2025, 8, 28), "us.de_minimis"),
        ("800.01", date(2025, 8, 28), "us.informal"),
        ("0.01", date(2025, 8, 29), "us.informal"),
        ("2500.00", date(2025, 8, 28), "us.informal"),
        ("2500.01", date(2025, 8, 28), "us.formal"),
        ("2500.00", date(2018, 1, 1), "us.informal"),
        ("800.00", date(2016, 2, 24), "us.de_minimis"),
    ],
)
def test_value_and_day_choose_the_regime(price: str, on: date, regime: str) -> None:
    made = assess(us(line(price, layers={"mfn": "5"})), on)
    assert made.regime == regime
    assert (made.outcome is Outcome.EXEMPT) == (regime == "us.de_minimis")


def test_the_limits_count_the_goods_without_freight() -> None:
    made = assess(us(line("400", 2), freight="5000", insurance="90"), date(2025, 8, 28))
    assert (made.regime, tax_of(made)) == ("us.de_minimis", 0)
    above = assess(us(line("1250", 2), freight="5000"), NOW)
    assert above.regime == "us.informal"
    assert above.customs_value is not None
    assert above.customs_value.amount == D("2500.00")


@pytest.mark.parametrize(
    ("price", "on", "code"),
    [("801", date(2017, 12, 31), "above_limit"), ("1", date(2016, 2, 23), "no_rule")],
)
def test_a_day_before_the_rules_is_not_open(price: str, on: date, code: str) -> None:
    made = assess(us(line(price)), on)
    assert (made.outcome, made.refusal_code) == (Outcome.NOT_OPEN, code)


@pytest.mark.parametrize(
    ("regime", "price", "code"),
    [("us.informal", "2500.01", "above_limit"), ("us.de_minimis", "800", "no_rule")],
)
def test_a_regime_that_is_asked_for_is_not_replaced(regime: str, price: str, code: str) -> None:
    assert assess(us(line(price), regime=regime), NOW).refusal_code == code


def test_a_formal_entry_may_be_asked_for_at_any_value() -> None:
    for asked in ({"regime": "us.formal"}, {"facts": {"entry": "formal"}}):
        made = assess(us(line("1000", layers={"mfn": "3"}), **asked), FY2021)
        assert (made.regime, fee(made, "mpf")) == ("us.formal", D("27.23"))
    informal = assess(us(line("3000"), facts={"entry": "informal"}), FY2021)
    assert informal.regime == "us.formal"  # above the limit no informal entry is open


@pytest.mark.parametrize(
    ("price", "on", "mpf"),
    [
        ("7860.85", FY2021, "27.23"),  # 0.3464 % is 27.2300: the minimum meets it
        ("7864", FY2021, "27.24"),
        ("7000", FY2021, "27.23"),
        ("152520", FY2021, "528.33"),
        ("152519", FY2021, "528.33"),
        ("152000", FY2021, "526.53"),
        ("5000", date(2018, 9, 30), "25.67"),
        ("5000", date(2018, 10, 1), "26.22"),
        ("5000", date(2019, 10, 1), "26.79"),
        ("5000", date(2020, 9, 30), "26.79"),
        ("5000", date(2020, 10, 1), "27.23"),
        ("5000", date(2021, 10, 1), "27.75"),
        ("500000", date(2022, 9, 30), "538.40"),
        ("500000", date(2022, 10, 1), "575.35"),
        ("500000", date(2024, 9, 30), "614.35"),
    ],
)
def test_the_fee_of_a_formal_entry_stays_between_its_bounds(price: str, on: date, mpf: str) -> None:
    assert fee(assess(us(line(price)), on), "mpf") == D(mpf)


@pytest.mark.parametrize(
    ("on", "mpf"),
    [
        (date(2018, 10, 1), "2.10"),
        (date(2021, 9, 30), "2.18"),
        (date(2021, 10, 1), "2.22"),
        (date(2022, 10, 1), "2.37"),
        (date(2024, 9, 30), "2.53"),
        (date(2025, 10, 1), "2.69"),
        (date(2026, 9, 30), "2.69"),
    ],
)
def test_the_fee_of_an_informal_entry_is_that_of_the_fiscal_year(on: date, mpf: str) -> None:
    made = assess(us(line("900")), on)
    assert (fee(made, "mpf"), tax_of(made)) == (D(mpf), D(mpf))


@pytest.mark.parametrize(
    ("price", "on"),
    [
        ("900", date(2024, 10, 1)),
        ("900", date(2025, 9, 30)),
        ("3000", date(2025, 9, 30)),
        ("3000", date(2025, 10, 1)),
        ("3000", date(2026, 9, 30)),
        ("900", date(2026, 10, 1)),
        ("3000", NOW),
        ("900", date(2027, 10, 1)),
    ],
)
def test_an_unknown_fee_is_named_and_is_never_zero(price: str, on: date) -> None:
    made = assess(us(line(price, layers={"mfn": "10"})), on)
    assert made.outcome is Outcome.OK
    assert fee(made, "mpf") is None
    assert made.facts["fees_unknown"] == ["mpf"]
    assert tax_of(made) == duty_of(made) == D(price) / 10
    assert any("processing fee" in note.en for note in made.notes)


def test_an_operators_amount_takes_the_place_of_the_unknown_one() -> None:
    rules = overridden(NOW, {"us.mpf": {"minimum": "34", "maximum": "660"}})
    made = under(rules, Formal(), us(line("100000")), NOW)
    assert fee(made, "mpf") == D("346.40")
    assert "fees_unknown" not in made.facts


@pytest.mark.parametrize(
    ("mode", "hmf"), [("sea", "1.13"), ("air", "0.00"), ("road", "0.00"), ("", "0.00")]
)
def test_the_harbour_fee_is_taken_by_sea_alone_and_has_no_bounds(mode: str, hmf: str) -> None:
    made = assess(us(line("900", 1), mode=mode), FY2021)
    assert fee(made, "hmf") == D(hmf)
    assert any("harbour" in note.en for note in made.notes) == (mode == "")
    large = assess(us(line("9000000"), mode="sea"), FY2021)
    assert fee(large, "hmf") == D("11250.00")


def test_each_layer_of_each_line_is_rounded_by_itself() -> None:
    made = assess(
        us(
            line("10.10", layers={"mfn": "4.5", "section_301_china": "7.5"}),
            line("10.10", layers={"mfn": "4.5"}),
            freight="77",
        ),
        FORCED,
    )
    assert made.facts["duty_lines"] == {"mfn": "0.90", "section_301_china": "0.76"}
    assert duty_of(made) == D("1.66")  # 0.4545 and 0.7575 and 0.4545, each half up


def test_an_own_rate_of_the_country_replaces_the_general_one() -> None:
    layers = {"third_country": "10", "country_specific": "4"}
    assert duty_of(assess(us(line("900", layers=layers)), FY2021)) == D("36.00")


def test_a_given_duty_counts_as_the_ordinary_one() -> None:
    made = assess(us(line("900", rates={"duty": "10"})), FY2021)
    assert made.facts["duty_lines"] == {"mfn": "90.00"}


@pytest.mark.parametrize(
    ("mfn", "cap", "added", "duty"),
    [
        ("16.5", "12.5", "0", "165.00"),
        ("12.5", "12.5", "0", "125.00"),
        ("12.4", "12.5", "0.1", "125.00"),
        ("0", "10", "10", "100.00"),
        ("2.5", "10", "7.5", "100.00"),
    ],
)
def test_a_cap_fills_the_ordinary_duty_up(mfn: str, cap: str, added: str, duty: str) -> None:
    caps = {"section_301_forced_labor": cap}
    made = assess(us(line("1000", layers={"mfn": mfn}, caps=caps)), FORCED)
    assert D(str(made.facts["additional_rate_percent"])) == D(added)
    assert duty_of(made) == D(duty)


def test_lines_with_different_caps_have_no_one_additional_rate() -> None:
    caps = {"section_301_forced_labor": "12.5"}
    lines = [line("100", layers={"mfn": rate}, caps=caps) for rate in ("2", "4")]
    assert "additional_rate_percent" not in assess(us(*lines), FORCED).facts


def test_a_duty_by_quantity_is_given_or_refused() -> None:
    specific = (SpecificDuty("mfn", "kg", D("0.372"), "USD"),)
    by_weight = us(line("900", layers={"base": "4.3"}, specific=specific, net_kg=D("10")))
    assert duty_of(assess(by_weight, FY2021)) == D("42.42")  # 38.70 and 3.72
    without = assess(us(line("900", specific=specific)), FY2021)
    assert (without.outcome, without.refusal_code) == (Outcome.REFUSED, "quantity_missing")


@pytest.mark.parametrize(
    ("rate", "each"),
    [("0", 80), ("15.99", 80), ("16", 160), ("20", 160), ("25", 160), ("25.01", 200), ("54", 200)],
)
def test_mail_pays_by_item_and_rate(rate: str, each: int) -> None:
    parcel = us(
        line("5", 3, layers={"ieepa": rate, "mfn": "7"}),
        channel="postal",
        facts={"postal_duty_method": "specific"},
    )
    for on in (date(2025, 8, 29), date(2026, 2, 27)):
        made = assess(parcel, on)
        assert (made.regime, duty_of(made)) == ("us.postal_specific", 3 * each)
        assert tax_of(made) == 3 * each
    for on in (date(2026, 2, 28), date(2026, 7, 24)):
        assert assess(parcel, on).regime == "us.informal"


def test_several_emergency_duties_are_one_rate() -> None:
    layers = {"ieepa_fentanyl": "10", "ieepa_reciprocal": "10"}
    made = assess(us(line("5", layers=layers), regime="us.postal_specific"), date(2025, 10, 1))
    assert duty_of(made) == 160


def test_mail_by_value_is_an_informal_entry() -> None:
    parcel = us(line("100", layers={"ieepa": "15"}), channel="postal")
    made = assess(parcel, date(2025, 10, 1))
    assert (made.regime, duty_of(made)) == ("us.informal", D("15.00"))
    entered = assess(parcel, date(2026, 7, 24))
    assert fee(entered, "mpf") == D("2.69")
    assert "R-US-POSTAL-ENTRY" in entered.rules_used
    assert assess(parcel, NOW).facts["fees_unknown"] == ["mpf"]


SHIRT = "6109100012"


def shirts(origin: str, price: str = "100", code: str = SHIRT) -> ShipmentFacts:
    return us(line(price, rates=None, hs_code=code, origin=origin))


@pytest.mark.parametrize(
    ("origin", "on", "duty", "layers"),
    [
        ("VN", SURCHARGE, "26.50", {"mfn", "ieepa", "section_122"}),
        ("BR", date(2026, 7, 21), "26.50", {"mfn", "ieepa", "section_122"}),
        ("BR", date(2026, 7, 22), "51.50", {"mfn", "ieepa", "section_122", "section_301_brazil"}),
        ("BR", date(2026, 7, 23), "51.50", {"mfn", "ieepa", "section_122", "section_301_brazil"}),
        # Ordinary duty is above either cap, so nothing is added whichever of them holds.
        ("JP", date(2026, 7, 24), "16.50", {"mfn", "ieepa", "section_301_forced_labor"}),
        ("FR", NOW, "16.50", {"mfn", "ieepa", "section_301_forced_labor"}),
    ],
)
def test_the_tariff_and_the_settled_layers_of_the_day_make_the_duty(
    origin: str, on: date, duty: str, layers: set[str]
) -> None:
    view = tariff("US", on, stated("US", "61091000", "16.5"))
    made = assess(shirts(origin), on, view)
    assert made.outcome is Outcome.OK
    assert duty_of(made) == D(duty)
    assert set(made.facts["duty_lines"]) == layers  # type: ignore[arg-type]
    assert any("list" in note.en for note in made.notes)


@pytest.mark.parametrize(
    ("origin", "on", "mfn"),
    [
        ("CN", SURCHARGE, "16.5"),
        ("CN", NOW, "16.5"),
        ("VN", date(2026, 7, 24), "16.5"),
        ("BR", date(2026, 7, 24), "16.5"),
        ("GB", NOW, "16.5"),
        ("JP", NOW, "12.4"),
        ("VN", date(2026, 2, 23), "16.5"),
        ("VN", date(2025, 9, 1), "16.5"),
    ],
)
def test_an_additional_duty_that_no_source_settles_is_refused(
    origin: str, on: date, mfn: str
) -> None:
    view = tariff("US", on, stated("US", "61091000", mfn))
    made = assess(shirts(origin), on, view)
    assert (made.outcome, made.refusal_code) == (Outcome.REFUSED, "additional_duty_unknown")
    assert made.facts["path"] == "$.shipment.lines[0]"


@pytest.mark.parametrize(
    ("origin", "code", "duty"),
    [
        ("CN", "61091000", "16.50 + 7.50 + 12.50"),
        ("CN", "61099000", "16.50 + 25.00 + 12.50"),
        ("CN", "61023000", "16.50 + 0.00 + 12.50"),
        ("GB", "61091000", "16.50 + 10.00"),
        ("VN", "61091000", "16.50 + 12.50"),
        ("FR", "61023000", "16.50 + 0.00"),
    ],
)
def test_an_operators_lists_settle_it_without_code(origin: str, code: str, duty: str) -> None:
    lists = {"at_0": "*", "at_7.5": "6109", "at_25": "610990"}
    economies = {"at_10": "GB CA MX FR", "at_12.5": "*"}
    rules = overridden(
        NOW,
        {
            "us.additional.section_301_china": lists,
            "us.additional.section_301_forced_labor": economies,
        },
    )
    view = tariff("US", NOW, stated("US", code, "16.5"))
    made = under(rules, Informal(), shirts(origin, code=code), NOW, view)
    assert made.outcome is Outcome.OK
    assert duty_of(made) == sum(D(part) for part in duty.split(" + "))


def test_layers_come_in_one_order_however_the_rules_are_read() -> None:
    view = tariff("US", SURCHARGE, stated("US", "61091000", "16.5"))
    rules = in_force(DATA, SURCHARGE)
    backwards = RuleSet(SURCHARGE, dict(reversed(list(rules.rules.items()))))
    made = [under(one, Informal(), shirts("VN"), SURCHARGE, view) for one in (rules, backwards)]
    assert made[0].charges == made[1].charges


def test_a_line_without_origin_is_refused_where_the_origin_decides() -> None:
    view = tariff("US", SURCHARGE, stated("US", "61091000", "16.5"))
    made = assess(shirts(""), SURCHARGE, view)
    assert (made.outcome, made.refusal_code) == (Outcome.REFUSED, "origin_missing")


def test_given_layers_are_taken_as_they_are() -> None:
    """Who gives layers gives all of them: nothing is looked up beside."""
    made = assess(us(line("100", layers={"mfn": "5"}, origin="CN", hs_code=SHIRT)), NOW)
    assert duty_of(made) == D("5.00")


def test_the_tariff_refuses_what_it_does_not_state() -> None:
    view = tariff("US", SURCHARGE, stated("US", "04022102", expression="3.3¢/kg"))
    assert assess(shirts("VN"), SURCHARGE, view).refusal_code == "tariff_unknown"
    assert assess(shirts("VN", code=""), SURCHARGE, view).refusal_code == "hs_missing"
    milk = assess(shirts("NZ", code="0402210200"), SURCHARGE, view)
    assert milk.refusal_code == "quantity_missing"


def test_a_duty_by_weight_of_the_tariff_is_computed() -> None:
    view = tariff("US", SURCHARGE, stated("US", "04022102", expression="3.3¢/kg"))
    milk = us(line("100", rates=None, hs_code="0402210200", origin="NZ", net_kg=D("20")))
    assert duty_of(assess(milk, SURCHARGE, view)) == D("10.66")  # 0.66 and 10 %


def test_wine_and_tobacco_need_their_excise() -> None:
    for goods in (line("50", hs_code="2204215000"), line("50", category="tobacco")):
        made = assess(us(goods), date(2025, 8, 28))
        assert (made.outcome, made.refusal_code) == (Outcome.NEEDS_EXCISE, "excise_rate_missing")


@pytest.mark.parametrize(
    ("origin", "on", "told"),
    [("CN", date(2025, 5, 2), True), ("HK", date(2025, 8, 28), True),
     ("CN", date(2025, 5, 1), False), ("JP", date(2025, 8, 28), False)],
)  # fmt: skip
def test_the_open_question_of_an_earlier_end_is_told(origin: str, on: date, told: bool) -> None:
    made = assess(us(line("100", origin=origin)), on)
    assert made.outcome is Outcome.EXEMPT
    assert any("not settled" in note.en for note in made.notes) == told


@pytest.mark.parametrize("percent", ["9999999999", "9999999999999"])
def test_an_amount_too_large_to_count_is_the_shipments_fault(percent: str) -> None:
    made = assess(us(line("9999999999", 900, layers={"mfn": percent})), NOW)
    assert (made.outcome, made.refusal_code) == (Outcome.REFUSED, "invalid_input")
    assert made.facts["path"] == "$.shipment.lines"


def test_only_us_dollars_are_assessed() -> None:
    made = assess(us(line("100"), currency="EUR"), NOW)
    assert (made.outcome, made.refusal_code) == (Outcome.REFUSED, "currency_not_supported")


MONEY = st.integers(0, 300_000).map(lambda n: str(D(n) / 100))
PERCENT = st.integers(0, 600).map(lambda n: str(D(n) / 10))
LINES = st.lists(
    st.builds(
        lambda price, count, mfn, more: line(price, count, layers={"mfn": mfn, "x": more}),
        MONEY, st.integers(1, 9), PERCENT, PERCENT,
    ),
    min_size=1, max_size=5,
)  # fmt: skip
DAYS = st.sampled_from([date(2018, 1, 1), FY2021, date(2025, 8, 28), SURCHARGE, NOW])


@settings(deadline=None, derandomize=True, max_examples=60)
@given(LINES, MONEY, DAYS, st.sampled_from(["air", "sea"]))
def test_lines_and_layers_sum_to_the_totals(
    lines: list[ShipmentLine], freight: str, on: date, mode: str
) -> None:
    made = assess(us(*lines, freight=freight, mode=mode), on)
    if made.regime != "us.de_minimis":
        layers: Any = made.facts["duty_lines"]
        assert sum(D(amount) for amount in layers.values()) == duty_of(made)
    assert made.customs_value is not None
    assert made.customs_value.amount == sum(one.goods for one in lines)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(MONEY, MONEY, PERCENT, DAYS, st.sampled_from(["us.informal", "us.formal"]))
def test_tax_never_falls_when_value_rises_within_a_regime(
    price: str, more: str, mfn: str, on: date, regime: str
) -> None:
    low, high = (
        assess(us(line(str(value), layers={"mfn": mfn}), regime=regime, mode="sea"), on)
        for value in (D(price), D(price) + D(more))
    )
    if high.outcome is Outcome.OK:
        assert tax_of(low) <= tax_of(high)
