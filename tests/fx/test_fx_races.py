"""Rates that come twice at once, on PostgreSQL: no row twice, none lost, one release."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections

from core.accounts.models import AuditEntry
from core.fx.models import RateRow
from core.fx.services import release, set_rate, store_table
from core.pluginapi import Pair, Purpose, RateTable
from core.shared.clock import today

pytestmark = [
    pytest.mark.drill,
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]
Make = Callable[..., Any]
WORKERS = 8


def at_once(action: Callable[[int], Any]) -> list[Any]:
    """Run ``action`` in eight threads that begin together."""
    gate = threading.Barrier(WORKERS)

    def work(worker: int) -> Any:
        gate.wait()
        try:
            return action(worker)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(work, range(WORKERS)))


def test_the_same_table_from_eight_workers_is_stored_once(rate: Make) -> None:
    day = datetime.now(UTC).date() - timedelta(days=1)
    rates = tuple(
        rate(f"EUR/{code}", "2", (day - timedelta(days=age)).isoformat())
        for code in ("USD", "CNY", "JPY", "GBP")
        for age in range(20)
    )
    reports = at_once(lambda _worker: store_table(RateTable("bank", rates)))
    assert sum(report.added for report in reports) == RateRow.objects.count() == len(rates)
    assert set(RateRow.objects.values_list("revision", flat=True)) == {0}


def test_of_eight_corrections_at_once_none_is_lost(rate: Make) -> None:
    day = today().isoformat()
    store_table(RateTable("bank", (rate("EUR/USD", "1.10", day),)))
    at_once(lambda worker: store_table(RateTable("bank", (rate("EUR/USD", f"1.11{worker}", day),))))
    rows = RateRow.objects.order_by("revision").values_list("revision", "value")
    assert [revision for revision, _value in rows] == list(range(9))
    assert {value for _revision, value in rows} == {
        Decimal("1.10"), *(Decimal(f"1.11{worker}") for worker in range(8)),
    }  # fmt: skip


def test_eight_people_s_rates_are_all_kept_and_audited() -> None:
    at_once(
        lambda worker: set_rate(
            Pair("EUR", "USD"), Decimal(f"1.1{worker}"), as_of=today(), actor=f"p{worker}",
            max_age=timedelta(days=1), purpose=Purpose.QUOTE,
        )
    )  # fmt: skip
    assert RateRow.objects.count() == AuditEntry.objects.filter(action="fx.set").count() == 8


def test_a_held_rate_is_released_by_one(rate: Make) -> None:
    day = today()
    store_table(RateTable("bank", (rate("EUR/USD", "1.1", (day - timedelta(days=1)).isoformat()),)))
    store_table(RateTable("bank", (rate("EUR/USD", "11", day.isoformat()),)))
    row = RateRow.objects.get(held=True)
    done = at_once(lambda worker: release(row.pk, actor=f"p{worker}", reason="checked"))
    assert sum(done) == AuditEntry.objects.filter(action="fx.release").count() == 1
