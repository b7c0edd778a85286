"""A quote's customs values are converted by the destination's own publication and day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from core.fx.services import store_table
from core.kernel import providers
from core.orders.errors import Refusal
from core.orders.quoting.imports import charge_components
from core.orders.quoting.rates import Rates
from core.orders.quoting.types import Situation
from core.pluginapi import (
    Assessment,
    Charge,
    ChargeKind,
    Money,
    Outcome,
    Pair,
    Purpose,
    Rate,
    RateTable,
)
from tests.orders.conftest import Market

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
REFERENCE = date(2026, 10, 21)


@pytest.fixture(autouse=True)
def november() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def parity(value: str, day: date) -> None:
    rate = Rate(Pair("USD", "CNY"), Decimal(value), "fx_cn_parity", day, max_age=timedelta(days=11))
    store_table(RateTable("fx_cn_parity", (rate,)))


def rates_of(market: Market, key: str, **given: Any) -> Rates:
    channel = market.channels[key]
    kind = providers.channel_kinds()[channel.kind]
    situation: dict[str, Any] = {
        "channel": channel, "place": channel.ref, "kind": kind, "kind_plugin": "x",
        "country": channel.market,
        "region": "", "currency": channel.currency, "customs_currency": "CNY", "at": NOW,
        "on": NOW.date(), "buyer": None, **given,
    }  # fmt: skip
    return Rates(Situation(**situation))


def dollars(rates: Rates) -> Decimal:
    return rates.rounded(Money(Decimal(100), "USD"), "CNY", purpose=Purpose.CUSTOMS).amount


def test_china_goes_by_the_parity_of_the_third_wednesday_of_the_month_before(
    market: Market,
) -> None:
    parity("7.0900", REFERENCE)
    parity("7.2000", date(2026, 11, 20))
    rates = rates_of(market, "m2c")
    assert dollars(rates) == Decimal("709.00")
    (pinned,) = rates.pinned()
    assert (pinned["reference_date"], pinned["rule_id"]) == ("2026-10-21", "R-CN-FX")
    assert (pinned["source"], pinned["as_of"], pinned["age_days"]) == (
        "fx_cn_parity", "2026-10-21", 0,
    )  # fmt: skip
    assert rates.rounded(Money(Decimal(100), "USD"), "CNY").amount == Decimal("705.11")


def test_without_the_publication_of_that_day_customs_refuses(market: Market) -> None:
    parity("7.2000", date(2026, 11, 20))
    with pytest.raises(Refusal, match="R-CN-FX") as caught:
        dollars(rates_of(market, "m2c"))
    assert caught.value.code == "fx_missing"


def test_a_country_without_a_rule_takes_the_customs_rate_of_the_day(market: Market) -> None:
    market.open("de", "m2c", market="NO", currency="NOK")
    rate = Rate(Pair("USD", "CNY"), Decimal("7.3"), "fx_bank", NOW.date(), purpose=Purpose.CUSTOMS)
    store_table(RateTable("fx_bank", (rate,)))
    rates = rates_of(market, "de", country="NO")
    assert dollars(rates) == Decimal("730.00")
    assert "rule_id" not in rates.pinned()[0]


def test_what_was_known_then_is_computed_again_whatever_came_after(market: Market) -> None:
    parity("7.0900", REFERENCE)
    before = dollars(rates_of(market, "m2c"))
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        for number in range(50):
            parity(f"7.1{number:02}", REFERENCE)
        now = rates_of(market, "m2c")
        then = rates_of(market, "m2c", known_at=NOW)
        assert (dollars(now), dollars(then), before) == (
            Decimal("714.90"), Decimal("709.00"), Decimal("709.00"),
        )  # fmt: skip
        assert then.pinned() != now.pinned()


def test_many_small_charges_share_their_rounded_sum_and_none_turns_negative(
    market: Market,
) -> None:
    pair, fen = Pair("CNY", "JPY"), Money(Decimal("0.03"), "CNY")
    store_table(RateTable("fx_bank", (Rate(pair, Decimal(20), "fx_bank", NOW.date()),)))
    rates = rates_of(market, "m2c", currency="JPY")
    charge = Charge(ChargeKind.VAT, fen, fen, None, "R-1", "a source", "value × rate")
    made = Assessment("cn.test", Outcome.OK, "CNY", fen, charges=(charge,) * 7)
    found = charge_components(made, "duty_test", (), rates, "JPY")
    amounts = [one.amount.amount for one in found]
    # Seven times 0.6 yen: each rounded by itself would be 7 of the 4.
    assert sum(amounts) == 4
    assert set(amounts) == {0, 1}
