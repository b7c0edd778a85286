"""Duty expressions: what tariffs print is read whole, computed exactly, or refused by name."""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from core.pluginapi.duty.expressions import (
    AdValorem,
    Agricultural,
    Expression,
    Free,
    Measured,
    Per,
    Reference,
    Specific,
    Sum,
    Uncomputable,
    Unparsed,
    parse,
)
from customs.expression_cases import expression_result
from tests.customs.test_cases_cn import differs

D = Decimal


def goods(currency: str = "GBP", **known: Any) -> Measured:
    numbers = {name: D(value) for name, value in known.items() if isinstance(value, str)}
    rest = {name: value for name, value in known.items() if not isinstance(value, str)}
    return Measured(currency=currency, **numbers, **rest)


def duty(text: str, currency: str = "GBP", **known: Any) -> Decimal:
    return parse(text, currency=currency).amount(goods(currency, **known))


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("3.5%", "3.5%"),
        ("6,5 %", "6.5%"),
        ("12％", "12%"),
        ("12 % ad valorem", "12%"),
        ("Free", "Free"),
        ("無税", "Free"),
        ("12.10 EUR/100 kg", "12.10 EUR / 100 kg"),
        ("35.10 EUR / 100 kg", "35.10 EUR / 100 kg"),
        ("EUR 35.10 per 100 kg", "35.10 EUR / 100 kg"),
        ("144.10 GBP / 1000 kg", "144.10 GBP / 1000 kg"),
        ("144.10 GBP / 1,000 kg/biodiesel", "144.10 GBP / 1000 kg of biodiesel"),
        ("730.00 EUR / tonne", "730.00 EUR / 1000 kg"),
        ("2.00 GBP / DTN", "2.00 GBP / 100 kg"),
        ("20.00% + 3.50 GBP/100kg", "20.00% + 3.50 GBP / 100 kg"),
        ("26%＋1,023円/kg", "26% + 1023 JPY / kg"),
        ("0.60 EUR / % vol / hl + 3.20 EUR / hl", "0.60 EUR / % vol/hl + 3.20 EUR / hl"),
        ("0.50 GBP/%vol/hl", "0.50 GBP / % vol/hl"),
        ("9.27 GBP / l alc. 100%", "9.27 GBP / l alc. 100%"),
        ("28.74 GBP per litre of pure alcohol", "28.74 GBP / l alc. 100%"),
        (
            "SPQ 1.00 GBP per litre pure alcohol x SPR discount",
            "1.00 GBP / l alc. 100% / SPR",
        ),
        ("SPQ 1.00 GBP per % vol/hl x SPR discount", "1.00 GBP / % vol/hl / SPR"),
        (
            "9.27 GBP / l alc. 100% - £1.00 / for each litre of pure alcohol, "
            "multiplied by the SPR discount",
            "9.27 GBP / l alc. 100% - 1.00 GBP / l alc. 100% / SPR",
        ),
        ("0.40 EUR / 100 kg /net/ % sacchar.", "0.40 EUR / 100 kg / % sucrose"),
        ("0.30 GBP per 1 % of sucrose per 100 kg", "0.30 GBP / % sucrose / 100 kg"),
        ("7.00 EUR / 100 kg/net eda", "7.00 EUR / 100 kg of net drained weight"),
        ("42.70 EUR / 100 kg / net dry", "42.70 EUR / 100 kg of dry matter"),
        ("1.19 EUR / kg / lactic matter", "1.19 EUR / kg of lactic matter"),
        ("0.20 GBP/ item", "0.20 GBP / item"),
        ("10.50 GBP / 1,000 p/st", "10.50 GBP / 1000 item"),
        ("16.5% of retail price", "16.5% of retail price"),
        ("VAT 20.00 %", "VAT 20.00%"),
        ("<span>14.40</span> % + <span>1.10</span> EUR / <abbr title='x'>100 kg</abbr>",
         "14.40% + 1.10 EUR / 100 kg"),
        ("9.00% +  EA MAX 24.20%  + ADSZ", "9.00% + EA MAX 24.20% + ADSZ"),
        ("4.50% MIN 0.30 EUR / item MAX 0.80 EUR / item",
         "4.50% MIN 0.30 EUR / item MAX 0.80 EUR / item"),
        ("60%又は4,800円/足のうちいずれか高い税率", "60% MIN 4800 JPY / pair"),
        (
            "15%又は125円/lのうちいずれか低い税率 ただしその税率が67円/lを下回る場合は67円/l",
            "15% MAX 125 JPY / l MIN 67 JPY / l",
        ),
        ("entry price", "entry price"),
        ("1.234,50 EUR / tonne", "1234.50 EUR / 1000 kg"),
    ],
)  # fmt: skip
def test_what_tariffs_print_is_read(text: str, canonical: str) -> None:
    found = parse(text)
    assert str(found) == canonical
    assert parse(canonical) == found


