"""Inputs quote_duty-01 to -25: the declared status, no 5xx, and what is kept reads back."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from core.kernel.models import Incident
from core.orders.models import StoredQuote
from core.pluginapi import (
    Assessment,
    Capability,
    Charge,
    ChargeKind,
    Money,
    Outcome,
    PluginScope,
    ShipmentFacts,
    ShipmentLine,
    Text,
    hookimpl,
)
from core.shared.money import MoneyError
from core.testing.plugins import manifest, plugins_loaded
from customs import snapshot
from customs.models import RuleRow
from customs.services import assess
from customs.values import tax_total
from tests.orders.conftest import Customer, Market

DAY = date(2026, 11, 22)
ROOT = Path(__file__).resolve().parents[2]
HERE = {1, 2, 5, 7, 8, 9, 13, 14, 15, 23, 24, 25}
ELSEWHERE = {
    17: ("tests/drills/test_drill_quota.py", "test_one_person_never_exceeds_the_year"),
    18: ("tests/customs/test_quota_ledger.py", "test_the_year_ends_at_midnight_in_shanghai"),
    19: ("tests/orders/test_order_quota.py", "test_before_clearance_the_year_is_given_back_once"),
    20: ("tests/orders/test_order_quota.py", "test_two_accounts_of_one_person_share_the_year"),
    21: ("tests/customs/test_quota_ledger.py", "test_every_spelling_of_a_number_is_one_person"),
}


def test_every_input_is_tested(shared_dir: Path) -> None:
    path = shared_dir / "reference" / "adversarial_inputs.json"
    listed = json.loads(path.read_text(encoding="utf-8"))["inputs"]
    ids = {one["id"] for one in listed if one["endpoint_kind"] == "quote_duty"}
    assert ids == {f"quote_duty-{number:02}" for number in {*HERE, *ELSEWHERE}}
    for file, name in ELSEWHERE.values():
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")


def ask(client: Client, **change: Any) -> Any:
    basket = {
        "destination": {"country": "CN"},
        "currency": "CNY",
        "lines": [{"sku": "CREAM", "quantity": 1}],
        **change,
    }
    return client.post("/api/v1/quotes", json.dumps(basket), content_type="application/json")


@pytest.mark.parametrize("quantity", [0, -3])
def test_quote_duty_01_02_a_quantity_that_is_none(
    market: Market, english: Client, quantity: int
) -> None:
    answer = ask(english, lines=[{"sku": "CREAM", "quantity": quantity}])
    body = json.loads(answer.content)
    assert answer.status_code == 422
    assert body["errors"][0]["path"].endswith("lines.0.quantity")
    assert not StoredQuote.objects.exists()
    assert ask(english).status_code == 201


def goods(price: str, many: int, **fields: Any) -> tuple[ShipmentLine, ...]:
    rates = {"vat": Decimal(13), "consumption_tax": Decimal(0), "duty": Decimal("6.5")}
    return tuple(
        ShipmentLine("goods", Decimal(price), 1, rates=rates, **fields) for _ in range(many)
    )


def to_china(lines: tuple[ShipmentLine, ...], **fields: Any) -> ShipmentFacts:
    given = {"channel": "bonded", "facts": {"buyer_id_verified": True}, **fields}
    return ShipmentFacts(country="CN", region="", currency="CNY", lines=lines, **given)


@pytest.mark.parametrize(
    ("price", "many"), [("4.99", 1000), ("0.005", 999)], ids=["quote_duty-05", "quote_duty-24"]
)
@pytest.mark.parametrize("regime", ["cn.cbec", "cn.general_trade"])
def test_quote_duty_05_24_many_lines_sum_to_the_total(
    db: None, price: str, many: int, regime: str
) -> None:
    shipment = to_china(goods(price, many), freight=Decimal("7.77"), regime=regime)
    report = assess(shipment, channel=None, on=DAY)
    assert report.chosen is not None
    assert report.chosen.customs_value is not None
    by_line = [Decimal(0)] * many
    for charge in report.chosen.charges:
        assert charge.line is not None
        by_line[charge.line] += charge.amount.amount
    assert sum(by_line) == tax_total(report.chosen)
    first = next(c for c in report.chosen.charges if c.line == 0)
    assert first.basis.amount <= report.chosen.customs_value.amount


class Faulty:
    """A regime of a plug-in that answers what it should not."""

    key, family, title = "test.faulty", "", Text("Faulty")
    countries, jurisdiction, currencies, foreign, order = ("CN",), "ZZ", ("CNY",), (), 1

    def __init__(self, amount: Any, rate: Any, currency: str) -> None:
        self.amount, self.rate, self.currency = amount, rate, currency

    def rules(self) -> tuple[()]:
        return ()

    def tariff(self) -> tuple[()]:
        return ()

    def assess(self, *_given: object) -> Assessment:
        amount = Money(self.amount, self.currency)
        charge = Charge(ChargeKind.DUTY, amount, amount, self.rate, "r", "s", "f", 0)
        return Assessment(self.key, Outcome.OK, self.currency, amount, (charge,))


HUGE = Decimal("1e1000000")


@pytest.mark.parametrize(
    ("amount", "rate", "currency"),
    [
        pytest.param(HUGE, None, "CNY", id="quote_duty-07"),
        pytest.param(Decimal(1), HUGE, "CNY", id="quote_duty-07, a rate"),
        pytest.param(0.1 + 0.2, None, "CNY", id="quote_duty-08"),
        pytest.param(Decimal(1), 0.1 + 0.2, "CNY", id="quote_duty-08, a rate"),
        pytest.param(Decimal(1), None, "JPY", id="quote_duty-09"),
        pytest.param(Decimal("NaN"), None, "CNY", id="not a number"),
    ],
)
def test_quote_duty_07_08_09_what_a_plugin_answers_wrongly_costs_that_plugin_alone(
    market: Market, amount: Any, rate: Any, currency: str
) -> None:
    class Plugin:
        MANIFEST = manifest("test_faulty", provides=(Capability.DUTY,), scope=PluginScope.PLATFORM)

        @hookimpl
        def register_duty_regimes(self, setup: object) -> list[Any]:
            return [Faulty(amount, rate, currency)]

    with plugins_loaded(Plugin(), alone=False):
        shipment = to_china(goods("100", 1))
        report = assess(shipment, channel=None, on=DAY)
    assert report.chosen is not None
    assert report.chosen.regime == "cn.cbec.preferential"
    failed = next(one for one in report.considered if one.regime == "test.faulty")
    assert failed.code == "regime_failed"
    assert Incident.objects.filter(plugin="test_faulty").exists()


def test_quote_duty_07_such_an_amount_cannot_even_be_made() -> None:
    with pytest.raises(MoneyError):
        Money(Decimal("1e1000000"), "CNY")


def test_quote_duty_13_a_day_without_a_rule_is_refused_and_is_never_free(
    market: Market, english: Client
) -> None:
    answer = ask(english, on="2016-01-01", channels=["b2c_bonded"])
    (quote,) = json.loads(answer.content)["quotes"]
    assert quote["outcome"] == "refused"
    assert quote["code"]
    assert quote["total"] is None
    rules = assess(to_china(goods("10", 1)), channel=None, on=date(2016, 1, 1))
    assert (rules.chosen, rules.refusal_code) == (None, "no_rule")


def test_quote_duty_14_a_rule_is_not_edited_and_an_old_quote_reads_as_it_did(
    market: Market, english: Client
) -> None:
    quote = market.quote("b2c_bonded")
    before = english.get(f"/api/v1/quotes/{quote.pk}").content
    row = RuleRow.objects.filter(key="cn.cbec.tax", superseded_at=None).get()
    with pytest.raises(DatabaseError), transaction.atomic():
        RuleRow.objects.filter(pk=row.pk).update(values={**row.values, "vat_fraction": "1"})
    snapshot.current()
    assert english.get(f"/api/v1/quotes/{quote.pk}").content == before


@pytest.mark.parametrize(
    ("price", "regime"),
    [("5000.00", "cn.cbec.preferential"), ("5000.01", "cn.cbec.full")],
)
def test_quote_duty_15_the_single_limit_is_inclusive(db: None, price: str, regime: str) -> None:
    report = assess(to_china(goods(price, 1)), channel=None, on=DAY)
    assert report.chosen is not None
    assert report.chosen.regime == regime


def test_quote_duty_23_another_buyers_quote_answers_like_an_unknown_one(
    market: Market, ann: Customer, english: Client
) -> None:
    theirs = market.quote("m2c", buyer=ann.buyer.ref)
    seen = [
        english.get(f"/api/v1/quotes/{quote}{part}")
        for quote in (theirs.pk, "00000000-0000-7000-8000-000000000000")
        for part in ("", "/explanation")
    ]
    assert [one.status_code for one in seen] == [404] * 4
    bodies = [without_ids(one) for one in seen]
    assert bodies[0] == bodies[2]
    assert bodies[1] == bodies[3]


def without_ids(answer: Any) -> str:
    return re.sub(r'"request_id": "[^"]+"', "", answer.content.decode())


@pytest.mark.parametrize("where", ["line", "basket"])
def test_quote_duty_25_a_code_of_the_buyers_own_is_refused(
    market: Market, english: Client, where: str
) -> None:
    own = {"hs_code": "49019900"}
    change = {"lines": [{"sku": "CREAM", "quantity": 1, **own}]} if where == "line" else own
    answer = ask(english, **change)
    assert answer.status_code == 422
    assert not StoredQuote.objects.exists()
