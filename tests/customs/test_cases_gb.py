"""Import into the United Kingdom: the worked cases, and examples of our own."""

from __future__ import annotations

import json
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.pluginapi import (
    Assessment,
    ChargeKind,
    Outcome,
    ShipmentFacts,
    ShipmentLine,
    SpecificDuty,
    TariffRate,
    TariffView,
)
from plugins.duty_gb.gift import Gift
from plugins.duty_gb.kingdom import DATA
from plugins.duty_gb.low_value import LowValue
from plugins.duty_gb.standard import NorthernIreland, Standard
from tests.customs.regimes import considered, duty_of, tax_of, vat_of
from tests.customs.test_cases_cn import differs

D = Decimal
DAY = date(2026, 11, 22)
REGIMES = (Gift(), LowValue(), NorthernIreland(), Standard())


def line(price: str, quantity: int = 1, **fields: Any) -> ShipmentLine:
    rates = fields.pop("rates", {})
    given = None if rates is None else {kind: D(rate) for kind, rate in rates.items()}
    layers = {code: D(rate) for code, rate in fields.pop("layers", {}).items()}
    return ShipmentLine("goods", D(price), quantity, rates=given, layers=layers, **fields)


def sent(*lines: ShipmentLine, **fields: Any) -> ShipmentFacts:
    amounts = {
        name: D(fields.pop(name, "0")) for name in ("freight", "insurance", "inland_transport")
    }
    return ShipmentFacts(
        **{"country": "GB", "region": "", "currency": "GBP", "channel": "", **fields},
        **amounts,
        lines=lines,
    )


def assess(shipment: ShipmentFacts, on: date = DAY, tariff: TariffView | None = None) -> Assessment:
    """Return what the first regime that is open says, in the order of the regimes."""
    return considered(REGIMES, DATA, shipment, on, tariff)


def pence(amount: Decimal) -> Decimal:
    return amount.quantize(D("0.01"), ROUND_HALF_UP)


@pytest.mark.django_db
def test_every_case_of_the_kingdom_agrees(shared_dir: Path, tmp_path: Path) -> None:
    stored = json.loads((shared_dir / "customs" / "cases.json").read_text("utf-8"))
    mine = [case for case in stored["cases"] if case["id"].startswith("GB-")]
    assert len(mine) > 15
    path, out = tmp_path / "cases.json", StringIO()
    path.write_text(json.dumps(mine), encoding="utf-8")
    call_command("customs", "assess", str(path), stdout=out)
    results = {entry["id"]: entry["result"] for entry in json.loads(out.getvalue())}
    wrong = [
        case["id"]
        for case in mine
        if differs(case["expected"], results[case["id"]], D(case["tolerance"]))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("price", "facts", "regime", "outcome"),
    [
        ("135.00", {}, "gb.low_value", Outcome.OK),
        ("135.01", {}, "gb.standard", Outcome.OK),
        ("39.00", {"gift": True}, "gb.gift", Outcome.EXEMPT),
        ("39.01", {"gift": True}, "gb.gift", Outcome.OK),
        ("135.01", {"gift": True}, "gb.gift", Outcome.OK),
        ("39.00", {"gift": False}, "gb.low_value", Outcome.OK),
    ],
)
def test_value_and_gift_choose_the_regime(
    price: str, facts: dict[str, Any], regime: str, outcome: Outcome
) -> None:
    made = assess(sent(line(price), facts=facts, freight="300"))
    assert (made.regime, made.outcome) == (regime, outcome)


def test_a_day_without_a_rule_is_refused() -> None:
    assert assess(sent(line("10")), date(2020, 12, 31)).outcome is Outcome.NOT_OPEN
    assert assess(sent(line("10")), date(2021, 1, 1)).outcome is Outcome.OK


def test_three_pieces_that_sum_to_the_limit_are_within_it() -> None:
    assert assess(sent(line("45", 3))).regime == "gb.low_value"
    assert assess(sent(line("45", 3), line("0.01"))).regime == "gb.standard"


