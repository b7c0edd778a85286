"""What is doubtful waits for a person; a person's own rate asks for a second, deliberate step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.accounts.models import AuditEntry
from core.fx.errors import RateMissing, RateRefused, RateUnconfirmed
from core.fx.models import RateRow
from core.fx.services import convert, release, set_rate
from core.pluginapi import Money, Pair, Purpose

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]
NOON = datetime(2025, 5, 12, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def may_2025() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def typed(value: str, pair: str = "USD/CNY", **fields: Any) -> RateRow:
    base, quote = pair.split("/")
    given: dict[str, Any] = {
        "as_of": date(2025, 5, 12), "max_age": timedelta(days=1), "actor": "mei",
        "purpose": Purpose.QUOTE, **fields,
    }  # fmt: skip
    return set_rate(Pair(base, quote), Decimal(value), **given)


def codes() -> list[str]:
    rows = RateRow.objects.filter(held=True).order_by("fetched_at", "base", "quote")
    return [why["code"] for row in rows for why in row.held_for]


@pytest.mark.parametrize(
    ("value", "code"), [("72.4", "rate_jump"), ("0.138", "rate_inverted"), ("5.4", "rate_jump")]
)
def test_a_person_s_rate_far_from_a_source_s_is_stored_only_when_confirmed(
    rate: Make, store: Make, value: str, code: str
) -> None:
    store(rate("USD/CNY", "7.24", "2025-05-09"))
    with pytest.raises(RateUnconfirmed) as caught:
        typed(value)
    assert (caught.value.code, caught.value.path) == (code, "$.value")
    assert not RateRow.objects.filter(source="operator").exists()
    assert not AuditEntry.objects.exists()
    assert not typed(value, confirmed=True).held
    (entry,) = AuditEntry.objects.filter(action="fx.set")
    assert code in str(vars(entry))


def test_the_doubt_also_goes_by_a_cross_rate_and_by_the_other_direction(
    rate: Make, store: Make
) -> None:
    store(rate("EUR/CNY", "8.14", "2025-05-09"), rate("EUR/USD", "1.125", "2025-05-09"))
    with pytest.raises(RateUnconfirmed):
        typed("72.4")
    with pytest.raises(RateUnconfirmed):
        typed("7.24", "CNY/USD")
    assert typed("7.24").value == Decimal("7.24")
    assert typed("0.1381", "CNY/USD").value == Decimal("0.1381")


def test_the_first_rate_of_a_pair_needs_no_confirmation() -> None:
    assert typed("7.24").value == Decimal("7.24")


def test_the_command_asks_for_confirm(rate: Make, store: Make) -> None:
    store(rate("USD/CNY", "7.24", "2025-05-09"))
    with pytest.raises(CommandError, match="--confirm"):
        call_command("fx", "set", "USD", "CNY", "72.4", stdout=StringIO())
    call_command("fx", "set", "USD", "CNY", "72.4", "--confirm", stdout=StringIO())
    assert RateRow.objects.get(source="operator").value == Decimal("72.4")


@pytest.mark.parametrize("day", ["0001-01-01", "1066-10-14", "1969-12-31", "2025-05-14"])
def test_a_day_that_cannot_be_is_refused_even_when_confirmed(day: str) -> None:
    with pytest.raises(RateRefused):
        typed("7.24", as_of=date.fromisoformat(day), confirmed=True)
    assert not RateRow.objects.exists()


def test_a_source_that_begins_far_from_the_others_is_held_at_once(rate: Make, store: Make) -> None:
    store(rate("EUR/USD", "1.125", "2025-05-09"), rate("EUR/CNY", "8.14", "2025-05-09"))
    report = store(
        rate("USD/CNY", "724", "2025-05-09", source="other"),
        rate("CNY/EUR", "0.123", "2025-05-09", source="other"),
    )
    assert (report.added, report.held, codes()) == (1, 1, ["rate_jump"])


def test_a_source_that_turns_its_pair_round_is_held(rate: Make, store: Make) -> None:
    store(rate("USD/CNY", "7.24", "2025-05-08"))
    assert store(rate("CNY/USD", "7.25", "2025-05-09")).held == 1
    assert codes() == ["rate_inverted"]
    assert store(rate("CNY/USD", "0.1379", "2025-05-10")).held == 0


def test_a_source_that_changes_its_quantity_says_the_same(rate: Make, store: Make) -> None:
    store(rate("JPY/CNY", "4.70", "2025-05-08", quantity=100))
    assert store(rate("JPY/CNY", "0.0471", "2025-05-09")).held == 0
    assert store(rate("JPY/CNY", "0.0471", "2025-05-10", quantity=100)).held == 1


def test_three_rates_of_a_day_that_contradict_each_other_do_not_leak(
    rate: Make, store: Make
) -> None:
    day = "2025-05-09"
    report = store(
        rate("USD/CNY", "7.24", day), rate("JPY/CNY", "0.0498", day), rate("USD/JPY", "180", day)
    )
    assert (report.added, report.held, codes()) == (2, 1, ["rate_triangle"])
    made = convert(Money(Decimal(1), "USD"), "JPY", at=NOON, purpose=Purpose.QUOTE)
    assert made.result == Money(Decimal(145), "JPY")
    assert {one.source for one in made.path} == {"bank"}


def test_rates_of_two_sources_are_never_crossed(rate: Make, store: Make) -> None:
    store(rate("USD/CNY", "7.24", "2025-05-09", source="one"))
    store(rate("USD/JPY", "145", "2025-05-09", source="two"))
    with pytest.raises(RateMissing):
        convert(Money(Decimal(1), "JPY"), "CNY", at=NOON, purpose=Purpose.QUOTE)


def test_rates_of_two_days_are_never_crossed(rate: Make, store: Make) -> None:
    store(rate("EUR/CNY", "8.10", "2025-05-08"), rate("EUR/JPY", "160", "2025-05-08"))
    store(rate("EUR/CNY", "8.80", "2025-05-09"), rate("EUR/JPY", "16", "2025-05-09"))
    assert codes() == ["rate_jump"]
    made = convert(Money(Decimal(160), "JPY"), "CNY", at=NOON, purpose=Purpose.QUOTE)
    assert made.result == Money(Decimal("8.10"), "CNY")
    assert {one.as_of for one in made.path} == {date(2025, 5, 8)}
    assert made.age_days == 4


def test_an_older_day_that_is_filled_in_is_judged_by_its_neighbours(
    rate: Make, store: Make
) -> None:
    store(rate("EUR/TRY", "45", "2025-05-09"))
    report = store(
        rate("EUR/TRY", "43", "2025-05-06"),
        rate("EUR/TRY", "4.4", "2025-05-07"),
        rate("EUR/TRY", "44", "2025-05-08"),
    )
    assert (report.added, report.held) == (2, 1)
    assert RateRow.objects.get(held=True).as_of == date(2025, 5, 7)


def test_a_released_rate_counts_from_its_release(rate: Make, store: Make) -> None:
    store(rate("EUR/CNY", "8.14", "2025-05-08"))
    store(rate("EUR/CNY", "12", "2025-05-09"))
    held = RateRow.objects.get(held=True)
    one = Money(Decimal(1), "EUR")
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        assert release(held.pk, actor="mei", reason="checked")
    now = convert(one, "CNY", at=NOON, purpose=Purpose.QUOTE)
    before = convert(one, "CNY", at=NOON, purpose=Purpose.QUOTE, known_at=NOON)
    assert (now.result.amount, before.result.amount) == (Decimal("12.00"), Decimal("8.14"))


@settings(
    deadline=None, derandomize=True, max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    st.lists(st.decimals("0.01", "9000", places=4), min_size=3, max_size=3),
    st.sampled_from([1, 10, 100, 1000]),
)
def test_cross_rates_of_one_snapshot_agree_round_every_triangle(
    rate: Make, store: Make, values: list[Decimal], quantity: int
) -> None:
    source = f"s{abs(hash((*values, quantity)))}"[:40]
    with time_machine.travel(NOON, tick=False):
        store(
            *(
                rate(f"{code}/CHF", str(value), "2025-05-10", source=source, quantity=quantity)
                for code, value in zip(("USD", "JPY", "GBP"), values, strict=True)
            )
        )
        for row in RateRow.objects.filter(held=True, source=source):
            release(row.pk, actor="t", reason="t")

        def value(base: str, quote: str) -> Decimal:
            made = convert(Money(Decimal(1), base), quote, at=NOON, purpose=Purpose.QUOTE)
            return made.rate.value

        around = value("USD", "JPY") * value("JPY", "GBP") * value("GBP", "USD")
        assert abs(around - 1) < Decimal("1E-9")


def test_one_quote_s_conversions_ask_the_store_once(
    rate: Make, store: Make, django_assert_max_num_queries: Any
) -> None:
    from core.fx.book import stamps

    codes_ = ("USD", "CNY", "JPY", "GBP", "CHF")
    store(*(rate(f"EUR/{code}", "2", "2025-05-09") for code in codes_))
    convert(Money(Decimal(1), "EUR"), "USD", at=NOON, purpose=Purpose.QUOTE)
    with django_assert_max_num_queries(1):
        seen = stamps()
        for code in codes_[1:]:
            convert(Money(Decimal(1), "USD"), code, at=NOON, purpose=Purpose.QUOTE, seen=seen)
