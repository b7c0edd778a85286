"""Customs converts by its own publication and day; nothing else stands in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from core.fx.errors import RateMissing, RateStale
from core.fx.services import convert, release
from core.fx.types import Conversion, Reference
from core.kernel import activation
from core.pluginapi import Money, Purpose, Rate

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]
DECLARED = date(2026, 11, 22)
REFERENCE = date(2026, 10, 21)


@pytest.fixture(autouse=True)
def november() -> Any:
    with time_machine.travel(datetime(2026, 11, 22, 9, tzinfo=UTC), tick=False):
        yield


def into(currency: str, amount: str, to: str = "CNY", **fields: Any) -> Conversion:
    reference = fields.pop(
        "reference", Reference(REFERENCE, DECLARED, ("fx_cn_parity", "operator"), "R-CN-FX", "x")
    )
    at = fields.pop("at", datetime(2026, 11, 22, 12, tzinfo=UTC))
    return convert(
        Money(Decimal(amount), currency), to, at=at, purpose=Purpose.CUSTOMS,
        reference=reference, **fields,
    )  # fmt: skip


@pytest.fixture
def parity(rate: Make) -> Callable[..., Rate]:
    def make(pair: str, value: str, day: str, **fields: Any) -> Rate:
        return rate(pair, value, day, **{"source": "fx_cn_parity", "days": 11, **fields})

    return make


def test_the_publication_of_the_reference_day_is_used_not_today_s(
    parity: Make, store: Make
) -> None:
    store(parity("USD/CNY", "7.0900", "2026-10-21"), parity("USD/CNY", "7.2000", "2026-11-20"))
    made = into("USD", "100")
    assert made.result == Money(Decimal("709.00"), "CNY")
    assert (made.rate.source, made.rate.as_of, made.age_days) == ("fx_cn_parity", REFERENCE, 0)
    assert made.reference is not None
    assert made.reference.rule_id == "R-CN-FX"


def test_a_day_without_publication_takes_the_last_one_before_with_its_age(
    parity: Make, store: Make
) -> None:
    store(parity("USD/CNY", "7.0800", "2026-10-16"), parity("USD/CNY", "7.0900", "2026-10-22"))
    made = into("USD", "100")
    assert (made.result.amount, made.age_days) == (Decimal("708.00"), 5)


def test_too_old_or_missing_on_the_reference_day_refuses_whatever_is_known_today(
    parity: Make, store: Make
) -> None:
    store(parity("USD/CNY", "7.08", "2026-10-09"), parity("EUR/CNY", "8.2", "2026-11-20"))
    with pytest.raises(RateStale, match=r"R-CN-FX.*fx backfill"):
        into("USD", "100")
    with pytest.raises(RateMissing, match=r"2026-10-21"):
        into("EUR", "100")


def test_no_other_publication_stands_in(rate: Make, store: Make) -> None:
    for source, purpose in (("fx_ecb", Purpose.QUOTE), ("fx_hmrc", Purpose.CUSTOMS)):
        store(rate("USD/CNY", "7.1", "2026-10-21", source=source, purpose=purpose, days=60))
    with pytest.raises(RateMissing):
        into("USD", "100")


def test_what_a_person_typed_for_customs_counts_and_what_they_typed_for_quotes_does_not(
    rate: Make, store: Make
) -> None:
    store(rate("USD/CNY", "7.3", "2026-10-21", source="operator", days=60))
    with pytest.raises(RateMissing):
        into("USD", "100")
    store(rate("USD/CNY", "7.2", "2026-11-20", source="operator", days=4, purpose=Purpose.CUSTOMS))
    assert into("USD", "100").result.amount == Decimal("720.00")


def test_typed_rates_of_a_plug_in_count_as_a_person_s(rate: Make, store: Make) -> None:
    activation.enable("fx_manual", None, actor="test")
    typed = rate(
        "USD/CNY", "7.2", "2026-11-20", source="fx_manual", days=4, purpose=Purpose.CUSTOMS
    )
    store(typed)
    assert into("USD", "100").rate.source == "fx_manual"


def test_publications_come_in_the_rule_s_order(parity: Make, rate: Make, store: Make) -> None:
    store(parity("USD/CNY", "7.09", "2026-10-21"))
    store(rate("USD/CNY", "7.2", "2026-11-20", source="operator", purpose=Purpose.CUSTOMS))
    assert into("USD", "1").rate.source == "fx_cn_parity"
    turned = Reference(REFERENCE, DECLARED, ("operator", "fx_cn_parity"))
    assert into("USD", "1", reference=turned).rate.source == "operator"


def test_a_stated_period_has_to_cover_the_day_of_declaration(rate: Make, store: Make) -> None:
    def month(value: str, first: str, last: str) -> Rate:
        return rate(
            "GBP/USD", value, first, source="fx_hmrc", purpose=Purpose.CUSTOMS,
            valid_from=date.fromisoformat(first), valid_to=date.fromisoformat(last),
        )  # fmt: skip

    store(month("1.30", "2026-10-01", "2026-10-31"), month("1.25", "2026-11-01", "2026-11-30"))

    def pounds(declared: str) -> Decimal:
        day = date.fromisoformat(declared)
        rule = Reference(date(2026, 9, 23), day, ("fx_hmrc", "operator"), "R-GB-FX")
        return into("USD", "1300", "GBP", reference=rule).result.amount

    assert (pounds("2026-10-31"), pounds("2026-11-01")) == (Decimal("1000.00"), Decimal("1040.00"))
    with pytest.raises(RateStale):
        pounds("2026-12-01")
    with pytest.raises(RateMissing):
        pounds("2026-09-30")


def test_a_cross_rate_of_customs_takes_both_legs_from_one_publication_and_day(
    parity: Make, rate: Make, store: Make
) -> None:
    store(
        parity("USD/CNY", "7.00", "2026-10-21"), parity("USD/CNY", "7.00", "2026-10-20"),
        parity("JPY/CNY", "4.70", "2026-10-20", quantity=100),
    )  # fmt: skip
    store(rate("JPY/USD", "0.0070", "2026-10-21", source="fx_us"))
    made = into("JPY", "1000", "USD")
    assert made.result == Money(Decimal("6.71"), "USD")
    assert {leg.as_of for leg in made.path} == {date(2026, 10, 20)}
    assert {leg.source for leg in made.path} == {"fx_cn_parity"}


def test_what_was_known_then_is_found_again_after_corrections_and_releases(
    parity: Make, store: Make
) -> None:
    from core.fx.models import RateRow

    moments: list[datetime] = []
    answers: list[Decimal] = []

    def note() -> None:
        moments.append(datetime.now(UTC))
        answers.append(into("USD", "100").result.amount)

    with time_machine.travel(datetime(2026, 11, 22, 9, tzinfo=UTC), tick=False) as clock:
        store(parity("USD/CNY", "7.08", "2026-10-20"))
        note()
        clock.shift(60)
        store(parity("USD/CNY", "7.10", "2026-10-21"))
        note()
        clock.shift(60)
        store(parity("USD/CNY", "9.90", "2026-10-21"))
        note()
        clock.shift(60)
        held = RateRow.objects.get(held=True)
        assert release(held.pk, actor="mei", reason="it was right")
        note()
        for number in range(50):
            clock.shift(60)
            store(parity("USD/CNY", f"9.{number:02}", "2026-10-21"))
        assert answers == [Decimal(text) for text in ("708", "710", "710", "990")]
        again = [into("USD", "100", known_at=moment).result.amount for moment in moments]
        assert again == answers
        before = moments[0] - timedelta(seconds=1)
        with pytest.raises(RateMissing):
            into("USD", "100", known_at=before)
