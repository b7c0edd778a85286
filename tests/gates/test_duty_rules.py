"""No rule without source, days and title; no amount without a rule that was in force."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest

from core.kernel import providers
from core.pluginapi import DutyRegime, Outcome, Rule, ShipmentFacts, ShipmentLine
from core.pluginapi.duty.rounding import rounded
from customs.services import assess

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "plugins").glob("duty_*/rules.json"))
LANGUAGES = {"en", "zh-Hans", "zh-Hant"}
CONFIDENCE = {"high", "medium", "low"}


def faults_of(entry: dict[str, Any]) -> Iterator[str]:
    """Yield what a rule lacks."""
    name = entry.get("id") or "a rule without id"
    if not entry.get("sources") or not all(str(one).strip() for one in entry["sources"]):
        yield f"{name} names no source"
    try:
        start = date.fromisoformat(entry["valid_from"])
        end = date.fromisoformat(entry["valid_to"]) if entry["valid_to"] else start
        if end < start:
            yield f"{name} ends before it begins"
    except (KeyError, TypeError, ValueError):
        yield f"{name} has no days"
    if set(entry.get("title", {})) != LANGUAGES or not all(entry["title"].values()):
        yield f"{name} has no title in three languages"
    if entry.get("confidence") not in CONFIDENCE:
        yield f"{name} does not say how sure it is"
    if not isinstance(entry.get("unverified"), list):
        yield f"{name} does not say what is open"
    for key, value in entry.get("values", {}).items():
        if not isinstance(value, str):
            yield f"{name}.{key} is no text"
        elif key.endswith("rounding") and not _is_rounding(value):
            yield f"{name}.{key} names no rounding"


def _is_rounding(value: str) -> bool:
    """A rounding is a named rule, or a sentence where the code's own is the only one."""
    try:
        rounded(Decimal(1), value)
    except (ValueError, ArithmeticError):
        return len(value.split()) > 2
    return True


def entries() -> list[Any]:
    return [
        pytest.param(entry, id=f"{file.parent.name}:{entry['id']}:{entry['valid_from']}")
        for file in FILES
        for entry in json.loads(file.read_text(encoding="utf-8"))["rules"]
    ]


@pytest.mark.parametrize("entry", entries())
def test_a_rule_has_source_days_title_and_confidence(entry: dict[str, Any]) -> None:
    assert list(faults_of(entry)) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sources", []),
        ("sources", [" "]),
        ("valid_from", None),
        ("valid_from", "soon"),
        ("valid_to", "1900-01-01"),
        ("title", {"en": "Only English"}),
        ("confidence", ""),
        ("unverified", None),
    ],
)
def test_the_gate_sees_what_is_missing(name: str, value: object) -> None:
    entry = copy.deepcopy(json.loads(FILES[0].read_text(encoding="utf-8"))["rules"][0])
    entry[name] = value
    assert len(list(faults_of(entry))) == 1


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_rules_of_one_key_do_not_overlap_and_leave_no_gap_unsaid(file: Path) -> None:
    by_key: dict[str, list[dict[str, Any]]] = {}
    for entry in json.loads(file.read_text(encoding="utf-8"))["rules"]:
        by_key.setdefault(entry["key"], []).append(entry)
    for key, rules in by_key.items():
        rules.sort(key=lambda one: one["valid_from"])
        for earlier, later in pairwise(rules):
            assert earlier["valid_to"], f"{key}: {earlier['id']} has no end"
            assert earlier["valid_to"] < later["valid_from"], f"{key}: {later['id']} overlaps"


def regimes() -> list[Any]:
    found = sorted(providers.all_regimes(), key=lambda one: one.key)
    return [pytest.param(one.object, id=one.key) for one in found if one.key != "flat.import"]


DAYS = (date(2018, 6, 1), date(2022, 11, 15), date(2025, 8, 28), date(2025, 12, 1),
        date(2026, 11, 22))  # fmt: skip
PRICES = ("5", "48.50", "140", "1200", "6000")
WAYS = (("sea", "61091000"), ("air", "95030000"))


def shipments(regime: DutyRegime) -> Iterator[ShipmentFacts]:
    rates = {"duty": Decimal("12"), "vat": Decimal("13"), "consumption_tax": Decimal("15"),
             "postal": Decimal("20"), "vat_national": Decimal("7.8")}  # fmt: skip
    country = sorted(regime.countries)[0]
    for price, many, (mode, code) in product(PRICES, (1, 3), WAYS):
        lines = tuple(
            ShipmentLine(f"goods {number}", Decimal(price), number, code, "VN", rates,
                         net_content="50 ml", net_kg=Decimal(number))
            for number in range(1, many + 1)
        )  # fmt: skip
        yield ShipmentFacts(
            country=country,
            region="NI" if regime.key == "gb.northern_ireland" else "",
            currency=regime.currencies[0],
            channel="",
            lines=lines,
            freight=Decimal("7.33"),
            insurance=Decimal("0.01"),
            shipped_from="US",
            mode=mode,
            regime=regime.key,
            facts={"seller_registered": many > 1, "personal_use": True, "buyer_id_verified": True,
                   "postal_duty_method": "specific", "certified_site": True, "gift": True,
                   "uk_duty": "3", "eu_duty": "4"},
            fx={"USD": Decimal("1.5"), "EUR": Decimal("1.7"), "GBP": Decimal(2)},
        )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("regime", regimes())
def test_every_amount_names_a_rule_in_force_with_its_source(regime: DutyRegime) -> None:
    held = 0
    for day, shipment in product(DAYS, shipments(regime)):
        report = assess(shipment, channel=None, on=day)
        made = report.chosen
        if made is None or made.outcome not in (Outcome.OK, Outcome.EXEMPT):
            continue
        held += 1
        for charge in made.charges:
            rule: Rule = report.rules[charge.rule_id]
            assert charge.source
            assert rule.source
            assert rule.valid_from <= day <= (rule.valid_to or day)
            assert charge.formula
    assert held, "no shipment of this gate is ever cleared this way"
