"""Conversion refuses rather than guesses, and says what it used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, getcontext
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.fx.errors import RateMissing, RateStale
from core.fx.services import convert
from core.kernel.activation import enable, save_settings
from core.pluginapi import Context, Margin, Money, MoneyError, Pair, Purpose, Rate, Text, hookimpl
from core.testing.plugins import manifest

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]
NOON = datetime(2025, 5, 9, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def later() -> Any:
    with time_machine.travel(datetime(2025, 6, 30, tzinfo=UTC), tick=False):
        yield


def money(amount: str, currency: str) -> Money:
    return Money(Decimal(amount), currency)


def quoted(amount: Money, to: str, at: datetime = NOON, **fields: Any) -> Any:
    return convert(amount, to, at=at, purpose=fields.pop("purpose", Purpose.QUOTE), **fields)


def test_a_direct_rate_rounds_half_up_to_the_currency(rate: Make, store: Make) -> None:
    store(rate("EUR/CNY", "8.1470", "2025-05-09"), rate("EUR/JPY", "163.36", "2025-05-09"))
    made = quoted(money("39.95", "EUR"), "CNY")
    assert made.result == money("325.47", "CNY")
    assert made.unrounded == Decimal("325.472650000000")
    assert (made.rate.value, made.rate.source, len(made.path)) == (Decimal("8.1470"), "bank", 1)
    assert made.rate.id == made.path[0].id != ""
    assert quoted(money("1.01", "EUR"), "JPY").result == money("165", "JPY")


def test_an_inverse_and_a_cross_are_derived_and_never_stored(rate: Make, store: Make) -> None:
    from core.fx.models import RateRow

    store(rate("EUR/CNY", "8.1470", "2025-05-08"), rate("EUR/JPY", "163.36", "2025-05-08"))
    inverse = quoted(money("8147", "CNY"), "EUR")
    assert inverse.result == money("1000.00", "EUR")
    cross = quoted(money("32800", "JPY"), "CNY")
    assert cross.result == money("1635.78", "CNY")
    assert cross.rate.as_of.isoformat() == "2025-05-08"
    assert [f"{one.pair.base}/{one.pair.quote}" for one in cross.path] == ["EUR/JPY", "EUR/CNY"]
    assert RateRow.objects.count() == 2


def test_cross_rates_of_one_base_agree_in_a_triangle(rate: Make, store: Make) -> None:
    day = "2025-05-09"
    store(
        rate("EUR/CNY", "8.1470", day),
        rate("EUR/JPY", "163.36", day),
        rate("EUR/USD", "1.1252", day),
    )

    def value(base: str, quote: str) -> Decimal:
        return Decimal(quoted(money("1", base), quote).rate.value)

    around = value("USD", "CNY") * value("CNY", "JPY") * value("JPY", "USD")
    assert abs(around - 1) < Decimal("1E-15")


def test_the_latest_rate_on_or_before_the_moment_is_used(rate: Make, store: Make) -> None:
    store(rate("EUR/CNY", "8.10", "2025-05-08"), rate("EUR/CNY", "8.20", "2025-05-09"))
    assert quoted(money("1", "EUR"), "CNY", at=NOON - timedelta(days=1)).result.amount == Decimal(
        "8.10"
    )
    assert quoted(money("1", "EUR"), "CNY").result.amount == Decimal("8.20")
    assert quoted(money("1", "EUR"), "CNY", at=NOON + timedelta(days=4)).result.amount == Decimal(
        "8.20"
    )


def test_the_age_counts_from_the_day_of_the_rate_and_a_stale_one_refuses(
    rate: Make, store: Make
) -> None:
    store(rate("EUR/CNY", "8.20", "2025-05-09", days=4))
    with pytest.raises(RateStale) as caught:
        quoted(money("1", "EUR"), "CNY", at=NOON + timedelta(days=5))
    assert caught.value.code == "fx_stale"
    assert "2025-05-09" in str(caught.value)
    assert "fx fetch" in caught.value.text.zh_hans


def test_a_missing_rate_refuses_and_never_converts_one_to_one(rate: Make, store: Make) -> None:
    store(rate("EUR/CNY", "8.20", "2025-05-09"))
    with pytest.raises(RateMissing) as caught:
        quoted(money("1", "USD"), "CNY")
    assert caught.value.code == "fx_missing"
    with pytest.raises(RateMissing):
        quoted(money("1", "EUR"), "CNY", at=NOON - timedelta(days=1))
    same = quoted(money("1.005", "USD"), "USD")
    assert (same.result, same.path) == (money("1.01", "USD"), ())


def test_an_unknown_currency_is_an_error_not_a_rate(rate: Make, store: Make) -> None:
    with pytest.raises(MoneyError):
        quoted(money("1", "EUR"), "ZZZ")


def test_an_amount_that_grows_out_of_range_is_an_error_of_money(rate: Make, store: Make) -> None:
    store(rate("EUR/IDR", "18606.59", "2025-05-09"))
    with pytest.raises(MoneyError, match="range"):
        quoted(money("99999999999999", "EUR"), "IDR")


def test_a_held_rate_is_not_used(rate: Make, store: Make) -> None:
    store(rate("EUR/CNY", "8.20", "2025-05-08"))
    store(rate("EUR/CNY", "82.0", "2025-05-09"))
    assert quoted(money("1", "EUR"), "CNY").result.amount == Decimal("8.20")


def test_a_customs_rate_never_shows_a_price_and_the_other_way_round(
    rate: Make, store: Make
) -> None:
    store(rate("USD/CNY", "7.1", "2025-05-09", purpose=Purpose.CUSTOMS))
    store(rate("EUR/CNY", "8.1", "2025-05-09"))
    assert quoted(money("1", "USD"), "CNY", purpose=Purpose.CUSTOMS).result.amount == Decimal(
        "7.10"
    )
    for pair, purpose in (
        ("USD", Purpose.DISPLAY),
        ("USD", Purpose.QUOTE),
        ("EUR", Purpose.CUSTOMS),
    ):
        with pytest.raises(RateMissing):
            quoted(money("1", pair), "CNY", purpose=purpose)


def test_a_corrected_rate_is_used_and_the_pinned_row_still_says_what_it_said(
    rate: Make, store: Make
) -> None:
    from uuid import UUID

    from core.fx.queries import pinned

    store(rate("EUR/CNY", "8.20", "2025-05-09"))
    before = quoted(money("1", "EUR"), "CNY")
    store(rate("EUR/CNY", "8.25", "2025-05-09"))
    assert quoted(money("1", "EUR"), "CNY").result.amount == Decimal("8.25")
    row = pinned(UUID(before.rate.id))
    assert row is not None
    assert row.value == Decimal("8.20")


def test_an_operator_s_rate_comes_before_every_source(rate: Make, store: Make) -> None:
    store(rate("EUR/CNY", "8.20", "2025-05-09"))
    store(rate("EUR/CNY", "8.00", "2025-05-08", source="operator"))
    assert quoted(money("1", "EUR"), "CNY").rate.source == "operator"


class Peg:
    """Offers HKD/USD, adds half a percent, and is broken for JPY."""

    MANIFEST = manifest("hkd_peg")

    @staticmethod
    @hookimpl
    def offer_rate(ctx: Context, pair: Pair, at: datetime, purpose: Purpose) -> Rate | None:
        if pair.quote == "JPY":
            raise ValueError("no")
        return Rate(pair, Decimal("0.128"), "peg", at.date()) if pair.base == "HKD" else None

    @staticmethod
    @hookimpl
    def add_fx_margin(ctx: Context, pair: Pair, amount: Money, purpose: Purpose) -> list[Margin]:
        return [
            Margin(Decimal("0.5"), Text("Peg"), "peg"),
            Margin(Decimal("1"), Text("Two"), "peg"),
        ]


def test_an_offered_rate_comes_before_the_store_and_margins_are_summed(
    rate: Make, store: Make, plugin_registry: Any
) -> None:
    store(rate("HKD/USD", "0.5", "2025-05-09"), rate("EUR/JPY", "160", "2025-05-09"))
    with plugin_registry(Peg):
        made = quoted(money("1000", "HKD"), "USD")
        broken = quoted(money("1", "EUR"), "JPY")
        customs = convert(money("1000", "HKD"), "USD", at=NOON, purpose=Purpose.CUSTOMS)
    assert (made.rate.source, made.result) == ("peg", money("129.92", "USD"))
    assert (made.margin_percent, len(made.margins)) == (Decimal("1.5"), 2)
    assert broken.result == money("162", "JPY")
    assert customs.result == money("128.00", "USD")


def typed(**values: str) -> None:
    enable("fx_manual", None, actor="test")
    assert not save_settings("fx_manual", None, values, actor="test")


def test_hook_offer_rate() -> None:
    typed(rates="EUR CNY 7.98 2025-05-01 30 demonstration rates", first="true")
    made = quoted(money("100", "EUR"), "CNY")
    assert (made.rate.source, made.result) == ("fx_manual", money("798.00", "CNY"))


def test_hook_add_fx_margin(rate: Make, store: Make) -> None:
    typed(margin_percent="2")
    store(rate("EUR/CNY", "8.00", "2025-05-09"))
    made = quoted(money("100", "EUR"), "CNY")
    assert (made.result, made.margins[0].label.zh_hans) == (money("816.00", "CNY"), "汇率加点")


@settings(
    deadline=None, derandomize=True, max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(st.decimals("0.01", "9999999", places=2))
def test_the_thread_s_decimal_context_does_not_matter(
    rate: Make, store: Make, amount: Decimal
) -> None:
    store(rate("EUR/CNY", "8.1470", "2025-05-09"))
    exact = (amount * Decimal("8.147")).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert quoted(Money(amount, "EUR"), "CNY").result.amount == exact
    assert getcontext().prec == 28


def test_settlement_and_display_fall_back_on_quotes_and_never_on_customs(
    rate: Make, store: Make
) -> None:
    day = "2025-05-09"
    store(rate("EUR/CNY", "8.00", day))
    store(rate("EUR/CNY", "8.50", day, purpose=Purpose.CUSTOMS))
    one = money("1", "EUR")

    def values() -> list[Decimal]:
        asked = (Purpose.DISPLAY, Purpose.QUOTE, Purpose.SETTLEMENT, Purpose.CUSTOMS)
        return [quoted(one, "CNY", purpose=purpose).result.amount for purpose in asked]

    assert values() == [Decimal(text) for text in ("8.00", "8.00", "8.00", "8.50")]
    store(rate("EUR/CNY", "8.10", day, purpose=Purpose.DISPLAY))
    store(rate("EUR/CNY", "8.20", day, purpose=Purpose.SETTLEMENT))
    assert values() == [Decimal(text) for text in ("8.10", "8.00", "8.20", "8.50")]


def test_a_weekend_takes_fridays_rate_and_says_how_old_it_is(rate: Make, store: Make) -> None:
    store(rate("EUR/CNY", "8.00", "2025-05-09"))
    ages = [
        quoted(money("1", "EUR"), "CNY", at=NOON + timedelta(days=days)).age_days
        for days in range(4)
    ]
    assert ages == [0, 1, 2, 3]


def test_an_offered_rate_does_not_stand_in_for_an_authority_s_publication(
    rate: Make, store: Make, plugin_registry: Any
) -> None:
    from core.fx.types import Reference

    rule = Reference(NOON.date(), NOON.date(), ("fx_bank",), "R-X")
    with plugin_registry(Peg), pytest.raises(RateMissing, match="R-X"):
        convert(money("1", "HKD"), "USD", at=NOON, purpose=Purpose.CUSTOMS, reference=rule)
    named = Reference(NOON.date(), NOON.date(), ("peg",), "R-X")
    with plugin_registry(Peg):
        made = convert(
            money("1000", "HKD"), "USD", at=NOON, purpose=Purpose.CUSTOMS, reference=named
        )
    assert made.result == money("128.00", "USD")
