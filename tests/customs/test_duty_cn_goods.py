"""China: which goods may come in at all, what is known of the positive list, what is counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.kernel.registry import registry
from core.pluginapi import Level, Rule, RuleSet, ShipmentFacts, ShipmentLine
from customs.services import assess, load_rules, override_rule
from customs.types import AssessmentReport
from plugins.duty_cn.base import China
from plugins.duty_cn.classes import PREFIX, judge

pytestmark = pytest.mark.django_db

Make = Callable[..., Any]
DAY = date(2026, 11, 22)
CLASSES = [rule for rule in China.data.rules if rule.key.startswith(PREFIX)]
DENIED = [
    ("93040000", "bonded"), ("93040000", "freight"), ("36041000", ""), ("29391100", "direct_mail"),
    ("28112100", None), ("24011010", "postal"), ("63090000", "courier"), ("02071400", "postal"),
    ("08061000", "courier"), ("04061000", "postal"),
]  # fmt: skip
HELD = [
    ("85256010", "bonded", "radio_approval"), ("96011000", "postal", "cites_permit"),
    ("71189000", "direct_mail", "currency_declaration"),
]  # fmt: skip
FREE = [
    ("04061000", "bonded"), ("09012100", "postal"), ("85171300", "bonded"), ("08021200", "postal"),
    ("04022100", "postal"), ("24022000", "postal"),
]  # fmt: skip


def parcel(code: str, channel: str, **fields: Any) -> ShipmentFacts:
    line = ShipmentLine("goods", Decimal(100), 1, hs_code=code)
    return ShipmentFacts("CN", "", "CNY", channel, (line,), **fields)


def rules(*, on: date = DAY) -> RuleSet:
    held = {r.key: r for r in China.data.rules
            if r.valid_from <= on and (not r.valid_to or on <= r.valid_to)}  # fmt: skip
    return RuleSet(on, held)


@pytest.mark.parametrize("rule", CLASSES, ids=lambda rule: rule.id)
def test_every_class_is_a_dated_rule_with_source_codes_and_doubts(rule: Rule) -> None:
    assert rule.source
    assert rule.unverified
    assert rule.values["level"].upper() in Level.__members__
    assert all(code.isdigit() for code in rule.values["codes"].split())
    assert {"modes", "needs"} < set(rule.values)
    assert all(rule.title.as_dict().values())


@pytest.mark.parametrize(("code", "channel"), [one for one in DENIED if one[1] is not None])
def test_prohibited_goods_are_denied_with_the_line(code: str, channel: str) -> None:
    verdict = judge(parcel(code, channel), rules())
    assert verdict is not None
    assert (verdict.level, verdict.code) == (Level.DENY, "prohibited_goods")
    assert verdict.data["path"] == "$.shipment.lines[0].hs_code"
    assert all(code[:4] in text for text in verdict.message.as_dict().values())


@pytest.mark.parametrize(("code", "channel", "paper"), HELD)
def test_restricted_goods_wait_for_their_paper(code: str, channel: str, paper: str) -> None:
    verdict = judge(parcel(code, channel), rules())
    assert verdict is not None
    assert (verdict.level, verdict.code) == (Level.HOLD, "restricted_goods")
    assert verdict.data["needs"] == paper
    assert judge(parcel(code, channel, facts={"permits": [paper]}), rules()) is None
    assert judge(parcel(code, channel, facts={"permits": ["another"]}), rules()) is not None


@pytest.mark.parametrize(("code", "channel"), FREE)
def test_other_goods_and_other_ways_of_import_pass(code: str, channel: str) -> None:
    assert judge(parcel(code, channel), rules()) is None


def test_the_worst_of_several_lines_is_told() -> None:
    codes = ("09012100", "85256010", "93040000")
    lines = tuple(ShipmentLine("goods", Decimal(1), 1, hs_code=code) for code in codes)
    verdict = judge(ShipmentFacts("CN", "", "CNY", "bonded", lines), rules())
    assert verdict is not None
    assert verdict.data["path"] == "$.shipment.lines[2].hs_code"


def test_a_class_holds_from_its_first_day() -> None:
    assert judge(parcel("08061000", "postal"), rules(on=date(2021, 10, 19))) is None
    assert judge(parcel("08061000", "postal"), rules(on=date(2021, 10, 20))) is not None


def ask(shipment: ShipmentFacts, on: date = DAY) -> AssessmentReport:
    return assess(shipment, channel=None, on=on)


@pytest.fixture
def loaded() -> None:
    """The rules in the database, where operators override them."""
    found = registry().provided["register_duty_regimes"].values()
    load_rules([one for one in found if one.plugin == "duty_cn"])


def override(key: str, values: dict[str, str], start: date = DAY) -> None:
    override_rule("duty_cn", key, values, valid_from=start, valid_to=None, reason="r", author="op")


@pytest.mark.usefixtures("loaded")
def test_an_operator_s_dated_rule_opens_a_class_again() -> None:
    grapes = parcel("08061000", "postal")
    assert ask(grapes).refusal_code == "prohibited_goods"
    override("cn.goods.posted_plants", {"level": "allow"})
    assert ask(grapes).refusal_code != "prohibited_goods"
    assert ask(grapes, date(2026, 11, 21)).refusal_code == "prohibited_goods"


@pytest.mark.usefixtures("loaded")
def test_an_operator_s_dated_rule_closes_more_codes() -> None:
    coffee = parcel("09012100", "postal")
    assert ask(coffee).chosen is not None
    override("cn.goods.posted_plants", {"codes": "0901"})
    assert ask(coffee).refusal_code == "prohibited_goods"


def notes(report: AssessmentReport) -> int:
    assert report.chosen is not None
    return len(report.chosen.notes)


LISTED, UNKNOWN = "09012100", "85171300"


def test_the_tariff_says_yes_or_nothing_of_the_positive_list() -> None:
    said = {line.code: line.notes.get("positive_list") for line in China.data.tariff}
    assert set(said.values()) == {"yes", None}
    assert (said[LISTED], said[UNKNOWN]) == ("yes", None)


@pytest.mark.usefixtures("loaded")
def test_what_is_unknown_of_the_positive_list_is_said_and_never_refused() -> None:
    assert notes(ask(parcel(LISTED, "bonded"))) == 0
    assert notes(ask(parcel(UNKNOWN, "bonded"))) == 1
    assert notes(ask(parcel(UNKNOWN, "bonded", facts={"positive_list": True}))) == 0


@pytest.mark.usefixtures("loaded")
def test_an_operator_s_dated_rule_says_what_is_on_the_list() -> None:
    override("cn.cbec.list", {"listed": UNKNOWN[:6]})
    assert notes(ask(parcel(UNKNOWN, "bonded"))) == 0


@pytest.mark.usefixtures("loaded")
def test_an_operator_s_dated_rule_says_what_is_not_on_the_list() -> None:
    override("cn.cbec.list", {"not_listed": "0901"})
    report = ask(parcel("09012100", "bonded"))
    assert report.refusal_code == "not_on_positive_list"
    assert report.path == "$.shipment.lines[0]"


def test_an_assessment_says_what_it_takes_of_the_year(line: Make, shipment: Make) -> None:
    rates = {"vat": "9"}
    goods = (
        line("100", rates=rates, category="rice", net_kg=Decimal(3)),
        line("50", 2, rates=rates, category="rice", net_content="500 g"),
        line("10", rates=rates, category="sugar", net_kg=Decimal("0.5")),
        line("10", rates=rates, category="salt", net_kg=Decimal(9)),
    )
    report = ask(shipment(*goods, freight="11"))
    assert report.chosen is not None
    uses = {use.subject: (use.amount, use.unit) for use in report.chosen.quota}
    assert uses == {
        "annual_used": (Decimal("231.00"), "CNY"),
        "person_year_used_kg.rice": (Decimal(4), "kg"),
        "person_year_used_kg.sugar": (Decimal("0.5"), "kg"),
    }


def test_postal_articles_and_general_trade_take_nothing(line: Make, shipment: Make) -> None:
    goods = line("100", rates={"vat": "13", "postal": "13"})
    for channel in ("postal", "freight"):
        report = ask(shipment(goods, channel=channel))
        assert report.chosen is not None
        assert report.chosen.quota == ()


@pytest.mark.parametrize(
    ("weights", "before", "code"),
    [
        (("10", "10"), "0", ""),
        (("10", "10.001"), "0", "person_year_quantity_exceeded"),
        (("1", "1"), "18", ""),
        (("1", "1"), "18.001", "person_year_quantity_exceeded"),
        (("1", None), "0", "quantity_missing"),
        (("1", "1"), "much", "invalid_input"),
        (("1", "1"), -1, "invalid_input"),
    ],
)
def test_rice_is_capped_over_all_lines_of_a_year(
    line: Make, shipment: Make, weights: tuple[str | None, ...], before: Any, code: str
) -> None:
    goods = [
        line("100", rates={"vat": "9"}, category="rice", net_kg=Decimal(w) if w else None)
        for w in weights
    ]
    facts = {"person_year_used_kg": {"rice": before}}
    report = ask(shipment(*goods, regime="cn.cbec", facts=facts))
    assert report.refusal_code == code


@pytest.mark.parametrize(
    ("documents", "code"),
    [
        ({}, ""),
        ({"order": {"order_fee": "120", "product_fee": "100", "transport_fee": "20"}}, ""),
        (
            {"order": {"order_fee": "121", "product_fee": "100", "transport_fee": "20"}},
            "order_fee_not_sum",
        ),
        (
            {"order": {"order_fee": "120"}, "payment": {"payment_fee": "119.99", "id": "9"}},
            "order_payment_mismatch",
        ),
        ({"order": {"order_fee": "120"}, "payment": {"amount": "120.00", "id": "9"}}, ""),
        ({"order": {"order_fee": "twelve"}}, "invalid_input"),
        ({"order": {"order_fee": True}}, "invalid_input"),
        ("none", ""),
    ],
)
def test_the_documents_of_an_order_must_agree(
    line: Make, shipment: Make, documents: Any, code: str
) -> None:
    goods = line("120", rates={"vat": "13"})
    report = ask(shipment(goods, regime="cn.cbec", facts={"documents": documents}))
    assert report.refusal_code == code


@pytest.mark.parametrize(("price", "holds"), [("5000.00", True), ("5000.01", False)])
def test_the_limit_of_one_transaction_is_inclusive(
    line: Make, shipment: Make, price: str, holds: bool
) -> None:
    goods = line(price, rates={"vat": "13", "duty": "5"})
    report = ask(shipment(goods, regime="cn.cbec"))
    assert report.chosen is not None
    assert (report.chosen.regime == "cn.cbec.preferential") is holds


@pytest.mark.parametrize("used", ["NaN", "-1", "1e99", [], True])
def test_what_was_used_must_be_an_amount(line: Make, shipment: Make, used: Any) -> None:
    goods = line("10", rates={"vat": "13"})
    report = ask(shipment(goods, regime="cn.cbec", facts={"annual_used": used}))
    assert (report.refusal_code, report.path) == ("invalid_input", "$.shipment.facts.annual_used")


def test_drinks_whose_other_rates_alone_are_given_are_not_taken_to_be_free(
    line: Make, shipment: Make
) -> None:
    for fields in ({"hs_code": "22042100"}, {"category": "dutiable_liquor"}):
        report = ask(shipment(line("100", rates={"vat": "13"}, **fields), regime="cn.cbec"))
        assert report.refusal_code == "excise_rate_missing"
    cream = line("100", rates={"vat": "13"}, hs_code="33049900")
    assert ask(shipment(cream, regime="cn.cbec")).chosen is not None
