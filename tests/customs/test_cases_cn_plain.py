"""China's rules once more, as plain arithmetic on a case: the engine must agree on any shipment.

The plain reading takes its numbers from the text of the rules, not from the plug-in's data.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from customs import cases
from customs.services import assess

pytestmark = pytest.mark.django_db

D = Decimal
FX = {"USD": "7.1000", "EUR": "8.2345", "JPY": "0.047215"}
DAYS = (
    "2016-04-07", "2016-04-08", "2016-09-30", "2016-10-01", "2018-12-31", "2019-01-01",
    "2019-04-08", "2019-04-09", "2024-11-30", "2024-12-01", "2026-11-22",
)  # fmt: skip


def cent(amount: Decimal) -> Decimal:
    return amount.quantize(D("0.01"), ROUND_HALF_UP)


class Plain:
    """One case, read plainly."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.on, self.s = case["on"], case["shipment"]
        self.facts = self.s["facts"]
        self.lines = self.s["lines"]
        self.goods = [self.yuan(D(x["unit_price"]) * x["quantity"], x.get("currency"))
                      for x in self.lines]  # fmt: skip
        self.pieces = sum(x["quantity"] for x in self.lines)
        self.carried = [self.yuan(D(self.s[k]), self.s.get("charges_currency"))
                        for k in ("freight", "insurance")]  # fmt: skip
        self.cif = list(self.goods)
        for cost in self.carried:
            for index, share in enumerate(self.shares(cost)):
                self.cif[index] += share
        self.value = sum(self.cif, D(0))

    def yuan(self, amount: Decimal, currency: str | None) -> Decimal:
        return cent(amount * D(FX[currency])) if currency not in (None, "CNY") else cent(amount)

    def shares(self, cost: Decimal) -> list[Decimal]:
        base = sum(self.goods, D(0))
        assume(base)
        parts = [cent(cost * g / base) for g in self.goods[:-1]]
        last = cost - sum(parts, D(0))
        assume(last >= 0)  # the rule says nothing of shares below zero
        return [*parts, last]

    def result(self) -> dict[str, Any]:
        asked, channel = self.s["regime"], self.s["channel"]
        if asked == "cn.cbec":
            return self.cbec()
        if asked == "cn.postal":
            return self.postal()
        if asked == "cn.general_trade" or channel == "freight":
            return self.trade()
        if channel in ("postal", "courier"):
            return self.postal()
        found = self.cbec()
        if found["outcome"] == "ok":
            return found
        if channel is None and self.facts.get("personal_use") and self.on >= "2019-04-09":
            by_post = self.postal()
            if by_post["outcome"] != "refused":
                return by_post
        limits = ("annual_limit_exceeded", "single_limit_exceeded",
                  "single_limit_exceeded_multiple_articles")  # fmt: skip
        if channel is None:
            return self.trade()
        if found["refusal_reason"] in limits:
            return self.trade() | {"cbec_refusal": found["refusal_reason"]}
        return found

    def cbec(self) -> dict[str, Any]:
        if self.on < "2016-04-08":
            return {"outcome": "refused", "refusal_reason": "no_rule"}
        single, year = (5000, 26000) if self.on >= "2019-01-01" else (2000, 20000)
        reason = self.not_eligible() if self.on >= "2019-01-01" else ""
        if reason:
            return {"outcome": "refused", "refusal_reason": reason}
        if D(self.facts.get("annual_used", "0")) + self.value > year:
            return self.over("annual_limit_exceeded")
        if self.value > single and self.pieces > 1:
            return self.over("single_limit_exceeded_multiple_articles")
        if self.value > single and self.on < "2019-01-01":
            return self.over("single_limit_exceeded")
        after = {"annual_used_after": D(self.facts.get("annual_used", "0")) + self.value}
        if self.value > single:
            return self.full("cn.cbec.full") | after
        ct = vat = D(0)
        for index, line in enumerate(self.lines):
            base, rate = self.cif[index], self.consumption(index) / 100
            tax = base / (1 - rate) * rate
            ct += cent(tax * D("0.7"))
            vat += cent((base + tax) * D(line["rates"]["vat"]) / 100 * D("0.7"))
        return self.ok("cn.cbec.preferential", D(0), ct, vat) | after

    def not_eligible(self) -> str:
        f = self.facts
        if not f.get("positive_list"):
            return "not_on_positive_list"
        if not f.get("buyer_id_verified") and not f.get("payer_is_buyer"):
            return "identity_not_verified"
        order = f.get("documents", {}).get("order")
        if order:
            if D(order["order_fee"]) != D(order["product_fee"]) + D(order["transport_fee"]):
                return "order_fee_not_sum"
            if D(f["documents"]["payment"]["amount"]) != D(order["order_fee"]):
                return "order_payment_mismatch"
        if not f.get("three_documents_match"):
            return "order_payment_mismatch"
        for category, cap in (("rice", 20), ("sugar", 2)):
            bought = [D(x["net_kg"]) for x in self.lines if x.get("category") == category]
            before = D(f.get("person_year_used_kg", {}).get(category, "0"))
            if bought and sum(bought, before) > cap:
                return "person_year_quantity_exceeded"
        return ""

    def consumption(self, index: int) -> Decimal:
        line = self.lines[index]
        rate, content = D(line["rates"].get("consumption_tax", "0")), line.get("net_content")
        if rate != 15 or not content or self.on < "2016-10-01":
            return rate
        number, unit = content.split()
        floor = 15 if unit == "pieces" else 10
        return rate if self.cif[index] >= floor * D(number) * line["quantity"] else D(0)

    def full(self, regime: str) -> dict[str, Any]:
        duty = ct = vat = D(0)
        for index, line in enumerate(self.lines):
            base, rate = self.cif[index], self.consumption(index) / 100
            d = cent(base * D(line["rates"].get("duty", "0")) / 100)
            c = cent((base + d) / (1 - rate) * rate)
            duty, ct = duty + d, ct + c
            vat += cent((base + d + c) * D(line["rates"]["vat"]) / 100)
        return self.ok(regime, duty, ct, vat)

    def trade(self) -> dict[str, Any]:
        return self.full("cn.general_trade")

    def postal(self) -> dict[str, Any]:
        if self.on < "2019-04-09":
            return {"outcome": "refused", "refusal_reason": "no_rule"}
        near = self.s["shipped_from"] in ("HK", "MO", "TW")
        limit = 2000 if self.on >= "2024-12-01" else 800 if near else 1000
        value = sum(self.goods, D(0))
        if value > limit and self.pieces > 1:
            return {
                "outcome": "refused",
                "refusal_reason": "parcel_limit_exceeded_multiple_articles",
                "fallback_regime": "cn.return_or_goods_procedure",
                "customs_value": value,
            }
        tax = sum((cent(g * D(x["rates"]["postal"]) / 100)
                   for g, x in zip(self.goods, self.lines, strict=True)), D(0))  # fmt: skip
        return {
            "outcome": "exempt" if tax <= 50 else "ok",
            "regime": "cn.postal",
            "customs_value": value,
            "tax_total": D(0) if tax <= 50 else tax,
            "assessed_tax": tax,
        }

    def over(self, reason: str) -> dict[str, Any]:
        return {
            "outcome": "refused",
            "refusal_reason": reason,
            "fallback_regime": "cn.general_trade",
            "customs_value": self.value,
        }

    def ok(self, regime: str, duty: Decimal, ct: Decimal, vat: Decimal) -> dict[str, Any]:
        return {
            "outcome": "ok",
            "regime": regime,
            "customs_value": self.value,
            "duty": duty,
            "consumption_tax": ct,
            "vat": vat,
            "tax_total": duty + ct + vat,
            "landed_total": sum(self.goods, D(0)) + sum(self.carried, D(0)) + duty + ct + vat,
        }


