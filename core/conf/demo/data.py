"""What the demonstration consists of, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

RATES = """\
# Demonstration rates: typed, not fetched; the stated age is long on purpose.
EUR CNY 7.9827 2026-04-13 3650 demonstration rate
EUR USD 1.1684 2026-04-13 3650 demonstration rate
EUR JPY 186.75 2026-04-13 3650 demonstration rate
EUR KRW 1740.86 2026-04-13 3650 demonstration rate
EUR AUD 1.6610 2026-04-13 3650 demonstration rate
EUR GBP 0.87058 2026-04-13 3650 demonstration rate
EUR HKD 9.1507 2026-04-13 3650 demonstration rate
"""
PLATFORM_SETTINGS: Mapping[str, Mapping[str, Any] | None] = {
    "fx_manual": {"rates": RATES, "margin_percent": "0.5"},
    "hs_words": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSupplier:
    """A supplier and the feed that it pushes."""

    key: str
    name: str
    kind: str
    country: str
    feed: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoChannel:
    """A channel: what is switched on in it, and who supplies it at which markup (percent)."""

    key: str
    kind: str
    names: Mapping[str, str]
    market: str
    currency: str
    supplier: str
    markup: Decimal
    plugins: tuple[str, ...]
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


SUPPLIERS = (
    DemoSupplier(
        key="harbour-trading",
        name="Pacific Harbour Trading Ltd",
        kind="company",
        country="HK",
        feed="trader.csv",
        facts={"origin_evidence": "certificates on file"},
    ),
    DemoSupplier(
        key="rhein-seine",
        name="Rhein & Seine Manufaktur GmbH",
        kind="company",
        country="DE",
        feed="brand.xml",
        facts={
            "authorised_brands": "Aurelie, Kleinberg, Rostwerk, Rheinwerk, Papierboot",
            "overseas_retail_licence": "HRB 952000",
            "origin_evidence": "manufacturer's declaration",
            "local_return_address": "上海市浦东新区 退货仓",
        },
    ),
    DemoSupplier(
        key="mei-osaka",
        name="Mei in Osaka",
        kind="shopper",
        country="JP",
        feed="shopper.jsonl",
        facts={"identity_verified": "yes", "residence_proof": "yes", "deposit_paid": "yes"},
    ),
)


def _row(
    title: str, origin: str, destination: str, *, first: str, step: str, days: tuple[int, int]
) -> dict[str, Any]:
    return {
        "title": title,
        "origin": origin,
        "destination": destination,
        "first_grams": 500,
        "first_price": first,
        "step_grams": 500,
        "step_price": step,
        "max_grams": 30000,
        "currency": "EUR" if destination == "DE" else "CNY",
        "days_min": days[0],
        "days_max": days[1],
    }


_ABROAD = ("JP", "KR", "DE", "FR", "US", "AU")
_TO_CHINA = {
    "tariff": [
        *(
            _row("Air parcel", origin, "CN", first="38.00", step="14.00", days=(7, 14))
            for origin in _ABROAD
        ),
        _row("Bonded warehouse delivery", "CN", "CN", first="8.00", step="2.00", days=(2, 4)),
    ]
}
_TO_GERMANY = {
    "tariff": [
        *(
            _row("Air parcel", o, "DE", first="9.90", step="3.20", days=(6, 12))
            for o in _ABROAD
            if o != "DE"
        ),
        _row("Parcel", "DE", "DE", first="4.90", step="1.10", days=(1, 3)),
    ]
}
_COMMON = ("carrier_manual", "carrier_s10", "pay_sandbox")

CHANNELS = (
    DemoChannel(
        key="cn-brand",
        kind="m2c",
        names={"en": "Brand direct", "zh-Hans": "品牌直供", "zh-Hant": "品牌直供"},
        market="CN",
        currency="CNY",
        supplier="rhein-seine",
        markup=Decimal(0),
        plugins=("channel_m2c", *_COMMON),
        settings={"carrier_manual": _TO_CHINA},
    ),
    DemoChannel(
        key="cn-bonded",
        kind="b2c_bonded",
        names={"en": "Bonded warehouse", "zh-Hans": "保税仓", "zh-Hant": "保稅倉"},
        market="CN",
        currency="CNY",
        supplier="harbour-trading",
        markup=Decimal(18),
        plugins=("channel_b2c", *_COMMON),
        settings={"carrier_manual": _TO_CHINA},
    ),
    DemoChannel(
        key="cn-direct",
        kind="b2c_direct",
        names={"en": "Direct from abroad", "zh-Hans": "海外直邮", "zh-Hant": "海外直郵"},
        market="CN",
        currency="CNY",
        supplier="harbour-trading",
        markup=Decimal(12),
        plugins=("channel_b2c", *_COMMON),
        settings={"carrier_manual": _TO_CHINA},
    ),
    DemoChannel(
        key="cn-shopper",
        kind="c2c",
        names={"en": "Overseas shoppers", "zh-Hans": "海外买手", "zh-Hant": "海外買手"},
        market="CN",
        currency="CNY",
        supplier="mei-osaka",
        markup=Decimal(0),
        plugins=("channel_c2c", *_COMMON),
        settings={"carrier_manual": _TO_CHINA},
    ),
    DemoChannel(
        key="de-direct",
        kind="b2c_direct",
        names={"en": "Direct to Germany", "zh-Hans": "直邮德国", "zh-Hant": "直郵德國"},
        market="DE",
        currency="EUR",
        supplier="harbour-trading",
        markup=Decimal(15),
        plugins=("channel_b2c", *_COMMON),
        settings={"carrier_manual": _TO_GERMANY},
    ),
)
ORDERS = (
    ("cn-bonded", "placed"),
    ("cn-brand", "paid"),
    ("cn-direct", "procuring"),
    ("cn-brand", "ready"),
    ("cn-bonded", "declared"),
    ("cn-direct", "cleared"),
    ("cn-bonded", "shipped"),
    ("cn-shopper", "shipped"),
    ("de-direct", "shipped"),
    ("cn-direct", "delivered"),
    ("cn-shopper", "completed"),
    ("cn-brand", "held"),
    ("cn-direct", "cancelled"),
    ("cn-shopper", "refunded"),
)
"""Channel, and the state in which its order is left."""
