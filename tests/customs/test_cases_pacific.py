"""Import into Asia, the Pacific, Switzerland and Norway: worked cases, and examples of our own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.pluginapi import Assessment, ChargeKind, Outcome, SpecificDuty, TariffRate, TariffView
from plugins import duty_au, duty_no, duty_nz, duty_sg
from tests.customs.americas import wrong_cases
from tests.customs.pacific import COUNTRIES, DAY, SETUP, assess, line, sent
from tests.customs.regimes import duty_of, in_force, tax_of, vat_of

D = Decimal
REGISTERED = {"seller_registered": True}
OK, EXEMPT, REFUSED = Outcome.OK, Outcome.EXEMPT, Outcome.REFUSED


@pytest.mark.django_db
@pytest.mark.parametrize("country", COUNTRIES)
def test_every_worked_case_agrees(country: str, shared_dir: Path, tmp_path: Path) -> None:
    assert wrong_cases(country, shared_dir, tmp_path) == []


def shown(made: Assessment) -> tuple[str, str, str, str]:
    """Return regime, outcome, duty and VAT."""
    return made.regime, made.outcome.value, f"{duty_of(made):f}", f"{vat_of(made):f}"


# Australia


@pytest.mark.parametrize("registered", [True, False])
def test_australia_takes_goods_of_exactly_the_limit_as_low_value(registered: bool) -> None:
    made = assess(sent("AU", line("500", 2), freight="80", seller_registered=registered))
    assert shown(made) == (
        ("au.low_value", "ok", "0", "108.00")
        if registered
        else ("au.low_value", "exempt", "0", "0")
    )
    assert made.incoterm == ("DDP" if registered else "DAP")


def test_a_cent_above_the_limit_australia_taxes_the_whole_even_of_a_registered_seller() -> None:
    made = assess(
        sent("AU", line("1000.01", rates={"duty": "5"}), freight="80", insurance="9.99",
             inland_transport="40", seller_registered=True)
    )  # fmt: skip
    # FOB 1000.01 × 5 % = 50.00; (1000.01 + 50.00 + 80 + 9.99) × 10 %
    assert shown(made) == ("au.standard", "ok", "50.00", "114.00")
    assert made.customs_value is not None
    assert made.customs_value.amount == D("1000.01")
    assert made.facts["vat_base"] == "1140.00"
    assert made.incoterm == "DAP"


def test_freight_does_not_lift_goods_over_the_australian_limit() -> None:
    made = assess(sent("AU", line("999"), freight="500", seller_registered=True))
    assert shown(made) == ("au.low_value", "ok", "0", "149.90")


def test_australian_gst_is_rounded_once_for_each_rate_and_shared_over_the_lines() -> None:
    lines = [line("0.33"), line("0.33"), line("0.33"), line("7", rates={"vat": "0"})]
    made = assess(sent("AU", *lines, seller_registered=True))
    assert vat_of(made) == D("0.10")
    assert [charge.amount.amount for charge in made.charges] == [D("0.03"), D("0.03"), D("0.04"), 0]
    assert "vat_rate" not in made.facts


@pytest.mark.parametrize(
    ("asked", "goods", "code", "fallback"),
    [
        ("au.low_value", "1000.01", "above_limit", "au.standard"),
        ("au.standard", "1000", "within_limit", "au.low_value"),
        ("nz.low_value", "1000.01", "above_limit", "nz.standard"),
        ("nz.standard", "1000", "within_limit", "nz.low_value"),
        ("no.voec", "3000.01", "above_limit", "no.border"),
        ("jp.standard", "10000", "within_limit", "jp.low_value_exemption"),
        ("jp.low_value_exemption", "10001", "above_limit", "jp.standard"),
    ],
)
def test_a_regime_that_is_asked_for_is_not_replaced_by_another(
    asked: str, goods: str, code: str, fallback: str
) -> None:
    country = asked[:2].upper()
    made = assess(sent(country, line(goods), regime=asked, seller_registered=True))
    assert (made.regime, made.outcome) == (asked, Outcome.NOT_OPEN)
    assert (made.refusal_code, made.fallback_regime) == (code, fallback)


@pytest.mark.parametrize(
    ("country", "on"),
    [
        ("AU", date(2018, 6, 30)),
        ("NZ", date(2010, 9, 30)),
        ("JP", date(2019, 9, 30)),
        ("KR", date(2015, 11, 30)),
        ("SG", date(2022, 12, 31)),
        ("CH", date(2017, 12, 31)),
        ("NO", date(2014, 12, 31)),
        ("HK", date(1997, 6, 30)),
        ("TW", date(2017, 12, 31)),
    ],
)
def test_before_the_first_rule_nothing_is_assessed(country: str, on: date) -> None:
    made = assess(sent(country, line("50"), mode="air"), on)
    assert (made.outcome, made.refusal_code) == (Outcome.NOT_OPEN, "no_rule")
    assert assess(sent(country, line("50"), mode="air"), date.fromordinal(on.toordinal() + 1))


# New Zealand


@pytest.mark.parametrize(
    ("on", "mode", "levy"),
    [
        (date(2026, 3, 31), "air", None),
        (date(2026, 4, 1), "air", "2.54"),
        (date(2026, 4, 1), "sea", "2.40"),
    ],
)
@pytest.mark.parametrize("registered", [True, False])
def test_new_zealand_shows_the_levy_beside_the_taxes(
    on: date, mode: str, levy: str | None, registered: bool
) -> None:
    made = assess(sent("NZ", line("200"), mode=mode, seller_registered=registered), on)
    assert tax_of(made) == (D("30.00") if registered else 0)
    assert made.outcome is (OK if registered else EXEMPT)
    fees = [c for c in made.charges if c.kind is ChargeKind.FEE]
    assert [(c.code, c.apart, str(c.amount.amount)) for c in fees] == (
        [("levy", True, levy)] if levy else []
    )


def test_a_levy_whose_way_is_not_stated_is_said_and_not_guessed() -> None:
    made = assess(sent("NZ", line("200"), seller_registered=True))
    assert not [c for c in made.charges if c.kind is ChargeKind.FEE]
    assert any("levy" in note.en for note in made.notes)


def test_above_the_limit_new_zealand_taxes_duty_and_freight_and_shows_no_low_value_levy() -> None:
    made = assess(
        sent("NZ", line("1200", rates={"duty": "5"}), freight="100", insurance="20", mode="air")
    )
    # 1200 × 5 % = 60; (1200 + 60 + 100 + 20) × 15 %
    assert shown(made) == ("nz.standard", "ok", "60.00", "207.00")
    assert all(not charge.apart for charge in made.charges)


@pytest.mark.parametrize(
    ("goods", "regime", "due"),
    [("399.96", "nz.waiver", "59.99"), ("400", "nz.standard", "60.00")],
)
def test_until_november_2019_new_zealand_waives_tax_below_sixty(
    goods: str, regime: str, due: str
) -> None:
    made = assess(sent("NZ", line(goods), seller_registered=True), date(2019, 11, 30))
    assert made.regime == regime
    if regime == "nz.waiver":
        assert (made.outcome, made.facts["assessed_tax"]) == (EXEMPT, due)
    else:
        assert (made.outcome, tax_of(made)) == (OK, D(due))


def test_the_waiver_counts_duty_and_gst_together() -> None:
    small = assess(sent("NZ", line("200", rates={"duty": "10"}), freight="10"), date(2015, 6, 1))
    assert (small.regime, small.facts["assessed_tax"]) == ("nz.waiver", "54.50")
    large = assess(sent("NZ", line("221", rates={"duty": "10"}), freight="10"), date(2015, 6, 1))
    # 22.10 + (221 + 22.10 + 10) × 15 % = 22.10 + 37.97 (37.965)
    assert shown(large) == ("nz.standard", "ok", "22.10", "37.97")


def test_the_same_parcel_changes_its_regime_on_the_first_of_december_2019() -> None:
    parcel = sent("NZ", line("500"), seller_registered=True)
    assert assess(parcel, date(2019, 11, 30)).regime == "nz.standard"
    assert assess(parcel, date(2019, 12, 1)).regime == "nz.low_value"


# Japan


@pytest.mark.parametrize(
    ("price", "personal", "value", "regime"),
    [
        ("16668", True, "10000", "jp.low_value_exemption"),
        ("16669", True, "10001", "jp.standard"),
        ("10000", False, "10000", "jp.low_value_exemption"),
        ("10001", False, "10001", "jp.standard"),
    ],
)
def test_japan_exempts_up_to_ten_thousand_of_customs_value(
    price: str, personal: bool, value: str, regime: str
) -> None:
    made = assess(sent("JP", line(price), personal_use=personal))
    assert made.customs_value is not None
    assert (made.regime, made.customs_value.amount) == (regime, D(value))


def test_japan_cuts_bases_to_a_thousand_and_taxes_to_a_hundred() -> None:
    made = assess(sent("JP", line("25999", rates={"duty": "8.4"}), freight="1500"))
    # 27,499 → 27,000 × 8.4 % = 2,268 → 2,200; 29,699 → 29,000 × 7.8 % = 2,262 → 2,200; 620.5 → 600
    assert shown(made) == ("jp.standard", "ok", "2200", "2800")
    assert made.facts["vat_national"] == "2200"
    assert made.facts["vat_local"] == "600"
    assert made.facts["vat_base"] == "29000"


@pytest.mark.parametrize(
    "rates", [{"vat_national": "6.24"}, {"vat": "8"}], ids=["national part", "whole rate"]
)
def test_japan_taxes_food_at_the_reduced_rate(rates: dict[str, str]) -> None:
    made = assess(sent("JP", line("50500", rates=rates)))
    # 50,000 × 6.24 % = 3,120 → 3,100; 3,100 × 22 / 78 = 874 → 800
    assert (made.facts["vat_national"], made.facts["vat_local"]) == ("3100", "800")


def test_japan_cuts_each_rate_of_consumption_tax_apart() -> None:
    made = assess(sent("JP", line("20900"), line("30900", rates={"vat_national": "6.24"})))
    # 20,000 × 7.8 % = 1,560 → 1,500 (+423 → 400); 30,000 × 6.24 % = 1,872 → 1,800 (+507 → 500)
    assert (made.facts["vat_national"], made.facts["vat_local"]) == ("3300", "900")
    assert [charge.code for charge in made.charges if charge.kind is ChargeKind.VAT] == [
        "national", "local", "national", "local",
    ]  # fmt: skip


def test_japan_cuts_the_value_of_one_duty_rate_as_a_whole() -> None:
    lines = [line("8700", rates={"duty": "5"}), line("4500", rates={"duty": "5"})]
    # 13,200 → 13,000 × 5 % = 650 → 600
    assert duty_of(assess(sent("JP", *lines))) == 600
    mixed = [line("8700", rates={"duty": "5"}), line("4500", rates={"duty": "10"})]
    # 8,000 × 5 % + 4,000 × 10 % = 800
    assert duty_of(assess(sent("JP", *mixed))) == 800


def test_an_excluded_article_is_taxed_from_the_first_yen() -> None:
    made = assess(sent("JP", line("9500", rates={"duty": "10"}), excluded_article=True))
    # 9,000 × 10 % = 900; 10,400 → 10,000 × 7.8 % = 780 → 700; 197 → 100
    assert shown(made) == ("jp.standard", "ok", "900", "800")


def test_an_excluded_article_that_owes_less_than_a_hundred_yen_is_free() -> None:
    made = assess(sent("JP", line("900", rates={"duty": "10"}), excluded_article=True))
    assert shown(made) == ("jp.standard", "exempt", "0", "0")


@pytest.mark.parametrize(("code", "regime"), [("611020", "jp.standard"),
                                              ("820559", "jp.low_value_exemption")])  # fmt: skip
def test_the_hs_code_decides_what_is_excluded_when_nobody_states_it(code: str, regime: str) -> None:
    assert assess(sent("JP", line("5000", hs_code=code))).regime == regime
    stated = assess(sent("JP", line("5000", hs_code=code), excluded_article=False))
    assert stated.regime == "jp.low_value_exemption"


def test_the_sixty_per_cent_value_says_so_and_takes_no_freight_in() -> None:
    made = assess(sent("JP", line("20001"), freight="9000", personal_use=True))
    assert made.customs_value is not None
    assert made.customs_value.amount == 12000
    assert any("personal use" in note.en for note in made.notes)


def test_a_duty_by_quantity_needs_its_quantity_in_japan_too() -> None:
    by_weight = (SpecificDuty("mfn", "kg", D("130"), "JPY"),)
    made = assess(sent("JP", line("20000", specific=by_weight, net_kg=D("7.5"))))
    # 130 × 7.5 = 975 → 900
    assert duty_of(made) == 900
    missing = assess(sent("JP", line("20000", specific=by_weight)))
    assert (missing.outcome, missing.refusal_code) == (REFUSED, "quantity_missing")
    assert missing.facts["path"] == "$.shipment.lines[0]"


# South Korea


@pytest.mark.parametrize(
    ("goods", "come_from", "listed", "outcome"),
    [
        ("150", "CN", True, EXEMPT),
        ("150.01", "CN", True, OK),
        ("200", "US", True, EXEMPT),
        ("200.01", "US", True, OK),
        ("200", "US", False, OK),
        ("150", "US", False, EXEMPT),
        ("200", "CN", True, OK),
    ],
)
def test_korea_counts_its_limit_in_dollars(
    goods: str, come_from: str, listed: bool, outcome: Outcome
) -> None:
    facts: dict[str, Any] = {"shipped_from": come_from, "list_clearance": listed}
    rate = D("1387.35")
    in_won = line("0", value=(D(goods) * rate).quantize(D(1)), rates={"duty": "8"})
    won = assess(sent("KR", in_won, fx={"USD": rate}, freight="50000", **facts))
    dollars = assess(sent("KR", line(goods), currency="USD", freight="40", **facts))
    assert (won.outcome, dollars.outcome) == (outcome, outcome)


@pytest.mark.parametrize(("goods", "outcome"), [("210000", EXEMPT), ("210001", OK)])
def test_a_won_above_the_limit_korea_taxes(goods: str, outcome: Outcome) -> None:
    made = assess(sent("KR", line(goods, rates={"duty": "8"}), fx={"USD": D(1400)}))
    assert made.outcome is outcome


def test_korea_taxes_the_whole_value_and_cuts_each_tax_to_ten_won() -> None:
    lines = [line("123456", rates={"duty": "8"}), line("99999", rates={"duty": "13"})]
    made = assess(sent("KR", *lines, freight="12345", fx={"USD": D(1400)}))
    # CIF 130,276.91 × 8 % + 105,523.09 × 13 % = 24,140.15 → 24,140; (235,800 + 24,140) × 10 %
    assert (duty_of(made), vat_of(made)) == (24140, 25990)


def test_korea_without_a_dollar_rate_refuses() -> None:
    made = assess(sent("KR", line("100000")))
    assert (made.outcome, made.refusal_code) == (REFUSED, "rate_missing")
    assert made.facts["path"] == "$.shipment.facts.fx.USD"


# Singapore


@pytest.mark.parametrize(
    ("goods", "fields", "expected"),
    [
        ("380", {"mode": "air", "freight": "20"}, ("sg.import_relief", "exempt", "0", "0")),
        ("380", {"mode": "air", "freight": "20.01"}, ("sg.import_gst", "ok", "0.00", "36.00")),
        ("400", {"channel": "postal"}, ("sg.import_relief", "exempt", "0", "0")),
        ("100", {"mode": "sea"}, ("sg.import_gst", "ok", "0.00", "9.00")),
        ("100", {"mode": "road"}, ("sg.import_gst", "ok", "0.00", "9.00")),
        ("100", {}, ("sg.import_gst", "ok", "0.00", "9.00")),
        ("100", {"mode": "air", **REGISTERED}, ("sg.vendor_gst", "ok", "0", "9.00")),
        ("401", {"mode": "air", **REGISTERED}, ("sg.import_gst", "ok", "0.00", "36.09")),
        ("100", {"mode": "sea", **REGISTERED}, ("sg.import_gst", "ok", "0.00", "9.00")),
    ],
)  # fmt: skip
def test_singapore_relieves_small_values_by_air_or_post(
    goods: str, fields: dict[str, Any], expected: tuple[str, str, str, str]
) -> None:
    assert shown(assess(sent("SG", line(goods), **fields))) == expected


def test_singapore_says_that_relief_was_not_taken_because_the_way_is_not_stated() -> None:
    made = assess(sent("SG", line("100")))
    assert any("air or post" in note.en for note in made.notes)
    assert not assess(sent("SG", line("100"), mode="sea")).notes


@pytest.mark.parametrize(
    ("on", "vat"), [(date(2023, 12, 31), "80.00"), (date(2024, 1, 1), "90.00")]
)
def test_singapore_raised_its_gst_on_the_first_of_january_2024(on: date, vat: str) -> None:
    assert shown(assess(sent("SG", line("1000"), mode="air"), on))[3] == vat


def test_singapore_adds_the_assessed_duty_to_the_base_and_shares_it_over_the_lines() -> None:
    made = assess(sent("SG", line("300"), line("600"), mode="air", duty_amount="100"))
    assert shown(made) == ("sg.import_gst", "ok", "100.00", "90.00")
    by_line = [c.amount.amount for c in made.charges if c.kind is ChargeKind.DUTY]
    assert by_line == [D("33.33"), D("66.67")]


def test_dutiable_goods_have_no_relief_in_singapore() -> None:
    whisky = line("100", hs_code="220830", category="dutiable_liquor")
    assert assess(sent("SG", whisky, mode="air")).outcome is Outcome.NEEDS_EXCISE
    made = assess(sent("SG", whisky, mode="air", duty_amount="61.60"))
    assert shown(made) == ("sg.import_gst", "ok", "61.60", "14.54")


@pytest.mark.parametrize("amount", ["-1", "NaN", "ten", True, "1E400", [1]])
def test_an_assessed_duty_that_is_no_amount_is_refused_by_its_path(amount: Any) -> None:
    made = assess(sent("SG", line("500"), mode="air", duty_amount=amount))
    assert (made.outcome, made.refusal_code) == (REFUSED, "invalid_input")
    assert made.facts["path"] == "$.shipment.facts.duty_amount"


# Switzerland


@pytest.mark.parametrize(
    ("goods", "rate", "assessed", "outcome"),
    [
        ("62", "8.1", "5.00", EXEMPT),
        ("62.03", "8.1", "5.00", EXEMPT),  # 5.02443
        ("62.04", "8.1", "5.05", OK),  # 5.02524
        ("193", "2.6", "5.00", EXEMPT),  # 5.018
        ("194", "2.6", "5.05", OK),  # 5.044
        ("1000", "0", "0.00", EXEMPT),
    ],
)
def test_switzerland_rounds_to_five_centimes_before_it_forgoes_five_francs(
    goods: str, rate: str, assessed: str, outcome: Outcome
) -> None:
    made = assess(sent("CH", line(goods, rates={"vat": rate})))
    assert (made.outcome, made.facts["assessed_tax"]) == (outcome, assessed)
    assert vat_of(made) == (D(assessed) if outcome is OK else 0)


def test_switzerland_tests_the_sum_of_all_rates() -> None:
    lines = [line("100", rates={"vat": "2.6"}), line("40")]
    made = assess(sent("CH", *lines, freight="7"))
    # 105 × 2.6 % + 42 × 8.1 % = 6.132 → 6.15
    assert (vat_of(made), made.facts["assessed_tax"]) == (D("6.15"), "6.15")
    assert sum(c.amount.amount for c in made.charges) == D("6.15")
    assert "vat_rate" not in made.facts


def test_switzerland_taxes_all_costs_to_the_destination_and_the_duty() -> None:
    made = assess(
        sent("CH", line("100"), freight="10", insurance="2", inland_transport="8", duty_amount="5")
    )
    # (100 + 10 + 2 + 8 + 5) × 8.1 % = 10.125 → 10.15 (to 0.05)
    assert shown(made) == ("ch.import_vat", "ok", "5.00", "10.15")


@pytest.mark.parametrize(
    ("on", "vat"), [(date(2023, 12, 31), "77.00"), (date(2024, 1, 1), "81.00")]
)
def test_switzerland_raised_its_vat_on_the_first_of_january_2024(on: date, vat: str) -> None:
    assert shown(assess(sent("CH", line("1000")), on))[3] == vat


# Norway


def test_norway_looks_at_the_price_of_each_piece() -> None:
    many = assess(sent("NO", line("3000", 4), freight="200", seller_registered=True))
    assert shown(many) == ("no.voec", "ok", "0", "3050.00")
    assert many.incoterm == "DDP"
    dear = [line("3000.01", rates={"duty": "10.7"}), line("10")]
    made = assess(sent("NO", *dear, seller_registered=True))
    assert (made.regime, made.incoterm) == ("no.border", "DAP")


def test_norway_taxes_an_unregistered_sellers_parcel_from_the_first_krone() -> None:
    made = assess(sent("NO", line("1", rates={"duty": "10.7"})))
    assert shown(made) == ("no.border", "ok", "0.11", "0.28")
    asked = assess(sent("NO", line("1"), regime="no.voec"))
    assert (asked.refusal_code, asked.fallback_regime) == ("seller_not_registered", "no.border")


@pytest.mark.parametrize(
    ("goods", "on", "outcome"),
    [
        ("349.99", date(2023, 12, 31), EXEMPT),
        ("350", date(2023, 12, 31), OK),
        ("349.99", date(2024, 1, 1), OK),
    ],
)
def test_norway_freed_consignments_below_350_until_2023(
    goods: str, on: date, outcome: Outcome
) -> None:
    made = assess(sent("NO", line(goods), freight="99"), on)
    assert (made.regime, made.outcome) == ("no.border", outcome)


# Hong Kong


def test_hong_kong_collects_nothing_on_ordinary_goods() -> None:
    made = assess(sent("HK", line("99999.99", rates={"duty": "5", "vat": "10"}), freight="1"))
    assert shown(made) == ("hk.free_port", "exempt", "0", "0")


def test_hong_kong_takes_an_excise_that_is_given() -> None:
    spirits = line("500", category="dutiable_liquor", layers={"excise": "100"})
    made = assess(sent("HK", spirits, line("80", layers={"mfn": "9"}), freight="29"))
    assert shown(made) == ("hk.free_port", "ok", "0", "0")
    (excise,) = made.charges
    assert (excise.kind.value, excise.amount.amount) == ("consumption_tax", Decimal("525.00"))


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize(
    "fields",
    [{"category": "tobacco"}, {"category": "hydrocarbon_oil"}, {"category": "dutiable_liquor"},
     {"hs_code": "240220"}, {"hs_code": "27101245"}, {"hs_code": "220830"}],
)  # fmt: skip
@pytest.mark.parametrize("goods", ["9", "90000"])
def test_excise_goods_get_no_figure_without_their_excise(
    country: str, fields: dict[str, str], goods: str
) -> None:
    parcel = sent(country, line("5"), line(goods, **fields), mode="air", fx={"USD": D(1400)})
    made = assess(parcel)
    assert (made.outcome, made.refusal_code) == (Outcome.NEEDS_EXCISE, "excise_rate_missing")
    assert made.regime == COUNTRIES[country].regimes[-1].key
    assert made.facts["path"] == "$.shipment.lines[1]"


@pytest.mark.parametrize(
    ("country", "on", "regime"),
    [("AU", DAY, "au.standard"), ("NZ", DAY, "nz.standard"), ("JP", DAY, "jp.standard"),
     ("KR", DAY, "kr.personal"), ("NO", DAY, "no.border"), ("TW", DAY, "tw.postal"),
     ("SG", DAY, "sg.import_gst"), ("NZ", date(2015, 6, 1), "nz.standard"),
     ("NO", date(2023, 6, 1), "no.border")],
)  # fmt: skip
def test_small_values_of_excise_goods_are_taxed_when_the_excise_is_given(
    country: str, on: date, regime: str
) -> None:
    given = {"excise": "40", "mfn": "5"}
    goods = line("90", category="tobacco", layers=given)
    if country in ("JP", "KR"):
        goods = line("9000", category="tobacco", layers=given)
    facts: dict[str, Any] = {"mode": "air", "fx": {"USD": D(1400)}, **REGISTERED}
    made = assess(sent(country, goods, **facts), on)
    assert (made.regime, made.outcome) == (regime, OK)
    assert {charge.code for charge in made.charges} >= {"excise", "mfn"}


@pytest.mark.parametrize(
    ("regime", "fallback"),
    [("au.low_value", "au.standard"), ("nz.low_value", "nz.standard"), ("no.voec", "no.border"),
     ("sg.vendor_gst", "sg.import_gst"), ("sg.import_relief", "sg.import_gst")],
)  # fmt: skip
def test_a_relief_that_is_asked_for_excise_goods_is_refused(regime: str, fallback: str) -> None:
    goods = line("90", category="tobacco")
    made = assess(sent(regime[:2].upper(), goods, regime=regime, mode="air", **REGISTERED))
    assert (made.refusal_code, made.fallback_regime) == ("excise_goods", fallback)


@pytest.mark.parametrize("fields", [{"category": "methyl_alcohol"}, {"hs_code": "290511"}])
def test_methyl_alcohol_bears_excise_in_hong_kong_alone(fields: dict[str, str]) -> None:
    outcomes = {
        code: assess(sent(code, line("90", **fields), mode="air", fx={"USD": D(1400)})).outcome
        for code in COUNTRIES
    }
    assert [code for code, one in outcomes.items() if one is Outcome.NEEDS_EXCISE] == ["HK"]


# Taiwan


@pytest.mark.parametrize(
    ("goods", "number", "outcome"),
    [
        ("1900", 6, EXEMPT),
        ("1900", 7, OK),
        ("1901", 1, OK),
        ("1900", "6", EXEMPT),
        ("1900", None, EXEMPT),
    ],
)
def test_taiwan_frees_small_values_six_times_a_half_year(
    goods: str, number: int | str | None, outcome: Outcome
) -> None:
    made = assess(sent("TW", line(goods), freight="100", import_number_in_half_year=number))
    assert made.outcome is outcome


def test_taiwan_rounds_each_tax_to_the_dollar() -> None:
    lines = [line("1111", rates={"duty": "5"}), line("2222", rates={"duty": "7.5"})]
    made = assess(sent("TW", *lines, freight="333", import_number_in_half_year=1))
    # 1,222 × 5 % + 2,444 × 7.5 % = 244.4 → 244; (3,666 + 244) × 5 % = 195.5 → 196
    assert shown(made) == ("tw.postal", "ok", "244", "196")


def test_goods_that_bear_commodity_tax_are_free_when_small_and_not_guessed_above() -> None:
    tyre = {"hs_code": "401110"}
    assert assess(sent("TW", line("2000", **tyre))).outcome is EXEMPT
    assert assess(sent("TW", line("2001", **tyre))).outcome is Outcome.NEEDS_EXCISE


# The operator's registration


@pytest.mark.parametrize(
    ("plugin", "country", "regime"),
    [(duty_au, "AU", "au.low_value"), (duty_nz, "NZ", "nz.low_value"),
     (duty_sg, "SG", "sg.vendor_gst"), (duty_no, "NO", "no.voec")],
)  # fmt: skip
def test_an_operator_says_once_that_the_platform_is_registered(
    plugin: Any, country: str, regime: str
) -> None:
    (setting,) = plugin.register_settings(SETUP).model_fields
    assert setting == "seller_registered"
    ctx: Any = SimpleNamespace(settings=plugin.register_settings(SETUP)(seller_registered=True))
    (asked,) = [one for one in COUNTRIES[country].regimes if one.key == regime]
    rules = in_force(COUNTRIES[country].data, DAY)
    view = TariffView(DAY, country, {})
    made = asked.assess(ctx, sent(country, line("100"), mode="air"), rules, view, DAY)
    assert (made.outcome, made.incoterm) == (OK, "DDP")
    stated = sent(country, line("100"), mode="air", seller_registered=False)
    assert vat_of(asked.assess(ctx, stated, rules, view, DAY)) == 0


# Rates of the tariff


def table(country: str, *rates: TariffRate) -> TariffView:
    return TariffView(DAY, country, {rate.code: (rate,) for rate in rates})


def row(country: str, code: str, expression: str = "", **rates: str) -> TariffRate:
    found = {kind: D(rate) for kind, rate in rates.items()}
    day = date(2020, 1, 1)
    return TariffRate(country, code, found, day, None, "test table", expression=expression)


TAXED = {"AU": "5000", "CH": "5000", "JP": "50000", "KR": "900000", "NO": "5000", "NZ": "5000",
         "SG": "5000", "TW": "5000"}  # fmt: skip


@pytest.mark.parametrize("country", TAXED)
def test_duty_is_looked_up_where_no_rates_are_given(country: str) -> None:
    goods = line(TAXED[country], rates=None, hs_code="950300")
    view = table(country, row(country, "950300", duty="4"))
    made = assess(sent(country, goods, mode="air", fx={"USD": D(1400)}), tariff=view)
    assert (made.outcome, duty_of(made)) == (OK, D(TAXED[country]) * 4 / 100)
    (duty,) = [charge for charge in made.charges if charge.kind is ChargeKind.DUTY]
    assert duty.inputs["rate_source"] == "950300: test table"


@pytest.mark.parametrize("country", TAXED)
@pytest.mark.parametrize(
    ("hs_code", "code"),
    [("", "hs_missing"), ("950300", "tariff_unknown"), ("620343", "tariff_ambiguous"),
     ("040610", "quantity_missing")],
)  # fmt: skip
def test_what_the_tariff_does_not_settle_is_refused(country: str, hs_code: str, code: str) -> None:
    deeper = (row(country, "62034310", duty="4"), row(country, "62034390", duty="5"))
    cheese = row(country, "040610", "3.5 JPY/kg" if country == "JP" else "12%+3 USD/kg")
    view = TariffView(DAY, country, {"040610": (cheese,)}, {"620343": deeper})
    goods = line(TAXED[country], rates=None, hs_code=hs_code)
    made = assess(sent(country, goods, mode="air", fx={"USD": D(30)}), tariff=view)
    assert (made.outcome, made.refusal_code) == (REFUSED, code)
    assert made.facts["path"] == "$.shipment.lines[0]"


def test_japans_reduced_rate_comes_from_the_tariff() -> None:
    view = table("JP", row("JP", "090121", duty="12", vat="8"))
    made = assess(sent("JP", line("50500", rates=None, hs_code="090121")), tariff=view)
    # 50,000 × 12 % = 6,000; 56,500 → 56,000 × 6.24 % = 3,494 → 3,400; 958 → 900
    assert duty_of(made) == 6000
    assert (made.facts["vat_national"], made.facts["vat_local"]) == ("3400", "900")


@pytest.mark.parametrize("country", COUNTRIES)
def test_another_currency_is_not_assessed(country: str) -> None:
    made = assess(sent(country, line("10"), currency="EUR", mode="air"))
    assert made.refusal_code == "currency_not_supported"


# Data


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_rule_has_a_source_a_day_and_three_languages(country: str) -> None:
    data = COUNTRIES[country].data
    assert {rule.jurisdiction for rule in data.rules} == {country}
    for rule in data.rules:
        assert rule.source
        assert rule.confidence in ("high", "medium", "low")
        assert all((rule.title.en, rule.title.zh_hans, rule.title.zh_hant))
        assert rule.key.startswith(f"{country.lower()}.")
    ids = [rule.id for rule in data.rules]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("country", COUNTRIES)
def test_rules_of_one_key_do_not_overlap(country: str) -> None:
    by_key: dict[str, list[tuple[date, date]]] = {}
    for rule in COUNTRIES[country].data.rules:
        by_key.setdefault(rule.key, []).append((rule.valid_from, rule.valid_to or date.max))
    for spans in by_key.values():
        ordered = sorted(spans)
        assert all(first[1] < second[0] for first, second in pairwise(ordered))