@pytest.mark.parametrize(
    ("text", "currency", "canonical"),
    [
        ("37.2¢/kg + 4.3%", "USD", "0.372 USD / kg + 4.3%"),
        ("$1.092/kg", "USD", "1.092 USD / kg"),
        ("0.9¢ each + 3.2%", "USD", "0.009 USD / item + 3.2%"),
        ("90¢/pr. + 37.5%", "USD", "0.90 USD / pair + 37.5%"),
        ("14.4¢/gross + 2%", "USD", "0.144 USD / gross + 2%"),
        ("23.7¢/pf.liter", "USD", "0.237 USD / pf.litre"),
        ("5%, and $107.99/L of alcohol", "AUD", "5% + 107.99 AUD / l alc. 100%"),
        ("$2,445.26/kg of tobacco content", "AUD", "2445.26 AUD / kg of tobacco content"),
        (
            "$1.61 each + 4.4% on the case and strap, band or bracelet",
            "USD",
            "1.61 USD / item + 4.4% on the case and strap, band or bracelet",
        ),
        (
            "The duty provided in the applicable subheading + 25%",
            "USD",
            "The duty provided in the applicable subheading + 25%",
        ),
    ],
)
def test_bare_signs_are_the_currency_of_the_tariff(
    text: str, currency: str, canonical: str
) -> None:
    assert str(parse(text, currency=currency)) == canonical


def test_zero_width_characters_are_not_there() -> None:
    assert parse("5\u200b%\ufeff") == parse("5%")


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("foo", 0),
        ("12", 2),
        ("12 GBP", 6),
        ("12 GBP / blob", 8),
        ("$3/kg", 1),
        ("24 + 4.2 EUR/100 kg", 2),
        ("3% + ", 4),
        ("3% 4%", 2),
        ("10.00% (01 NOV - 30 APR), 2.00% (01 MAY - 31 OCT)", 6),
        ("4%〜4.8%", 2),
        ("VAT 20% + 3%", 12),
        ("No change", 0),
        ("99999%", 6),
        ("1.2.3%", 0),
    ],
)
def test_what_is_not_understood_says_where(text: str, position: int) -> None:
    with pytest.raises(Unparsed) as caught:
        parse(text)
    assert caught.value.position == position
    assert caught.value.code == "tariff_unreadable"


def test_a_long_text_is_refused_before_it_is_read() -> None:
    with pytest.raises(Unparsed):
        parse("1% + " * 200)


def test_the_published_figures_are_met() -> None:
    assert duty("8%", value="30") == D("2.4")
    assert duty("VAT 8%", value="30", duty_total="1000") == D("82.4")
    assert duty("35.10 GBP / 100 kg", kg="10000") == 3510
    assert duty("35.10 EUR / 100 kg", kg="10000", fx={"EUR": D("0.8571")}) == D("3008.421")
    assert duty("16.5% of retail price", retail_price="1000") == 165


def test_min_is_the_larger_and_max_the_smaller_from_left_to_right() -> None:
    text = "13.80 % MIN 13.00 GBP / 100 kg MAX 15.00 GBP / 100 kg - 7.00 GBP / 100 kg"
    assert duty(text, value="1200", kg="10000") == 800
    assert duty("5% MIN 2% MAX 3%", value="100") == 3
    assert duty("5% MAX 2% MIN 3%", value="100") == 3
    assert duty("5% MAX 3% + 1%", value="100") == 4


def test_units_of_alcohol_agree_with_one_another() -> None:
    wine: dict[str, Any] = {"abv": "13.5", "litres": "75"}
    pure = D("13.5") * 75 / 100
    assert duty("2 GBP / % vol/hl", **wine) == 2 * pure
    assert duty("2 GBP / l alc. 100%", **wine) == 2 * pure
    assert duty("2 GBP / l alc. 100%", lpa="10.125") == 2 * pure
    assert duty("2 USD / pf.litre", "USD", **wine) == 2 * pure * 2
    assert duty("$2/L of alcohol, calculated on that alcohol content by which the percentage by "
                "volume of alcohol of the goods exceeds 1.15", "AUD", **wine) \
        == 2 * (D("13.5") - D("1.15")) * 75 / 100  # fmt: skip
    assert duty("SPQ 1.00 GBP / SPQ", lpa="34.9", spr="5") == D("174.5")
    assert duty("1.00 GBP / % vol/hl x SPR", abv="3.49", litres="1000", spr="5") == D("174.5")