def money(most: int) -> st.SearchStrategy[str]:
    exact = st.sampled_from(
        ["0.01", "10", "12.5", "384.7", "500", "1000", "2000", "5000", "5000.01"]
    )
    return st.one_of(st.decimals("0.01", most, places=2).map(str), exact)


LINES = st.fixed_dictionaries(
    {
        "unit_price": money(7000),
        "quantity": st.sampled_from([1, 1, 1, 2, 3, 7]),
        "hs_code": st.sampled_from([None, None, "3304990039"]),
        "rates": st.fixed_dictionaries(
            {
                "vat": st.sampled_from(["9", "13", "16"]),
                "postal": st.sampled_from(["13", "20", "50"]),
            },
            optional={
                "duty": st.sampled_from(["0", "6", "8", "10"]),
                "consumption_tax": st.sampled_from(["0", "10", "15", "20"]),
            },
        ),
    },
    optional={
        "currency": st.sampled_from(["CNY", "USD", "EUR", "JPY"]),
        "net_content": st.sampled_from(["50 ml", "20 g", "10 pieces", "7.5 ml"]),
        "category": st.sampled_from(["rice", "sugar"]),
    },
)  # fmt: skip
TRUE = st.sampled_from([True, True, True, True, False])
FEES = st.sampled_from(["100", "100.50"])
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "annual_used": st.sampled_from(["0", "1000", "17999.99", "23000", "25000", "26000"]),
        "buyer_id_verified": TRUE,
        "payer_is_buyer": TRUE,
        "positive_list": TRUE,
        "three_documents_match": TRUE,
        "personal_use": st.just(True),
        "person_year_used_kg": st.sampled_from([{"rice": "18"}, {"rice": "20", "sugar": "1.5"}]),
        "documents": st.builds(
            lambda fee, paid: {
                "order": {"order_fee": fee, "product_fee": "80", "transport_fee": "20"},
                "payment": {"amount": paid, "reference": "T-1"},
            },
            FEES, FEES,
        ),
    },
)  # fmt: skip
SHIPMENTS = st.fixed_dictionaries(
    {
        "destination": st.just({"country": "CN", "region": None}),
        "shipped_from": st.sampled_from([None, "JP", "HK", "MO", "TW"]),
        "channel": st.sampled_from(["bonded", "direct_mail", "postal", "courier", "freight", None]),
        "mode": st.none(),
        "currency": st.just("CNY"),
        "regime": st.sampled_from([None, None, None, "cn.cbec", "cn.postal", "cn.general_trade"]),
        "lines": st.lists(LINES, min_size=1, max_size=4),
        "freight": money(300),
        "insurance": money(20),
        "inland_transport": st.just("0"),
        "facts": FACTS,
    },
    optional={"charges_currency": st.sampled_from([None, "USD", "JPY"])},
)


@settings(max_examples=150, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.sampled_from(DAYS), SHIPMENTS)
def test_any_shipment_agrees_with_the_plain_reading(on: str, shipment: dict[str, Any]) -> None:
    for line in shipment["lines"]:
        if line.get("category"):
            line["net_kg"] = str(D("0.9") * line["quantity"])
    shipment["facts"]["fx"] = FX
    case = {"id": "X", "kind": "assess", "on": on, "shipment": shipment}
    expected = Plain(case).result()
    read = cases.read_case(case)
    report = assess(read.shipment, channel=None, on=date.fromisoformat(on))
    found = cases.result_of(read, report)
    found |= {k: v for k, v in (found.get("components") or {}).items() if k in expected}
    shown = {key: found.get(key) for key in expected}
    assert {
        k: D(v) if isinstance(expected[k], Decimal) else v for k, v in shown.items()
    } == expected
