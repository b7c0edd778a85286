"""One regime is chosen, the others are kept with their reason, or all is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.kernel.registry import registry
from core.pluginapi import ChargeKind, Money
from customs.services import assess
from customs.values import tax_total, totals

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)
Make = Callable[..., Any]


def test_hook_register_duty_regimes() -> None:
    provided = registry().provided["register_duty_regimes"]
    keys = {key for key, one in provided.items() if one.plugin == "duty_cn"}
    assert keys == {"cn.cbec.preferential", "cn.cbec.full", "cn.postal", "cn.general_trade"}


def test_the_lowest_order_that_holds_is_chosen_and_the_rest_kept(
    line: Make, shipment: Make
) -> None:
    report = assess(shipment(line("300", hs_code="09012100")), channel=None, on=DAY)
    assert report.chosen is not None
    assert report.chosen.regime == "cn.cbec.preferential"
    assert tax_total(report.chosen) == Decimal("27.30")
    reasons = {one.regime: one.code for one in report.considered}
    assert reasons == {
        "cn.cbec.preferential": "",
        "cn.cbec.full": "within_limit",
        "cn.postal": "other_mode",
        "cn.general_trade": "cbec_open",
    }


def test_above_the_limits_retail_goods_become_general_trade_and_name_the_limit(
    line: Make, shipment: Make
) -> None:
    two = line("3000", 2, rates={"vat": "13", "duty": "8"})
    report = assess(shipment(two), channel=None, on=DAY)
    assert report.chosen is not None
    assert report.chosen.regime == "cn.general_trade"
    assert report.chosen.facts["cbec_refusal"] == "single_limit_exceeded_multiple_articles"


def test_a_kind_s_regimes_bind_where_the_destination_has_one(line: Make, shipment: Make) -> None:
    two = line("3000", 2, rates={"vat": "13", "duty": "8"})
    report = assess(shipment(two), channel=None, on=DAY, prefer=("cn.cbec",))
    assert report.chosen is None
    assert report.refusal_code == "single_limit_exceeded_multiple_articles"
    skipped = [one.regime for one in report.considered if one.code == "not_for_channel"]
    assert skipped == ["cn.postal", "cn.general_trade"]
    assert report.message is not None
    assert report.message.zh_hans


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "hs_missing"),
        ({"hs_code": "98999999"}, "tariff_unknown"),
        ({"hs_code": "04090000"}, "tariff_unknown"),
        ({"hs_code": "71131110"}, "excise_rate_missing"),
        ({"hs_code": "24022000"}, "excise_rate_missing"),
        ({"hs_code": "22083000"}, "quantity_missing"),
        ({"hs_code": "33049900"}, "net_content_missing"),
        ({"hs_code": "2204", "rates": {"vat": "13"}}, "excise_rate_missing"),
    ],
)
def test_unknown_is_not_zero(line: Make, shipment: Make, fields: dict[str, Any], code: str) -> None:
    goods = line("100", **fields)
    report = assess(shipment(goods, regime="cn.cbec.preferential"), channel=None, on=DAY)
    assert (report.chosen, report.refusal_code) == (None, code)
    assert report.path == "$.shipment.lines[0]"


def test_excise_goods_without_a_rate_need_excise(line: Make, shipment: Make) -> None:
    tobacco = line("100", hs_code="24039900", rates={"vat": "13"})
    report = assess(shipment(tobacco, regime="cn.cbec"), channel=None, on=DAY)
    made = report.considered[0].assessment
    assert report.chosen is None
    assert made is not None
    assert made.outcome.value == "needs_excise"


@pytest.mark.parametrize(
    ("price", "content", "tax"),
    [("499.99", "50 ml", "45.50"), ("500", "50 ml", "115.29"), ("500", "50g", "115.29"),
     ("44.99", "3 片", "4.09"), ("45", "3 片", "10.38")],
)  # fmt: skip
def test_cosmetics_bear_consumption_tax_from_their_value_on(
    line: Make, shipment: Make, price: str, content: str, tax: str
) -> None:
    cream = line(price, hs_code="33049900", net_content=content)
    report = assess(shipment(cream, regime="cn.cbec"), channel=None, on=DAY)
    assert report.chosen is not None
    assert tax_total(report.chosen) == Decimal(tax)


def test_spirits_bear_a_tax_per_litre_inside_the_tax_on_value(line: Make, shipment: Make) -> None:
    whisky = line("880", hs_code="22083000", net_content="700 ml")
    report = assess(shipment(whisky, regime="cn.cbec"), channel=None, on=DAY)
    assert report.chosen is not None
    per_litre = Decimal("0.912") * Decimal("0.7")
    full = (880 + per_litre) / Decimal("0.8") * Decimal("0.2") + per_litre
    expected = {
        ChargeKind.DUTY: Decimal("0.00"),
        ChargeKind.CONSUMPTION_TAX: (full * Decimal("0.7")).quantize(Decimal("0.01")),
        ChargeKind.VAT: ((880 + full) * Decimal("0.13") * Decimal("0.7")).quantize(Decimal("0.01")),
    }
    assert totals(report.chosen) == expected


def test_a_subheading_has_a_rate_only_where_all_its_lines_agree(line: Make, shipment: Make) -> None:
    coffee = assess(shipment(line("500", hs_code="090121"), channel="postal"), channel=None, on=DAY)
    assert coffee.chosen is not None
    assert coffee.chosen.charges[0].rate == 13
    infant = line("9000", hs_code="190110", quantity=1)
    trade = assess(shipment(infant, regime="cn.general_trade"), channel=None, on=DAY)
    assert trade.refusal_code == "tariff_ambiguous"  # 15 % or an interim 2 %, by national line


def test_every_charge_names_its_rule_with_date_and_source(line: Make, shipment: Make) -> None:
    goods = line("100", hs_code="09012100")
    report = assess(shipment(goods, freight="10"), channel=None, on=DAY)
    assert report.chosen is not None
    for charge in report.chosen.charges:
        rule = report.rules[charge.rule_id]
        assert charge.source == rule.source != ""
        assert rule.valid_from <= DAY
        assert charge.inputs["rate_source"]


def test_hook_check_import(line: Make, shipment: Make) -> None:
    report = assess(shipment(line("100", hs_code="93040000")), channel=None, on=DAY)
    assert (report.chosen, report.refusal_code) == (None, "prohibited_goods")
    assert report.path == "$.shipment.lines[0].hs_code"
    assert report.message is not None
    assert "93" in report.message.zh_hant


@pytest.mark.parametrize(
    ("day", "code"), [(date(2015, 1, 1), "no_rule"), (date(1990, 1, 1), "no_rule")]
)
def test_a_day_without_a_rule_refuses(line: Make, shipment: Make, day: date, code: str) -> None:
    goods = line("100", rates={"vat": "13"})
    report = assess(shipment(goods, regime="cn.cbec"), channel=None, on=day)
    assert (report.chosen, report.refusal_code) == (None, code)


def test_amounts_in_another_currency_are_refused_not_taken_as_yuan(
    line: Make, shipment: Make
) -> None:
    goods = line("100", hs_code="09012100")
    report = assess(shipment(goods, currency="EUR"), channel=None, on=DAY)
    assert report.refusal_code == "currency_not_supported"


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"country": "XX"}, "$.shipment.destination.country"),
        ({"currency": "XXX"}, "$.shipment.currency"),
    ],
)
def test_a_shipment_that_cannot_be_used_names_the_path(
    line: Make, shipment: Make, fields: dict[str, str], path: str
) -> None:
    report = assess(shipment(line("1"), **fields), channel=None, on=DAY)
    assert (report.refusal_code, report.path) == ("invalid_input", path)
    empty = assess(shipment(), channel=None, on=DAY)
    assert empty.path == "$.shipment.lines"
    huge = assess(shipment(line("9" * 13, 10**6)), channel=None, on=DAY)
    assert huge.path == "$.shipment.lines[0].unit_price"


def test_a_thousand_lines_of_half_a_cent_sum_exactly(line: Make, shipment: Make) -> None:
    lines = [line("0.005", rates={"vat": "13"}) for _ in range(999)]
    report = assess(shipment(*lines, freight="5"), channel=None, on=DAY)
    assert report.chosen is not None
    value = report.chosen.customs_value
    assert value == Money(Decimal("14.99"), "CNY")
    assert tax_total(report.chosen) == sum(c.amount.amount for c in report.chosen.charges)
    assert all(charge.basis.amount >= 0 for charge in report.chosen.charges)
