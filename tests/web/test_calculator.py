"""The what-if calculator: for anyone, for operators, over the API; nothing is stored."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from core.accounts.models import User
from core.orders.models import StoredQuote
from tests.orders.conftest import Market

pytestmark = pytest.mark.usefixtures("market")

COFFEE = {
    "to": "CN",
    "currency": "CNY",
    "channel": "postal",
    "freight": "30",
    "0-goods": "090121",
    "0-price": "200",
    "0-quantity": "3",
}


@pytest.fixture
def operator(english: Client) -> Client:
    english.force_login(User.objects.create_user("op@haitao.example", is_staff=True))
    return english


def page(client: Client, where: str = "/calculator/", **query: str) -> Any:
    return client.get(f"{where}?{urlencode(query)}")


def test_the_empty_calculator_asks(english: Client) -> None:
    answer = english.get("/calculator/")
    assert answer.status_code == 200
    assert "What would it cost?" in answer.content.decode()
    assert "What it costs at your door" not in answer.content.decode()


def test_a_parcel_is_worked_out_and_explained_and_nothing_is_stored(english: Client) -> None:
    answer = page(english, **COFFEE)
    text = answer.content.decode()
    assert answer.status_code == 200
    made = answer.context["made"].made
    assert made.report.chosen.regime == "cn.postal"
    assert made.landed.amount == 200 * 3 + 30 + 78  # 13 % of the goods, above the 50 that are free
    assert "R-CN-POST" in text
    assert "2024-12-01" in text
    assert not StoredQuote.objects.exists()


def test_the_link_gives_the_same_answer_to_anybody_and_names_nobody(
    english: Client, market: Market
) -> None:
    first = page(english, **COFFEE)
    link = first.context["link"]
    again = Client(headers={"accept-language": "en"}).get(link.removeprefix("http://testserver"))
    assert again.context["made"].made.landed == first.context["made"].made.landed
    assert "sessionid" not in link
    assert set(again.cookies) <= {"csrftoken"}


def test_other_goods_are_added_without_losing_what_was_typed(english: Client) -> None:
    answer = page(english, **COFFEE, add="1")
    lines = answer.context["made"].lines
    assert len(lines) == 2
    assert lines[0]["price"].value() == "200"
    assert answer.context["made"].made is None
    two = page(english, **COFFEE, **{"1-goods": "490199", "1-price": "10", "1-quantity": "1"})
    assert len(two.context["made"].made.shipment.lines) == 2


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"0-price": "-1"}, "price"),
        ({"0-price": "NaN"}, "price"),
        ({"0-price": "1e9999999"}, "price"),
        ({"0-price": "9" * 40}, "price"),
        ({"0-quantity": "0"}, "quantity"),
        ({"0-quantity": "1.5"}, "quantity"),
        ({"0-hs_code": "12"}, "hs_code"),
        ({"0-hs_code": "coffee"}, "hs_code"),
        ({"0-origin": "XX"}, "origin"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(
    english: Client, changed: dict[str, str], field: str
) -> None:
    answer = page(english, **{**COFFEE, **changed})
    assert answer.status_code == 400
    assert field in answer.context["made"].lines[0].errors
    assert answer.context["made"].made is None


@pytest.mark.parametrize("changed", [{"to": "XX"}, {"currency": "XAU"}, {"freight": "-3"}])
def test_a_faulty_shipment_is_named(english: Client, changed: dict[str, str]) -> None:
    answer = page(english, **{**COFFEE, **changed})
    assert answer.status_code == 400
    assert set(changed) <= set(answer.context["made"].form.errors)


def test_what_is_unknown_is_refused_with_a_sentence(english: Client) -> None:
    answer = page(english, **{**COFFEE, "0-goods": ""})
    assert answer.status_code == 200
    assert "No figure can be given." in answer.content.decode()
    assert answer.context["made"].made.report.refusal_code == "hs_missing"


def test_amounts_in_another_currency_are_converted_and_the_rate_is_named(english: Client) -> None:
    answer = page(english, **{**COFFEE, "currency": "EUR", "0-price": "20"})
    made = answer.context["made"].made
    assert made.shipment.currency == "CNY"
    assert made.landed.currency == "EUR"
    assert [one.rate.pair.base for one in made.rates] == ["EUR"]


def test_without_any_rate_nothing_is_guessed(english: Client) -> None:
    answer = page(english, **{**COFFEE, "currency": "ISK"})
    assert answer.status_code == 200
    assert answer.context["made"].made is None
    assert "ISK/CNY" in answer.content.decode()


def test_the_page_speaks_three_languages() -> None:
    for language, word in (("zh-hans", "行邮税"), ("zh-hant", "行郵稅")):
        answer = page(Client(headers={"accept-language": language}), **COFFEE)
        assert word in answer.content.decode()


def test_operators_choose_day_regime_and_facts(operator: Client) -> None:
    asked = {**COFFEE, "on": "2025-12-31", "regime": "cn.postal"}
    before = page(operator, "/console/calculator/", **asked).context["made"].made
    assert before.report.refusal_code == "tariff_unknown"  # its tariff begins with 2026
    asked["on"] = "2026-01-01"
    answer = page(operator, "/console/calculator/", **asked)
    assert answer.context["made"].made.report.chosen.rules_used == ("R-CN-POST",)
    facts = '{"personal_use": false}'
    refused = page(operator, "/console/calculator/", **asked, facts=facts)
    assert refused.context["made"].made.report.refusal_code == "not_for_personal_use"
    broken = page(operator, "/console/calculator/", **asked, facts="{")
    assert broken.status_code == 400


def test_the_operators_calculator_does_not_exist_for_others(english: Client) -> None:
    english.force_login(User.objects.create_user("ann@haitao.example"))
    assert page(english, "/console/calculator/", **COFFEE).status_code == 404


@pytest.mark.parametrize(
    ("to", "asked", "not_asked"),
    [
        ("CN", {"channel"}, {"region", "registered", "mode"}),
        ("BR", {"region"}, {"channel", "registered"}),
        ("DE", {"region", "registered"}, {"channel", "mode"}),
        ("HK", set(), {"region", "registered", "mode", "channel"}),
    ],
)
def test_only_what_the_destination_depends_on_is_asked(
    english: Client, to: str, asked: set[str], not_asked: set[str]
) -> None:
    form = page(english, to=to, ask="1").context["made"].form
    assert asked <= set(form.fields)
    assert not not_asked & set(form.fields)
    line = page(english, to=to, ask="1").context["made"].lines[0]
    assert ("content" in line.fields) is (to == "CN")


def test_operators_are_asked_everything(operator: Client) -> None:
    form = page(operator, "/console/calculator/", to="HK", ask="1").context["made"].form
    assert {"region", "registered", "mode", "channel", "facts", "regime", "on"} <= set(form.fields)


def test_asking_for_questions_keeps_what_was_typed_and_computes_nothing(english: Client) -> None:
    answer = page(english, **COFFEE, ask="1")
    made = answer.context["made"]
    assert (made.made, made.asked, len(made.lines)) == (None, False, 1)
    assert made.lines[0]["price"].value() == "200"


@pytest.mark.parametrize(
    ("changed", "code", "link"),
    [
        ({"0-goods": ""}, "hs_missing", "#id_0-hs_code"),
        ({"0-goods": "330499"}, "net_content_missing", "#id_0-content"),
        ({"to": "US", "currency": "USD"}, "origin_missing", "#id_0-origin"),
    ],
)
def test_a_refusal_says_what_to_do_and_opens_the_field(
    english: Client, changed: dict[str, str], code: str, link: str
) -> None:
    asked = {**COFFEE, **changed}
    asked.pop("channel")
    answer = page(english, **asked)
    made = answer.context["made"]
    assert made.made.report.refusal_code == code
    assert made.advice.link == link
    text = answer.content.decode()
    assert f'href="{link}"' in text
    assert f'id="{link[1:]}"' in text


def test_a_code_that_covers_different_rates_is_offered_with_them(english: Client) -> None:
    asked = {"to": "JP", "currency": "JPY", "0-goods": "610910", "0-price": "16000",
             "0-quantity": "2"}  # fmt: skip
    made = page(english, **asked).context["made"]
    assert made.made.report.refusal_code == "tariff_ambiguous"
    codes = {one.code: one.rate for one in made.advice.choices}
    assert len(codes) > 1
    assert all(code.startswith("610910") and rate for code, rate in codes.items())
    settled = page(english, **asked, **{"0-hs_code": next(iter(codes))}).context["made"]
    assert settled.made.report.chosen.regime == "jp.standard"


def test_ways_of_import_that_hold_are_compared(english: Client) -> None:
    open_ = {name: value for name, value in COFFEE.items() if name != "channel"}
    answer = page(english, **open_)
    ways = {one["regime"]: one for one in answer.context["answer"]["others"]}
    assert {"cn.cbec.preferential", "cn.postal"} <= set(ways)
    assert [key for key, way in ways.items() if way["is_chosen"]] == ["cn.cbec.preferential"]
    for way in ways.values():
        assert way["landed"].amount == 630 + way["tax"].amount
    by_post = page(english, **COFFEE)
    assert by_post.context["made"].made.report.chosen.regime == "cn.postal"
    others = {one["regime"] for one in by_post.context["answer"]["others"]}
    assert {"cn.postal", "cn.cbec.preferential"} <= others
    assert "Ways of import compared" in by_post.content.decode()


def test_what_one_way_alone_clears_is_not_compared(english: Client) -> None:
    hong_kong = {**COFFEE, "to": "HK", "currency": "HKD"}
    assert page(english, **hong_kong).context["answer"]["others"] == []


def test_without_a_rate_the_currency_of_the_destination_is_named(english: Client) -> None:
    made = page(english, **{**COFFEE, "currency": "ISK"}).context["made"]
    assert "CNY" in str(made.advice.sentence)
    assert made.advice.link == "#id_currency"


def test_a_stored_quote_is_shown_as_the_same_tree(english: Client, market: Market) -> None:
    quote = market.quote("b2c_bonded")
    answer = english.get(f"/quotes/{quote.pk}/")
    tree = answer.context["tree"]
    assert tree.amount == quote.document["total"]
    leaves = [leaf for kind in tree.children for leaf in kind.children]
    assert {leaf.line for leaf in leaves} <= {None, *range(len(quote.document["lines"]))}
    duty = [leaf for leaf in leaves if leaf.rule.id.startswith("R-")]
    assert duty
    assert all(leaf.rule.valid_from and leaf.rule.is_named for leaf in duty)
    text = answer.content.decode()
    assert duty[0].rule.id in text
    assert duty[0].rule.valid_from in text


SHIPMENT: dict[str, Any] = {
    "destination": {"country": "CN", "region": None},
    "currency": "CNY",
    "channel": "postal",
    "lines": [{"unit_price": "200", "quantity": 3, "hs_code": "090121"}],
    "freight": "30",
}


def post(client: Client, path: str, body: Any) -> tuple[int, dict[str, Any]]:
    answer = client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json")
    return answer.status_code, json.loads(answer.content)


def test_the_api_answers_as_the_command_does_with_a_tree(english: Client) -> None:
    status, body = post(english, "/landed-costs", {"on": "2026-11-22", "shipment": SHIPMENT})
    assert status == 200
    assert (body["outcome"], body["regime"], body["tax_total"]) == ("ok", "cn.postal", "78.00")
    assert body["landed"] == {"amount": "708.00", "currency": "CNY"}
    leaf = body["tree"]["children"][0]["children"][0]
    assert leaf["rule"]["id"] == "R-CN-POST"
    assert leaf["rule"]["valid_from"] == "2024-12-01"
    assert leaf["formula"]["zh-Hans"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"currency": "XYZ"}, "$.shipment.currency"),
        ({"lines": []}, "$.shipment.lines"),
        ({"freight": 3.5}, "$.shipment.freight"),
        ({"destination": {}}, "$.shipment.destination.country"),
        (
            {"lines": [{"unit_price": "1", "quantity": "1"}]},
            "$.shipment.lines[0].quantity",
        ),
    ],
)
def test_the_api_names_the_faulty_value(english: Client, change: dict[str, Any], path: str) -> None:
    status, body = post(english, "/landed-costs", {"shipment": {**SHIPMENT, **change}})
    assert status == 422
    assert body["code"] == "invalid_input"
    assert body["errors"][0]["path"] == path


def test_a_refusal_of_customs_is_an_answer(english: Client) -> None:
    goods = {**SHIPMENT, "lines": [{"unit_price": "200", "quantity": 3}]}
    status, body = post(english, "/landed-costs", {"shipment": goods})
    assert (status, body["outcome"], body["refusal_reason"]) == (200, "refused", "hs_missing")
    assert body["landed"] is None


def test_the_operators_endpoint_takes_a_channel(operator: Client) -> None:
    status, body = post(
        operator, "/operator/landed-costs", {"shipment": SHIPMENT, "channel": "c2c"}
    )
    assert (status, body["regime"]) == (200, "cn.postal")
    status, body = post(operator, "/operator/landed-costs", {"shipment": SHIPMENT, "channel": "x"})
    assert (status, body["code"]) == (422, "channel_unknown")
    status, _ = post(Client(), "/operator/landed-costs", {"shipment": SHIPMENT})
    assert status == 401


def test_a_stored_quote_is_explained_as_a_tree(english: Client, market: Market) -> None:
    quote = market.quote("b2c_bonded")
    answer = english.get(f"/api/v1/quotes/{quote.pk}/explanation")
    tree = json.loads(answer.content)
    assert tree["amount"] == quote.document["total"]
    leaves = [leaf for kind in tree["children"] for leaf in kind["children"]]
    assert all(leaf["rule"]["id"] and leaf["rule"]["source"] for leaf in leaves)