def test_vat_at_the_sale_is_on_goods_and_delivery_and_rounded_once_a_rate() -> None:
    made = assess(
        sent(line("10.03"), line("9.99"), line("20.02", rates={"vat": "0"}),
             line("30.01", rates={"vat": "5"}), freight="7.77", insurance="0.50")
    )  # fmt: skip
    bases: dict[Decimal, Decimal] = {}
    for charge in made.charges:
        assert charge.rate is not None
        bases[charge.rate] = bases.get(charge.rate, D(0)) + charge.basis.amount
    assert sum(bases.values()) == D("10.03") + D("9.99") + D("20.02") + D("30.01") + D("8.27")
    assert vat_of(made) == sum(pence(base * rate / 100) for rate, base in bases.items())
    assert (made.incoterm, made.facts["vat_kind"]) == ("DDP", "supply_vat_at_sale")
    assert "vat_rate" not in made.facts


def test_a_parcel_of_zero_rated_goods_is_assessed_and_bears_nothing() -> None:
    made = assess(sent(line("60", rates={"vat": "0"}), freight="6"))
    assert (made.outcome, tax_of(made), made.facts["vat_rate"]) == (Outcome.OK, 0, "0")


def test_every_layer_counts_and_totals_come_from_unrounded_figures() -> None:
    specific = (SpecificDuty("anti_dumping", "t", D("144.10"), "GBP"),)
    made = assess(
        sent(
            line("1000", net_kg=D(2000), specific=specific,
                 layers={"third_country": "2.7", "safeguard": "25", "additional_duties": "25"}),
            freight="250.89", insurance="10",
        )
    )  # fmt: skip
    assert pence(duty_of(made)) == D("952.69")
    assert pence(vat_of(made)) == D("442.72")
    assert pence(tax_of(made)) == D("1395.40")
    assert made.facts["duty_lines"] == {
        "third_country": "34.04",
        "safeguard": "315.22",
        "additional_duties": "315.22",
        "anti_dumping": "288.20",
    }


def test_a_rate_for_the_country_of_origin_takes_the_place_of_the_ordinary_one() -> None:
    layers = {"third_country": "12", "country_specific": "5", "anti_dumping": "3"}
    made = assess(sent(line("500", layers=layers)))
    assert made.facts["duty_lines"] == {"country_specific": "25.00", "anti_dumping": "15.00"}


@pytest.mark.parametrize(
    ("per", "fields", "duty"),
    [
        ("kg", {"net_kg": D("12.5")}, "25.0"),
        ("t", {"net_kg": D("12.5")}, "0.025"),
        ("l", {"litres": D("7")}, "14"),
        ("item", {}, "6"),
    ],
)
def test_a_duty_by_quantity_counts_the_whole_line(
    per: str, fields: dict[str, Any], duty: str
) -> None:
    specific = (SpecificDuty("third_country", per, D(2), "GBP"),)
    made = assess(sent(line("100", 3, specific=specific, **fields)))
    assert duty_of(made) == D(duty)


@pytest.mark.parametrize(
    ("per", "currency", "code"),
    [("kg", "GBP", "quantity_missing"), ("item", "EUR", "rate_missing")],
)
def test_a_duty_by_quantity_is_refused_without_quantity_or_rate(
    per: str, currency: str, code: str
) -> None:
    specific = (SpecificDuty("third_country", per, D(2), currency),)
    made = assess(sent(line("500", specific=specific)))
    assert (made.outcome, made.refusal_code) == (Outcome.REFUSED, code)


def test_a_given_duty_is_the_third_country_duty() -> None:
    made = assess(sent(line("500", rates={"duty": "12", "vat": "5"})))
    assert made.facts["duty_lines"] == {"third_country": "60.00"}
    assert vat_of(made) == 28


@pytest.mark.parametrize("value", ["20", "200"])
@pytest.mark.parametrize(
    "fields",
    [{"hs_code": "22042100"}, {"hs_code": "2402.20"}, {"category": "dutiable_liquor"},
     {"category": "tobacco"}, {"hs_code": "220830", "category": "dutiable_liquor"}],
)  # fmt: skip
def test_excise_goods_need_an_excise_at_any_value(value: str, fields: dict[str, str]) -> None:
    for facts in ({}, {"gift": True}):
        made = assess(sent(line("5"), line(value, **fields), facts=facts))
        assert (made.outcome, made.refusal_code) == (Outcome.NEEDS_EXCISE, "excise_rate_missing")
        assert made.facts["path"] == "$.shipment.lines[1]"