def test_amounts_on_alcohol_are_cut_where_others_are_rounded() -> None:
    assert parse("9.27 GBP / l alc. 100%").displayed(D("2.789")) == D("2.78")
    assert parse("9.27 GBP / kg").displayed(D("2.785")) == D("2.79")
    assert parse("1% + 9.27 GBP / l alc. 100%").displayed(D("2.789")) == D("2.79")


@pytest.mark.parametrize(
    ("text", "known", "code", "missing"),
    [
        ("3%", {}, "quantity_missing", "value"),
        ("3% + 12 GBP / 100 kg", {"value": "10"}, "quantity_missing", "kg"),
        ("12 EUR / kg", {"kg": "10"}, "rate_missing", "EUR"),
        ("12 GBP / hl", {"kg": "10"}, "quantity_missing", "litres"),
        ("12 GBP / % vol/hl", {"litres": "10"}, "quantity_missing", "lpa"),
        ("12 GBP / kg of lactic matter", {"kg": "1"}, "quantity_missing", "kg of lactic matter"),
        ("12 GBP / pair", {"items": "10"}, "quantity_missing", "pairs"),
        ("3% + EA", {"value": "10"}, "tariff_unreadable", "EA"),
        ("3% MAX 2% + ADSZ", {"value": "10"}, "tariff_unreadable", "ADSZ"),
        ("6% on the case", {"value": "10"}, "quantity_missing", "value of the case"),
        ("entry price", {"value": "10"}, "tariff_unreadable", "entry price"),
    ],
)
def test_what_is_missing_is_named_and_never_zero(
    text: str, known: dict[str, str], code: str, missing: str
) -> None:
    with pytest.raises(Uncomputable) as caught:
        duty(text, **known)
    assert (caught.value.code, caught.value.missing) == (code, missing)


def test_needs_and_currencies_list_what_the_amount_asks_for() -> None:
    found = parse("17.30% MIN 1.00 EUR / % vol/hl + 2 GBP / 100 kg")
    assert found.needs == {"value", "lpa", "kg"}
    assert found.currencies == {"EUR", "GBP"}


def test_only_a_plain_percentage_has_a_rate() -> None:
    assert parse("12.5%").percent == D("12.5")
    assert parse("Free").percent == 0
    for text in ("3% + 1%", "3% MIN 1%", "1 EUR / kg", "VAT 3%", "3% of retail price"):
        assert parse(text).percent is None


NUMBERS = st.decimals("0", "9999", places=3, allow_nan=False)
TERMS = st.one_of(
    st.just(Free()),
    st.builds(AdValorem, NUMBERS, st.sampled_from(["value", "retail_price", "value of the case"])),
    st.builds(
        Specific,
        NUMBERS,
        st.sampled_from(["EUR", "GBP", "USD"]),
        st.lists(
            st.one_of(
                st.builds(
                    Per,
                    st.sampled_from(["kg", "l", "hl", "% vol/hl", "item", "pair", "% sucrose"]),
                    st.sampled_from([D(1), D(100), D(1000)]),
                ),
                st.builds(Per, st.just("kg"), st.just(D(100)), st.just("lactic matter")),
            ),
            min_size=1,
            max_size=2,
        ).map(tuple),
    ),
    st.builds(Agricultural, st.sampled_from(["EA", "ADSZ", "ADFM"])),
    st.just(Reference("entry price")),
)
SUMS = st.builds(
    Sum, TERMS, st.lists(st.tuples(st.sampled_from("+-"), TERMS), max_size=3).map(tuple)
)
EXPRESSIONS = st.builds(
    Expression,
    SUMS,
    st.lists(st.tuples(st.sampled_from(["MIN", "MAX"]), SUMS), max_size=3).map(tuple),
)


@given(EXPRESSIONS)
def test_what_is_written_is_read_as_the_same(expression: Expression) -> None:
    assert parse(str(expression)) == expression


