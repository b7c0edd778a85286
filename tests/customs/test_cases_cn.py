"""All worked cases of China agree: regime, every amount, every refusal."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

pytestmark = pytest.mark.django_db


def run(path: Path) -> dict[str, Any]:
    out = StringIO()
    call_command("customs", "assess", str(path), stdout=out)
    return {entry["id"]: entry["result"] for entry in json.loads(out.getvalue())}


def differs(expected: Any, found: Any, tolerance: Decimal) -> bool:
    if isinstance(expected, dict):
        return not isinstance(found, dict) or any(
            differs(value, found.get(key), tolerance) for key, value in expected.items()
        )
    try:
        wanted = Decimal(expected)
    except (ArithmeticError, TypeError):
        return bool(expected != found)
    if not isinstance(found, str):
        return True
    places = wanted.as_tuple().exponent
    rounded = Decimal(found).quantize(Decimal(1).scaleb(int(places)), ROUND_HALF_UP)
    return abs(rounded - wanted) > tolerance


def test_every_case_of_china_agrees(shared_dir: Path, tmp_path: Path) -> None:
    stored = json.loads((shared_dir / "customs" / "cases.json").read_text("utf-8"))
    mine = [case for case in stored["cases"] if case["id"].startswith("CN-")]
    assert len(mine) > 40
    bare = {"cases": [{k: v for k, v in case.items() if k != "expected"} for case in mine]}
    path = tmp_path / "cases.json"
    path.write_text(json.dumps(bare), encoding="utf-8")
    results = run(path)
    wrong = [
        case["id"]
        for case in mine
        if differs(case["expected"], results[case["id"]], Decimal(case["tolerance"]))
    ]
    assert wrong == []


def test_a_destination_without_a_regime_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cases.json"
    path.write_text(json.dumps([case(destination={"country": "PE"})]), encoding="utf-8")
    (result,) = run(path).values()
    assert (result["outcome"], result["refusal_reason"]) == ("refused", "no_regime")


def case(**changes: Any) -> dict[str, Any]:
    shipment: dict[str, Any] = {
        "destination": {"country": "CN", "region": None},
        "channel": "postal",
        "currency": "CNY",
        "regime": None,
        "lines": [{"unit_price": "100", "quantity": 1, "rates": {"postal": "13"}}],
        "freight": "0",
        "insurance": "0",
        "facts": {},
    }
    return {"id": "X", "kind": "assess", "on": "2026-11-22", "shipment": {**shipment, **changes}}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"destination": {"country": "XX"}}, "$.shipment.destination.country"),
        ({"destination": None}, "$.shipment.destination.country"),
        ({"currency": "CNX"}, "$.shipment.currency"),
        ({"lines": []}, "$.shipment.lines"),
        ({"lines": [{"unit_price": "1", "quantity": 0}]}, "$.shipment.lines[0].quantity"),
        ({"lines": [{"unit_price": "1", "quantity": True}]}, "$.shipment.lines[0].quantity"),
        ({"lines": [{"unit_price": "1", "quantity": "2"}]}, "$.shipment.lines[0].quantity"),
        ({"lines": [{"unit_price": "-1", "quantity": 1}]}, "$.shipment.lines[0].unit_price"),
        ({"lines": [{"unit_price": 1.5, "quantity": 1}]}, "$.shipment.lines[0].unit_price"),
        ({"lines": [{"unit_price": "1e9", "quantity": 1}]}, "$.shipment.lines[0].unit_price"),
        ({"lines": [{"unit_price": "NaN", "quantity": 1}]}, "$.shipment.lines[0].unit_price"),
        ({"lines": [{"unit_price": "１", "quantity": 1}]}, "$.shipment.lines[0].unit_price"),
        ({"lines": [{"quantity": 1}]}, "$.shipment.lines[0].unit_price"),
        (
            {"lines": [{"unit_price": "1", "quantity": 1, "rates": {"vat": "-3"}}]},
            "$.shipment.lines[0].rates.vat",
        ),
        (
            {"lines": [{"unit_price": "1", "quantity": 1, "currency": "ZZZ"}]},
            "$.shipment.lines[0].currency",
        ),
        (
            {"lines": [{"unit_price": "1", "quantity": 1, "currency": "USD"}]},
            "$.shipment.facts.fx.USD",
        ),
        ({"freight": "ten"}, "$.shipment.freight"),
        ({"destination": {"country": ["CN"]}}, "$.shipment.destination.country"),
        ({"destination": {"country": "CN", "region": {}}}, "$.shipment.destination.region"),
        ({"channel": ["postal"]}, "$.shipment.channel"),
        ({"regime": 1}, "$.shipment.regime"),
        ({"facts": {"annual_used": "1e3"}}, "$.shipment.facts.annual_used"),
        ({"facts": {"annual_used": 100}}, "$.shipment.facts.annual_used"),
        ({"lines": "none"}, "$.shipment.lines"),
        ({"lines": [3]}, "$.shipment.lines[0]"),
        (
            {
                "lines": [
                    {"unit_price": "1", "quantity": 1},
                    {"quantity": -1, "unit_price": "x"},
                ]
            },
            "$.shipment.lines[1].quantity",
        ),
    ],
)
def test_invalid_input_names_the_first_fault(
    changes: dict[str, Any], path: str, tmp_path: Path
) -> None:
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([case(**changes)]), encoding="utf-8")
    result = run(file)["X"]
    assert (result["outcome"], result["refusal_reason"]) == ("refused", "invalid_input")
    assert result["components"]["path"] == path


@pytest.mark.parametrize(
    ("price", "path"),
    [("100", "$.shipment.lines[0].hs_code"), ("150.01", "$.shipment.insurance")],
)
def test_a_missing_code_comes_before_a_fault_after_the_lines(
    price: str, path: str, tmp_path: Path
) -> None:
    lines = [{"unit_price": price, "quantity": 1, "hs_code": None, "rates": {}}]
    stated: dict[str, Any] = {"destination": {"country": "DE"}, "currency": "EUR", "channel": None}
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([case(lines=lines, insurance="-1", **stated)]), encoding="utf-8")
    assert run(file)["X"]["components"]["path"] == path


@pytest.mark.parametrize("stated", [None, False, "yes", 1])
def test_what_is_not_stated_to_be_true_is_not(stated: Any, tmp_path: Path) -> None:
    facts = {"positive_list": stated, "buyer_id_verified": True, "three_documents_match": True}
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([case(channel="bonded", facts=facts)]), encoding="utf-8")
    assert run(file)["X"]["refusal_reason"] == "not_on_positive_list"


def test_goods_converted_to_a_currency_without_cents_keep_theirs(tmp_path: Path) -> None:
    lines = [{"unit_price": "299.99", "quantity": 1, "currency": "USD", "rates": {"duty": "8"}}]
    stated: dict[str, Any] = {"destination": {"country": "KR"}, "currency": "KRW", "channel": None}
    file = tmp_path / "cases.json"
    facts = {"fx": {"USD": "1387.65"}}
    file.write_text(json.dumps([case(lines=lines, facts=facts, **stated)]), encoding="utf-8")
    result = run(file)["X"]
    assert (result["customs_value"], result["tax_total"]) == ("416281.12", "78250")
    assert result["landed_total"] == "494531.12"


def test_several_articles_over_the_parcel_limit_are_told_first(tmp_path: Path) -> None:
    lines = [{"unit_price": "1000.01", "quantity": 2, "rates": {"postal": "13"}}]
    file = tmp_path / "cases.json"
    file.write_text(
        json.dumps([case(lines=lines, facts={"personal_use": False})]), encoding="utf-8"
    )
    result = run(file)["X"]
    assert result["refusal_reason"] == "parcel_limit_exceeded_multiple_articles"
    assert result["fallback_regime"] == "cn.return_or_goods_procedure"


def test_a_case_of_unknown_kind_or_without_shipment_is_a_result_too(tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    file.write_text(
        json.dumps(
            [
                {"id": "A", "kind": "dance"},
                {"id": "B", "on": "2026-11-22"},
                {"id": "C", "on": "soon", "shipment": {}},
            ]
        ),
        encoding="utf-8",
    )
    results = run(file)
    assert results["A"]["refusal_reason"] == "kind_unknown"
    assert results["B"]["components"]["path"] == "$.shipment"
    assert results["C"]["components"]["path"] == "$.on"


def test_half_a_surrogate_pair_in_an_id_is_written_as_it_came(tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    file.write_text(r'[{"id": "\ud800", "kind": "dance"}]', encoding="utf-8")
    binary = BytesIO()
    with TextIOWrapper(binary, encoding="utf-8") as out:
        call_command("customs", "assess", str(file), stdout=out)
        out.flush()
        written = binary.getvalue()
    assert [entry["id"] for entry in json.loads(written)] == ["\ud800"]


def test_the_result_explains_each_amount_in_three_languages(tmp_path: Path) -> None:
    lines = [{"unit_price": "500", "quantity": 1, "rates": {"postal": "13"}}]
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([case(lines=lines)]), encoding="utf-8")
    tree = run(file)["X"]["explanation"]
    charge = tree["chosen"]["charges"][0]
    assert charge["amount"] == "65.00"
    assert charge["label"] == {
        "en": "Tax on postal articles",
        "zh-Hans": "行邮税",
        "zh-Hant": "行郵稅",
    }
    rule = tree["rules"][charge["rule_id"]]
    assert (charge["rule_id"], rule["valid_from"]) == ("R-CN-POST", "2024-12-01")
    assert rule["source"] == charge["source"] != ""