def test_a_stated_excise_is_taxed_and_is_no_duty() -> None:
    made = assess(
        sent(line("20", hs_code="220421", layers={"third_country": "10", "excise": "50"}))
    )
    assert made.regime == "gb.standard"
    assert (duty_of(made), vat_of(made)) == (2, D("6.4"))
    assert tax_of(made) == D("18.4")


def test_perfume_has_no_low_value_procedure() -> None:
    perfume = line("60", hs_code="330300", rates={"duty": "6"})
    assert assess(sent(perfume)).regime == "gb.standard"
    asked = assess(sent(perfume, regime="gb.low_value"))
    assert (asked.refusal_code, asked.fallback_regime) == ("goods_excluded", "gb.standard")


def test_low_value_asked_for_above_the_limit_names_what_stays_open() -> None:
    made = assess(sent(line("135.01"), regime="gb.low_value"))
    assert (made.outcome, made.refusal_code) == (Outcome.REFUSED, "above_limit")
    assert made.fallback_regime == "gb.standard"


def test_a_gift_bears_vat_on_its_whole_value_and_duty_only_above_the_second_limit() -> None:
    small = assess(sent(line("39.01", rates={"duty": "12"}), facts={"gift": True}))
    assert (duty_of(small), pence(vat_of(small))) == (0, D("7.80"))
    edge = assess(sent(line("135", rates={"duty": "12"}), facts={"gift": True}))
    assert (duty_of(edge), vat_of(edge)) == (0, D("27.00"))
    large = assess(sent(line("200", rates={"duty": "12"}), facts={"gift": True}))
    assert (duty_of(large), vat_of(large)) == (24, D("44.80"))


def test_a_large_gift_is_computed_at_full_precision() -> None:
    rates = {"duty": "2.5", "vat": "5"}
    made = assess(sent(line("135.01", rates=rates), facts={"gift": True}))
    # 3.37525 + 6.9192625: both are printed rounded, their sum is not that of the printed ones
    assert pence(duty_of(made)) + pence(vat_of(made)) == D("10.30")
    assert pence(duty_of(made) + vat_of(made)) == D("10.29")


@pytest.mark.parametrize(
    ("uk", "eu", "chosen"),
    [
        ("3.0", "6.0", "uk"),
        ("3.0", "6.01", "eu"),
        ("6.0", "3.0", "uk"),
        ("6.01", "3.0", "eu"),
        ("5", "5", "uk"),
    ],
)
def test_northern_ireland_takes_the_uk_duty_where_the_eu_duty_is_near(
    uk: str, eu: str, chosen: str
) -> None:
    made = assess(
        sent(line("60"), line("40"), region="NI", regime="gb.northern_ireland",
             facts={"uk_duty": uk, "eu_duty": eu})
    )  # fmt: skip
    assert made.facts["chosen"] == chosen
    assert duty_of(made) == D(uk if chosen == "uk" else eu)
    assert vat_of(made) == (100 + duty_of(made)) * D("0.2")


def test_the_limit_of_northern_ireland_is_rounded_to_pence() -> None:
    facts = {"uk_duty": "0", "eu_duty": "3.01"}
    made = assess(sent(line("100.17"), region="NI", regime="gb.northern_ireland", facts=facts))
    assert (made.facts["limit"], made.facts["chosen"]) == ("3.01", "uk")  # 3.0051 rounded up


def test_northern_ireland_without_the_two_duties_is_refused() -> None:
    made = assess(sent(line("500"), region="NI"))
    assert (made.outcome, made.refusal_code) == (Outcome.REFUSED, "eu_duty_missing")
    bad = assess(sent(line("500"), region="NI", facts={"uk_duty": "x", "eu_duty": "1"}))
    assert bad.facts["path"] == "$.shipment.facts.uk_duty"
    elsewhere = assess(sent(line("500"), regime="gb.northern_ireland"))
    assert elsewhere.refusal_code == "not_northern_ireland"


def test_northern_ireland_is_chosen_by_its_region() -> None:
    facts = {"uk_duty": "10", "eu_duty": "60"}
    made = assess(sent(line("500"), region="NI", facts=facts))
    assert (made.regime, made.facts["chosen"]) == ("gb.northern_ireland", "eu")


def tariff(*rates: TariffRate) -> TariffView:
    return TariffView(DAY, "GB", {rate.code: (rate,) for rate in rates})


