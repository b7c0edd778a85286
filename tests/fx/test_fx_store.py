"""Rates only accumulate; what is rubbish is refused whole, what jumps is held."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from core.accounts.models import AuditEntry
from core.fx.errors import RateRefused
from core.fx.models import RateRow
from core.fx.services import release, set_rate
from core.pluginapi import (
    Context,
    Level,
    MoneyError,
    Pair,
    Purpose,
    Rate,
    Text,
    Verdict,
    hookimpl,
)
from core.testing.plugins import manifest

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


@pytest.fixture(autouse=True)
def may_2025() -> Any:
    with time_machine.travel(datetime(2025, 5, 12, 10, tzinfo=UTC), tick=False):
        yield


def test_fetching_the_same_again_writes_nothing(rate: Make, store: Make) -> None:
    assert store(rate("EUR/CNY", "8.1470", "2025-05-09")).added == 1
    report = store(rate("EUR/CNY", "8.147", "2025-05-09"))
    assert (report.added, report.unchanged, report.held) == (0, 1, 0)
    assert RateRow.objects.count() == 1


def test_a_correction_adds_a_row_and_back_again_another(rate: Make, store: Make) -> None:
    for value in ("8.14", "8.15", "8.14"):
        assert store(rate("EUR/CNY", value, "2025-05-09")).added == 1
    rows = list(RateRow.objects.order_by("revision").values_list("revision", "value"))
    assert rows == [(0, Decimal("8.14")), (1, Decimal("8.15")), (2, Decimal("8.14"))]


def test_the_database_refuses_to_change_or_delete_a_rate(rate: Make, store: Make) -> None:
    store(rate("EUR/CNY", "8.14", "2025-05-09"))
    rows = RateRow.objects.all()
    for attempt in (
        lambda: rows.update(value=Decimal(1)),
        lambda: rows.update(as_of=date(2025, 1, 1)),
        lambda: rows.update(held=True),
        rows.delete,
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    assert RateRow.objects.get().value == Decimal("8.14")


@pytest.mark.parametrize(
    ("value", "code"), [("81.4", "rate_jump"), ("0.122", "rate_inverted"), ("5.9", "rate_jump")]
)
def test_a_jump_is_held_and_not_used_until_released(
    rate: Make, store: Make, value: str, code: str
) -> None:
    store(rate("EUR/CNY", "8.14", "2025-05-08"))
    report = store(rate("EUR/CNY", value, "2025-05-09"))
    assert (report.added, report.held) == (0, 1)
    row = RateRow.objects.get(held=True)
    assert row.held_for[0]["code"] == code
    assert row.held_for[0]["message"]["zh-Hans"]
    assert release(row.pk, actor="mei", reason="checked at the bank")
    assert not release(row.pk, actor="mei", reason="twice")
    row.refresh_from_db()
    assert (row.held, row.released_by) == (False, "mei")
    assert AuditEntry.objects.filter(action="fx.release").count() == 1


class Doubter:
    """Holds every rate."""

    MANIFEST = manifest("rate_doubter")

    @staticmethod
    @hookimpl
    def check_rate(ctx: Context, new: Rate, last: Rate | None) -> Verdict | None:
        return Verdict(Level.HOLD, "doubt", Text("Not sure"))


class Broken:
    """Fails at every rate."""

    MANIFEST = manifest("rate_broken")

    @staticmethod
    @hookimpl
    def check_rate(ctx: Context, new: Rate, last: Rate | None) -> Verdict | None:
        raise ValueError("no")


@pytest.mark.parametrize("plugin", [Doubter, Broken])
def test_a_plugin_s_doubt_or_failure_holds(
    plugin: Any, rate: Make, store: Make, plugin_registry: Any
) -> None:
    with plugin_registry(plugin):
        report = store(rate("EUR/CNY", "8.14", "2025-05-09"))
    assert report.held == 1


def test_hook_check_rate(rate: Make, store: Make, plugin_registry: Any) -> None:
    from core.kernel.activation import enable

    enable("fx_ecb", None, actor="test")
    report = store(
        rate("EUR/DKK", "7.9", "2025-05-09", source="fx_ecb"),
        rate("EUR/CNY", "8.14", "2025-05-09", source="fx_ecb"),
    )
    assert (report.added, report.held) == (1, 1)
    assert RateRow.objects.get(held=True).held_for[0]["code"] == "erm_band"


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({"pair": "EUR/ZZZ"}, "rate_currency"),
        ({"pair": "EUR/EUR"}, "rate_currency"),
        ({"value": "1E9"}, "rate_value"),
        ({"value": "1E-9"}, "rate_value"),
        ({"day": "2025-05-20"}, "rate_in_future"),
        ({"days": -1}, "rate_age"),
        ({"source": "other"}, "rate_source"),
    ],
)
def test_one_bad_rate_refuses_the_table_whole(
    bad: dict[str, Any], code: str, rate: Make, db: None
) -> None:
    from core.fx.services import store_table
    from core.pluginapi import RateTable

    given = {"pair": "EUR/CNY", "value": "8.14", "day": "2025-05-09", **bad}
    table = RateTable("bank", (rate("EUR/USD", "1.12", "2025-05-09"), rate(**given)))
    with pytest.raises(RateRefused) as caught:
        store_table(table)
    assert (caught.value.code, caught.value.path) == (code, "$.rates[1]")
    assert not RateRow.objects.exists()


@pytest.mark.parametrize("value", ["0", "-7.1", "NaN", "Infinity", "1e1000000", "1e-1000000"])
def test_a_rate_that_is_no_positive_number_cannot_be_made(value: str, rate: Make) -> None:
    with pytest.raises(MoneyError):
        rate("USD/CNY", value, "2025-05-09")


def test_two_values_for_one_day_contradict(rate: Make, store: Make) -> None:
    with pytest.raises(RateRefused, match="two rates"):
        store(rate("EUR/CNY", "8.1", "2025-05-09"), rate("EUR/CNY", "8.2", "2025-05-09"))


def test_a_rate_that_a_person_sets_is_audited_and_repeats_nothing() -> None:
    given: dict[str, Any] = {
        "as_of": date(2025, 5, 12), "max_age": timedelta(days=1), "actor": "mei",
        "purpose": Purpose.QUOTE,
    }  # fmt: skip
    first = set_rate(Pair("USD", "CNY"), Decimal("7.24"), **given)
    assert set_rate(Pair("USD", "CNY"), Decimal("7.24"), **given).pk == first.pk
    corrected = set_rate(Pair("USD", "CNY"), Decimal("7.25"), **given)
    assert (first.revision, corrected.revision) == (0, 1)
    assert AuditEntry.objects.filter(action="fx.set").count() == 2
