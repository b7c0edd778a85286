"""Cells of Japan's schedule: what is read, what stays unknown, and the duty that follows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.pluginapi import Outcome, TariffView
from core.pluginapi.duty.expressions import parse
from plugins.duty_jp.regimes import DATA, Exemption, Standard
from plugins.duty_jp.schedule import rate_of, tariff
from tests.customs.pacific import DAY, assess, line, sent
from tests.customs.regimes import duty_of

D = Decimal


@pytest.mark.parametrize(
    ("cell", "expression"),
    [
        ("40円/kg | WTO 34円/kg", "34 JPY/kg"),
        ("35%＋1,363円/kg | WTO 29.8%＋1,159円/kg", "29.8% + 1159 JPY/kg"),
        ("60%又は4,800円/足のうちいずれか高い税率 | WTO 30%又は4,300円/足のうちいずれか高い税率",
         "30% MIN 4300 JPY/pair"),
        ("15%又は125円/lのうちいずれか低い税率", "15% MAX 125 JPY/l"),
        ("70.40円/l | WTO (82.50円/l)", "70.40 JPY/l"),
    ],
)  # fmt: skip
def test_the_lower_of_the_applied_and_the_wto_rate_is_read(cell: str, expression: str) -> None:
    rate = rate_of(cell)
    assert rate is not None
    assert str(rate) == expression
    assert parse(str(rate), currency="JPY")


@pytest.mark.parametrize(
    ("cell", "percent"),
    [
        ("無税 | WTO (無税)〜(3.9%)", "0"),
        ("無税 | WTO (126円/l)", "0"),
        ("◎無税 | WTO (無税)", "0"),
        ("6.40円/l | WTO 無税", "0"),
        ("4% | WTO (4%)〜(4.8%)", "4"),
        ("9.1% | WTO （9.1%）〜（10.9%）", "9.1"),
        ("8% | WTO 5.3%", "5.3"),
    ],
)
def test_a_percentage_is_read_as_one(cell: str, percent: str) -> None:
    rate = rate_of(cell)
    assert rate is not None
    assert (rate.percent, rate.amount) == (D(percent), 0)


@pytest.mark.parametrize(
    "cell",
    [
        "※1% | WTO 29.8%",
        "◎無税 | WTO 16%",
        "26%+130円/kg | WTO *396円/kg",
        "20% | WTO 保護用の金属製トーキャップを有するもの 6.7% その他のもの 10%",
        "5% | WTO 3%〜8%",
        "40円/kg | WTO 5%",
        "30%＋10円/kg | WTO 20%＋20円/kg",
        "6%又は1.51円/本のうちいずれか高い税率",
        "0.5",
        "",
    ],
)
def test_conditions_and_what_cannot_be_compared_stay_unknown(cell: str) -> None:
    assert rate_of(cell) is None


def test_the_shipped_lines_keep_what_the_schedule_prints_and_lose_no_tax() -> None:
    read = tariff(DATA)
    assert Standard().tariff() is Exemption().tariff() is read
    for before, after in zip(DATA.tariff, read, strict=True):
        assert (before.code, before.valid_from) == (after.code, after.valid_from)
        assert set(before.rates) <= set(after.rates)
        if before != after:
            assert after.notes["printed"] == before.expression
            assert after.states("duty")
            assert not after.expression or parse(after.expression, currency="JPY")
    assert sum(before != after for before, after in zip(DATA.tariff, read, strict=True)) > 40


def view(*codes: str) -> TariffView:
    lines = {code: tuple(one for one in Standard().tariff() if one.code == code) for code in codes}
    return TariffView(DAY, "JP", lines)


def test_toys_are_free_and_pay_consumption_tax() -> None:
    made = assess(sent("JP", line("20000", rates=None, hs_code="950300")), tariff=view("950300"))
    # 20,000 × 7.8 % = 1,560 → 1,500; 423 → 400
    assert (made.outcome, duty_of(made)) == (Outcome.OK, 0)
    assert (made.facts["vat_national"], made.facts["vat_local"]) == ("1500", "400")


def test_a_duty_by_weight_is_counted_and_refused_without_the_weight() -> None:
    (code,) = [one.code for one in tariff(DATA) if one.expression == "36 JPY/kg"]
    known = line("20000", rates=None, hs_code=code, net_kg=D("12.5"))
    # 36 × 12.5 = 450 → 400
    assert duty_of(assess(sent("JP", known), tariff=view(code))) == 400
    unknown = assess(sent("JP", line("20000", rates=None, hs_code=code)), tariff=view(code))
    assert (unknown.outcome, unknown.refusal_code) == (Outcome.REFUSED, "quantity_missing")