def rate(code: str, expression: str = "", **rates: str) -> TariffRate:
    numbers = {kind: D(value) for kind, value in rates.items()}
    return TariffRate("GB", code, numbers, DAY, None, "test table", expression=expression)


def test_the_tariff_gives_duty_and_vat_where_none_are_given() -> None:
    shoes = sent(line("200", hs_code="6403990000", rates=None))
    made = assess(shoes, tariff=tariff(rate("640399", duty="8", vat="20")))
    assert (duty_of(made), vat_of(made)) == (16, D("43.2"))
    assert assess(shoes).refusal_code == "tariff_unknown"
    coat = sent(line("200", hs_code="640399", rates=None))
    assert vat_of(assess(coat, tariff=tariff(rate("640399", duty="8", vat="0")))) == 0


def test_an_expression_of_the_tariff_is_computed_with_its_bounds() -> None:
    text = "4.50% MIN 0.30 GBP / item MAX 0.80 GBP / item"
    view = tariff(rate("950490", text))

    def duty(price: str, quantity: int) -> Decimal:
        return duty_of(
            assess(sent(line(price, quantity, hs_code="950490", rates=None)), tariff=view)
        )

    assert duty("14", 10) == D("6.3")  # 4.5 % of 140
    assert duty("5", 40) == 12  # at least 0.30 a piece
    assert duty("50", 10) == 8  # at most 0.80 a piece
    wine = tariff(rate("200990", "20.00% + 22.00 GBP/hl"))
    dry = assess(sent(line("200", hs_code="200990", rates=None)), tariff=wine)
    assert dry.refusal_code == "quantity_missing"


def test_every_amount_names_a_rule_with_a_source() -> None:
    for shipment in (sent(line("100")), sent(line("900", rates={"duty": "4"}))):
        for charge in assess(shipment).charges:
            assert charge.rule_id.startswith("R-GB-")
            assert charge.source


MONEY = st.decimals("0", "300", places=2, allow_nan=False)
LINES = st.lists(
    st.builds(
        lambda price, quantity, duty, vat: line(
            str(price), quantity, rates={"vat": vat}, layers={"third_country": str(duty)}
        ),
        MONEY,
        st.integers(1, 9),
        st.decimals("0", "30", places=1, allow_nan=False),
        st.sampled_from(["20", "5", "0"]),
    ),
    min_size=1,
    max_size=6,
)


@given(LINES, MONEY, MONEY, st.booleans())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_lines_sum_to_totals(
    lines: list[ShipmentLine], freight: Decimal, insurance: Decimal, gift: bool
) -> None:
    shipment = sent(*lines, freight=str(freight), insurance=str(insurance), facts={"gift": gift})
    made = assess(shipment)
    assert made.outcome in (Outcome.OK, Outcome.EXEMPT)
    assert all(charge.line is not None and charge.amount.amount >= 0 for charge in made.charges)
    assert tax_of(made) == duty_of(made) + vat_of(made)
    if made.regime == "gb.standard":
        assert made.customs_value is not None
        bases = [c.basis.amount for c in made.charges if c.kind is ChargeKind.VAT]
        assert sum(bases) == made.customs_value.amount + duty_of(made)


@given(MONEY, st.decimals("0.01", "9", places=2),
       st.sampled_from(["gb.low_value", "gb.standard", "gb.gift"]))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_tax_never_falls_when_value_rises_inside_a_regime(
    price: Decimal, more: Decimal, regime: str
) -> None:
    def tax(value: Decimal) -> Decimal | None:
        made = assess(sent(line(str(value), rates={"duty": "12"}), regime=regime, freight="5"))
        return tax_of(made) if made.outcome in (Outcome.OK, Outcome.EXEMPT) else None

    before, after = tax(price), tax(price + more)
    assert before is None or after is None or after >= before


def test_a_given_duty_counts_beside_other_layers_unless_they_hold_the_ordinary_one() -> None:
    rates = {"duty": "12"}
    beside = assess(sent(line("500", rates=rates, layers={"anti_dumping": "3"})))
    assert beside.facts["duty_lines"] == {"third_country": "60.00", "anti_dumping": "15.00"}
    instead = assess(sent(line("500", rates=rates, layers={"country_specific": "3"})))
    assert instead.facts["duty_lines"] == {"country_specific": "15.00"}