@given(st.lists(st.tuples(st.sampled_from(["MIN", "MAX"]), NUMBERS), max_size=4), NUMBERS)
def test_bounds_hold_in_the_order_in_which_they_stand(
    bounds: list[tuple[str, Decimal]], first: Decimal
) -> None:
    text = " ".join([f"{first}%", *(f"{kind} {rate}%" for kind, rate in bounds)])
    wanted = first
    for kind, rate in bounds:
        wanted = max(wanted, rate) if kind == "MIN" else min(wanted, rate)
    assert duty(text, value="100") == wanted


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_more_value_or_more_weight_never_means_less_duty(
    value: Decimal, kg: Decimal, more: Decimal, rate: Decimal
) -> None:
    text = f"{rate}% + 2.5 GBP / 100 kg MAX 18.9% + 16.5 GBP / kg MIN 1 GBP / 100 kg"
    found = parse(text)
    base = found.amount(Measured("GBP", value=value, kg=kg))
    assert found.amount(Measured("GBP", value=value + more, kg=kg)) >= base
    assert found.amount(Measured("GBP", value=value, kg=kg + more)) >= base


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse(text)
    except Unparsed:
        return
    assert parse(str(found)) == found


# Cases


def case(text: Any = "3%", **figures: Any) -> dict[str, Any]:
    return {"kind": "expression", "expression": {"currency": "GBP", "text": text, **figures}}


def test_every_expression_case_agrees(shared_dir: Path, tmp_path: Path) -> None:
    stored = json.loads((shared_dir / "customs" / "cases.json").read_text("utf-8"))
    mine = [one for one in stored["cases"] if one["kind"] == "expression"]
    assert len(mine) >= 6
    path, out = tmp_path / "cases.json", StringIO()
    path.write_text(json.dumps(mine), encoding="utf-8")
    call_command("customs", "assess", str(path), stdout=out)
    results = {entry["id"]: entry["result"] for entry in json.loads(out.getvalue())}
    wrong = [
        one["id"]
        for one in mine
        if differs(one["expected"], results[one["id"]], D(one["tolerance"]))
    ]
    assert wrong == []


def test_a_case_gives_the_full_amount_and_the_shown_one() -> None:
    result = expression_result(
        case("12.80 % + 176.80 EUR / 100 kg", goods="80", freight="15", insurance="5",
             quantity_dtn="0.03", fx={"EUR": "0.86"})
    )  # fmt: skip
    assert result["outcome"] == "ok"
    assert D(str(result["duty"])) == D("12.8") + D("176.80") * D("0.03") * D("0.86")
    assert result["components"]["display"] == "17.36"  # type: ignore[index,call-overload]
    assert "vat" not in result


def test_the_weight_of_a_case_is_that_of_the_substance_it_asks_for() -> None:
    result = expression_result(case("144.10 GBP / 1000 kg/biodiesel", quantity_kg="2000"))
    assert D(str(result["duty"])) == D("288.20")


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"kind": "expression"}, "$.expression"),
        (case(None), "$.expression.text"),
        (case(""), "$.expression.text"),
        (case("nonsense"), "$.expression.text"),
        (case("3%"), "$.expression.goods"),
        (case("3%", goods=3), "$.expression.goods"),
        (case("3%", goods="-3"), "$.expression.goods"),
        (case("3%", goods="1", currency="XYZ"), "$.expression.currency"),
        ({"expression": {"text": "3%", "goods": "1"}}, "$.expression.currency"),
        (case("3 EUR / kg", quantity_kg="1"), "$.expression.fx.EUR"),
        (case("3 EUR / kg", quantity_kg="1", fx={"EUR": "0"}), "$.expression.fx.EUR"),
        (case("3 EUR / kg", quantity_kg="1", fx=[]), "$.expression.fx"),
        (case("3 GBP / 100 kg/net eda"), "$.expression.quantity_kg"),
        (case("3 GBP / hl"), "$.expression.quantity_litre"),
        (case("3 GBP / % vol/hl"), "$.expression.lpa"),
        (case("3 GBP / % vol/hl x SPR", lpa="3"), "$.expression.spr"),
        (case("3 GBP / 100 kg / % sucrose", quantity_kg="3"), "$.expression.sucrose_percent"),
        (case("9 % + EA", goods="10"), "$.expression.text"),
        (case("3%", goods="9" * 30), "$.expression.goods"),
        (case("9" * 40 + "%", goods="9"), "$.expression.text"),
        (
            case(
                "99999999 GBP / kg / l / l / kg",
                quantity_kg="9999999999999",
                quantity_litre="9999999999999",
            ),
            "$.expression.text",
        ),
    ],
)
def test_a_case_that_cannot_be_computed_names_the_value(raw: dict[str, Any], path: str) -> None:
    result = expression_result(raw)
    assert (result["outcome"], result["refusal_reason"]) == ("refused", "invalid_input")
    assert result["components"]["path"] == path  # type: ignore[index,call-overload]
