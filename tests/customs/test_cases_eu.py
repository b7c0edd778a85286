"""Import into the European Union: the worked cases, and examples of our own."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.kernel.activation import save_settings
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
from customs import services
from plugins.duty_eu.low_value import FlatDuty, Relief
from plugins.duty_eu.standard import Standard
from plugins.duty_eu.union import DATA, STATES
from tests.customs.regimes import considered, duty_of, in_force, tax_of, vat_of
from tests.customs.test_cases_cn import differs

D = Decimal
DAY = date(2026, 11, 22)
REGIMES = (FlatDuty(), Relief(), Standard())


def line(price: str, quantity: int = 1, hs_code: str = "620443", **fields: Any) -> ShipmentLine:
    rates = fields.pop("rates", {})
    given = None if rates is None else {kind: D(rate) for kind, rate in rates.items()}
    return ShipmentLine("goods", D(price), quantity, hs_code=hs_code, rates=given, **fields)


def sent(*lines: ShipmentLine, country: str = "DE", **fields: Any) -> ShipmentFacts:
    amounts = {
        name: D(fields.pop(name, "0")) for name in ("freight", "insurance", "inland_transport")
    }
    return ShipmentFacts(
        **{"country": country, "region": "", "currency": "EUR", "channel": "", **fields},
        **amounts,
        lines=lines,
    )


def assess(shipment: ShipmentFacts, on: date = DAY, tariff: TariffView | None = None) -> Assessment:
    """Return what the first regime that is open says, in the order of the regimes."""
    return considered(REGIMES, DATA, shipment, on, tariff)


@pytest.mark.django_db
def test_every_case_of_the_union_agrees(shared_dir: Path, tmp_path: Path) -> None:
    stored = json.loads((shared_dir / "customs" / "cases.json").read_text("utf-8"))
    mine = [case for case in stored["cases"] if case["id"].startswith("EU-")]
    assert len(mine) > 20
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
    ("price", "on", "regime"),
    [
        ("150.00", DAY, "eu.low_value_flat_duty"),
        ("150.01", DAY, "eu.standard"),
        ("150.00", date(2026, 6, 30), "eu.low_value_relief"),
        ("150.01", date(2026, 6, 30), "eu.standard"),
        ("150.00", date(2026, 7, 1), "eu.low_value_flat_duty"),
        ("150.00", date(2028, 7, 1), "eu.low_value_flat_duty"),
        ("150.00", date(2028, 7, 2), "eu.standard"),
        ("0.01", date(2028, 7, 2), "eu.standard"),
        ("150.00", date(2021, 7, 1), "eu.low_value_relief"),
        ("150.01", date(2016, 5, 1), "eu.standard"),
    ],
)
def test_value_and_day_choose_the_regime(price: str, on: date, regime: str) -> None:
    made = assess(sent(line(price)), on)
    assert (made.outcome, made.regime) == (Outcome.OK, regime)


@pytest.mark.parametrize(
    ("price", "on"), [("150.00", date(2021, 6, 30)), ("150.01", date(2016, 4, 30))]
)
def test_a_day_without_a_rule_is_refused(price: str, on: date) -> None:
    assert assess(sent(line(price)), on).outcome is Outcome.NOT_OPEN


def test_freight_does_not_count_towards_the_limit_but_is_taxed() -> None:
    made = assess(sent(line("150"), freight="80", insurance="4", inland_transport="6"))
    assert made.regime == "eu.low_value_flat_duty"
    assert vat_of(made) == D("46.17")  # 19 % of 150 + 80 + 4 + 6 + 3
    assert made.facts["vat_base"] == "243.00"


@pytest.mark.parametrize(
    ("country", "on", "rate"),
    [
        ("EE", date(2023, 12, 31), "20"),
        ("EE", date(2024, 1, 1), "22"),
        ("EE", date(2025, 6, 30), "22"),
        ("EE", date(2025, 7, 1), "24"),
        ("RO", date(2025, 7, 31), "19"),
        ("RO", date(2025, 8, 1), "21"),
        ("FI", date(2024, 8, 31), "24"),
        ("FI", date(2024, 9, 1), "25.5"),
        ("SK", date(2024, 12, 31), "20"),
        ("SK", date(2025, 1, 1), "23"),
        ("LU", date(2023, 12, 31), "16"),
        ("LU", date(2024, 1, 1), "17"),
        ("IE", date(2021, 2, 28), "21"),
        ("IE", date(2021, 3, 1), "23"),
        ("DE", date(2020, 6, 30), "19"),
        ("DE", date(2020, 7, 1), "16"),
        ("DE", date(2021, 1, 1), "19"),
        ("HU", DAY, "27"),
        ("GR", DAY, "24"),
        ("SE", DAY, "25"),
    ],
)
def test_vat_is_that_of_the_state_on_the_day(country: str, on: date, rate: str) -> None:
    made = assess(sent(line("200", rates={"duty": "10"}), country=country), on)
    assert made.facts["vat_rate"] == rate
    assert vat_of(made) == 220 * D(rate) / 100


def test_the_standard_rates_are_those_of_the_rule_cards(shared_dir: Path) -> None:
    cards = json.loads((shared_dir / "customs" / "rules.json").read_text("utf-8"))
    rules = in_force(DATA, DAY)
    assert {state: rules.rules[f"eu.vat.{state}"].values["standard"] for state in STATES} == cards[
        "eu_vat_standard"
    ]


def test_the_flat_duty_is_taken_once_for_each_subheading_and_shared_by_value() -> None:
    made = assess(
        sent(
            line("10", hs_code="6204431000"),
            line("20", hs_code="620443"),
            line("30", hs_code="6204.43.90"),
            line("40", 2, hs_code="420330"),
        )
    )
    assert made.facts["duty_items"] == "2"
    duties = [c.amount.amount for c in made.charges if c.kind is ChargeKind.DUTY]
    assert sorted(duties) == [D("0.50"), D("1.00"), D("1.50"), D("3.00")]


def test_the_last_line_of_a_subheading_takes_the_residual_cent() -> None:
    made = assess(sent(*[line("10") for _ in range(7)]))
    assert duty_of(made) == 3
    duties = [c.amount.amount for c in made.charges if c.kind is ChargeKind.DUTY]
    assert duties == [D("0.43")] * 6 + [D("0.42")]


@pytest.mark.parametrize("code", ["", "6204", "62044", "ABCDEF", "62044a"])
def test_a_line_without_six_digits_refuses_the_whole(code: str) -> None:
    made = assess(sent(line("10"), line("20", hs_code=code)))
    assert (made.outcome, made.refusal_code) == (Outcome.REFUSED, "invalid_input")
    assert made.facts["path"] == "$.shipment.lines[1].hs_code"


def test_relief_and_ordinary_import_with_given_rates_need_no_code() -> None:
    assert assess(sent(line("10", hs_code="")), date(2026, 6, 30)).outcome is Outcome.OK
    assert assess(sent(line("200", hs_code="", rates={"duty": "4"}))).outcome is Outcome.OK


def test_two_vat_rates_are_each_rounded_once_and_lines_sum_to_them() -> None:
    made = assess(
        sent(
            line("200.03", rates={"duty": "3.7"}),
            line("33.33", rates={"duty": "0", "vat": "7"}),
            line("11.11", rates={"duty": "0", "vat": "7"}),
            line("7.77", rates={"duty": "12"}),
            freight="9.99",
        )
    )
    bases: dict[Decimal, Decimal] = {}
    for charge in made.charges:
        if charge.kind is ChargeKind.VAT and charge.rate is not None:
            bases[charge.rate] = bases.get(charge.rate, D(0)) + charge.basis.amount
    wanted = sum((base * rate / 100).quantize(D("0.01"), "ROUND_HALF_UP")
                 for rate, base in bases.items())  # fmt: skip
    assert set(bases) == {D(19), D(7)}
    assert vat_of(made) == wanted
    assert "vat_rate" not in made.facts


def test_given_layers_add_up_and_are_rounded_together() -> None:
    made = assess(
        sent(
            line("333.33", rates={}, layers={"third_country": D("1.1"), "anti_dumping": D("2.3")}),
            freight="0.01",
        )
    )
    lines = made.facts["duty_lines"]
    assert isinstance(lines, dict)
    assert duty_of(made) == D("11.33")  # 333.34 × 3.4 %
    assert sum(D(str(amount)) for amount in lines.values()) == D("11.33")


def test_a_duty_in_kronor_needs_its_rate_and_then_converts() -> None:
    specific = (SpecificDuty("third_country", "kg", D("10"), "SEK"),)
    lines = (line("200", rates={}, specific=specific, net_kg=D("3")),)
    refused = assess(sent(*lines, country="SE"))
    assert (refused.outcome, refused.refusal_code) == (Outcome.REFUSED, "rate_missing")
    made = assess(sent(*lines, country="SE", fx={"SEK": D("0.09")}))
    assert duty_of(made) == D("2.70")
    assert vat_of(made) == D("50.68")  # 25 % of 202.70, 50.675 rounded up


def test_a_line_valued_in_kronor_is_taken_as_a_whole() -> None:
    made = assess(sent(line("33.33", 3, value=D("99.98")), country="SE"))
    assert made.facts["intrinsic_value"] == "99.98"
    assert vat_of(made) == D("25.75")  # 25 % of 99.98 + 3 = 25.745, rounded up


def test_a_registered_seller_takes_tax_with_the_order() -> None:
    at_sale = assess(sent(line("80"), country="SE", facts={"seller_registered": True}))
    at_border = assess(sent(line("80"), country="SE"))
    assert (at_sale.incoterm, at_sale.facts["vat_kind"]) == ("DDP", "supply_vat_at_sale")
    assert (at_border.incoterm, at_border.facts["vat_kind"]) == ("DAP", "import_vat")
    assert tax_of(at_sale) == tax_of(at_border)


@pytest.mark.parametrize("regime", ["eu.low_value", "eu.low_value_flat_duty"])
def test_low_value_asked_for_above_the_limit_names_what_stays_open(regime: str) -> None:
    made = assess(sent(line("150.01"), regime=regime))
    assert (made.outcome, made.refusal_code) == (Outcome.REFUSED, "above_limit")
    assert made.fallback_regime == "eu.standard"


def test_the_family_gives_the_member_of_the_day() -> None:
    asked = sent(line("10"), regime="eu.low_value")
    assert assess(asked, date(2026, 6, 30)).regime == "eu.low_value_relief"
    assert assess(asked, date(2026, 7, 1)).regime == "eu.low_value_flat_duty"


def test_ordinary_import_can_be_asked_for_at_any_value() -> None:
    made = assess(sent(line("10", rates={"duty": "10"}), regime="eu.standard"))
    assert (made.regime, duty_of(made), vat_of(made)) == ("eu.standard", D("1.00"), D("2.09"))


def test_perfume_has_no_relief_but_bears_the_flat_duty() -> None:
    perfume = sent(line("60", hs_code="330300", rates={"duty": "6.5"}))
    assert assess(perfume, date(2026, 6, 30)).regime == "eu.standard"
    made = assess(perfume, date(2026, 7, 1))
    assert (made.regime, duty_of(made)) == ("eu.low_value_flat_duty", D("3.00"))


@pytest.mark.parametrize(
    "wine",
    [line("20", hs_code="220421", rates=None), line("20", hs_code="240220", rates=None),
     line("20", hs_code="950300", category="dutiable_liquor"),
     line("900", hs_code="220830", rates={"duty": "0"})],
)  # fmt: skip
def test_excise_goods_need_an_excise(wine: ShipmentLine) -> None:
    for on in (DAY, date(2026, 6, 30)):
        made = assess(sent(line("5"), wine), on)
        assert (made.outcome, made.refusal_code) == (Outcome.NEEDS_EXCISE, "excise_rate_missing")
        assert not made.charges


def test_a_stated_excise_is_taxed_and_is_no_duty() -> None:
    excise = (SpecificDuty("excise", "l", D("1.5"), "EUR"),)
    made = assess(
        sent(line("200", hs_code="220830", rates={}, litres=D("10"), specific=excise,
                  layers={"third_country": D("2")}))
    )  # fmt: skip
    assert duty_of(made) == D("4.00")
    assert tax_of(made) == 4 + 15 + D("41.61")  # VAT 19 % of 219


def tariff(*rates: TariffRate, codes: tuple[str, ...] = ()) -> TariffView:
    lines = {rate.code: (rate,) for rate in rates}
    below = {code: tuple(r for r in rates if r.code.startswith(code)) for code in codes}
    return TariffView(DAY, "EU", lines, below)


def rate(code: str, duty: str = "", expression: str = "") -> TariffRate:
    rates = {"duty": D(duty)} if duty else {}
    return TariffRate("EU", code, rates, DAY, None, "test table", expression=expression)


def test_the_tariff_gives_the_duty_where_none_is_given() -> None:
    shirts = sent(line("200", hs_code="6109100010", rates=None))
    assert duty_of(assess(shirts, tariff=tariff(rate("610910", "12")))) == 24
    assert assess(shirts, tariff=tariff()).refusal_code == "tariff_unknown"
    none = sent(line("200", hs_code="", rates=None))
    assert assess(none, tariff=tariff()).refusal_code == "hs_missing"


def test_a_code_over_differing_lines_is_ambiguous() -> None:
    shirts = sent(line("200", hs_code="610910", rates=None))
    view = tariff(rate("61091000", "12"), rate("61091090", "8"), codes=("610910",))
    assert assess(shirts, tariff=view).refusal_code == "tariff_ambiguous"


def test_a_duty_expression_of_the_tariff_is_computed() -> None:
    view = tariff(rate("040221", expression="5.10% + 18.00 EUR / 100 kg"))
    milk = line("200", hs_code="040221", rates=None, net_kg=D("12.5"))
    assert duty_of(assess(sent(milk), tariff=view)) == D("12.45")  # 10.20 + 2.25
    weightless = assess(sent(line("200", hs_code="040221", rates=None)), tariff=view)
    assert weightless.refusal_code == "quantity_missing"
    assert "kg" in (weightless.message.en if weightless.message else "")
    assert weightless.facts["path"] == "$.shipment.lines[0]"


def test_an_agricultural_component_is_refused_and_never_left_out() -> None:
    view = tariff(rate("180631", expression="8.30% + EA MAX 18.70% + ADSZ"))
    made = assess(sent(line("200", hs_code="180631", rates=None)), tariff=view)
    assert made.refusal_code == "tariff_unreadable"


def test_a_postcode_of_another_vat_territory_counts() -> None:
    madeira = assess(sent(line("100"), country="PT", facts={"postcode": "9000-001"}))
    assert madeira.facts["vat_rate"] == "22"
    canaries = assess(sent(line("100"), country="ES", facts={"postcode": "35001"}))
    assert (canaries.outcome, canaries.refusal_code) == (Outcome.REFUSED, "vat_territory")
    assert (
        assess(sent(line("100"), country="ES", facts={"postcode": "28001"})).facts["vat_rate"]
        == "21"
    )


def test_national_handling_fees_stand_apart() -> None:
    made = assess(sent(line("100"), line("20", hs_code="420330"), country="FR"))
    (fee,) = [charge for charge in made.charges if charge.kind is ChargeKind.FEE]
    assert (fee.amount.amount, fee.apart) == (D("4"), True)
    assert tax_of(made) == duty_of(made) + vat_of(made)
    assert fee.rule_id == "R-EU-NATFEES-FR"
    assert not [c for c in assess(sent(line("100"), country="DE")).charges
                if c.kind is ChargeKind.FEE]  # fmt: skip


def test_a_handling_fee_in_another_currency_is_told_where_it_cannot_be_converted() -> None:
    told = assess(sent(line("100"), country="RO"))
    assert [note.en for note in told.notes] == [
        "The country takes a handling fee beside duty and VAT: 25 RON each consignment"
    ]
    shown = assess(sent(line("100"), country="RO", fx={"RON": D("0.2")}))
    assert [c.amount.amount for c in shown.charges if c.kind is ChargeKind.FEE] == [D("5.0")]


def test_another_currency_is_refused() -> None:
    made = assess(sent(line("100"), currency="SEK", country="SE"))
    assert made.refusal_code == "currency_not_supported"


def test_every_amount_names_a_rule_with_a_source() -> None:
    for shipment in (sent(line("100"), country="FR"), sent(line("900", rates={"duty": "4"}))):
        for charge in assess(shipment).charges:
            assert charge.rule_id.startswith("R-EU-")
            assert charge.source


MONEY = st.decimals("0", "400", places=2, allow_nan=False)
LINES = st.lists(
    st.builds(
        lambda price, quantity, code, duty, vat: line(
            str(price), quantity, code, rates={"duty": str(duty), **({"vat": vat} if vat else {})}
        ),
        MONEY,
        st.integers(1, 9),
        st.sampled_from(["620443", "620444", "420330", "95030041"]),
        st.decimals("0", "30", places=1, allow_nan=False),
        st.sampled_from(["", "7", "5.5", "0"]),
    ),
    min_size=1,
    max_size=6,
)
SENT = st.builds(
    lambda lines, freight, insurance, country: sent(
        *lines, country=country, freight=str(freight), insurance=str(insurance)
    ),
    LINES,
    MONEY,
    MONEY,
    st.sampled_from(sorted(STATES)),
)


@given(SENT, st.sampled_from([DAY, date(2026, 6, 30), date(2028, 7, 2), date(2025, 1, 1)]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_lines_sum_to_totals(shipment: ShipmentFacts, on: date) -> None:
    made = assess(shipment, on)
    assert made.outcome is Outcome.OK
    kept = [charge for charge in made.charges if not charge.apart]
    assert all(charge.line is not None and charge.amount.amount >= 0 for charge in kept)
    by_line = sum((charge.amount.amount for charge in kept), D(0))
    assert by_line == duty_of(made) + vat_of(made)
    assert by_line == by_line.quantize(D("0.01"))


@given(st.decimals("0", "149", places=2), st.decimals("0.01", "1", places=2),
       st.sampled_from(["eu.low_value_flat_duty", "eu.standard"]))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_tax_never_falls_when_value_rises_inside_a_regime(
    price: Decimal, more: Decimal, regime: str
) -> None:
    def tax(value: Decimal) -> Decimal:
        made = assess(sent(line(str(value), rates={"duty": "12"}), regime=regime, freight="5"))
        assert made.regime == regime
        return tax_of(made)

    assert tax(price + more) >= tax(price)


def test_no_rule_lacks_a_source_and_none_of_a_key_overlap() -> None:
    by_key: dict[str, list[Any]] = {}
    for rule in DATA.rules:
        assert rule.source
        by_key.setdefault(rule.key, []).append(rule)
    for rules in by_key.values():
        ordered = sorted(rules, key=lambda rule: rule.valid_from)
        for earlier, later in pairwise(ordered):
            assert earlier.valid_to is not None
            assert earlier.valid_to < later.valid_from


@pytest.mark.django_db
def test_the_platform_s_registration_decides_who_takes_the_tax(make_channel: Any) -> None:
    channel = make_channel("b2c-de", kind="b2c_direct", market="DE", currency="EUR")
    shipment = sent(line("80", rates=None))
    before = services.assess(shipment, channel=channel.ref, on=DAY).chosen
    assert not save_settings("duty_eu", None, {"seller_registered": "on"}, actor="test")
    after = services.assess(shipment, channel=channel.ref, on=DAY).chosen
    assert before is not None
    assert after is not None
    assert (before.incoterm, after.incoterm) == ("DAP", "DDP")
    stated = services.assess(
        sent(line("80", rates=None), facts={"seller_registered": False}),
        channel=channel.ref,
        on=DAY,
    )
    assert stated.chosen is not None
    assert stated.chosen.incoterm == "DAP"


def test_wine_whose_rates_are_given_pays_the_flat_duty_too() -> None:
    """R-EU-LOW-2026: alcohol, perfume and tobacco included."""
    wine = line("40", hs_code="220421", rates={"vat": "20"})
    made = assess(sent(wine, country="FR"))
    assert (made.regime, made.outcome) == ("eu.low_value_flat_duty", Outcome.OK)
    assert duty_of(made) == 3
