"""Orders of one person at the same moment, when the year holds nothing yet."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connections

from core.pluginapi import QuotaUse, Text
from customs.loading import touch
from customs.models import RuleRow
from customs.quota.errors import QuotaRefused
from customs.quota.models import QuotaBalance
from customs.quota.queries import differences
from customs.quota.services import reserve

pytestmark = [pytest.mark.drill, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

AT = datetime(2026, 11, 22, 4, tzinfo=UTC)
USE = QuotaUse("annual_used", Text("Year"), Decimal(100), "CNY", "cn.cbec.limit", "annual",
               "annual_limit_exceeded")  # fmt: skip
PERSONS, WORKERS, FIT = 60, 4, 3


def test_the_first_orders_of_a_year_all_fit_while_there_is_room() -> None:
    RuleRow.objects.create(
        plugin="duty_test", key=USE.rule, rule_id="R-1", jurisdiction="CN",
        title=Text("limit").as_dict(), values={"annual": f"{USE.amount * FIT}"},
        valid_from=AT.date(), source="a source", confidence="high",
    )  # fmt: skip
    touch()
    gate = Barrier(WORKERS, timeout=60)

    def work(worker: int) -> int:
        taken = 0
        try:
            for person in range(PERSONS):
                gate.wait()
                whose, reference = person.to_bytes(32, "big"), f"H{person}-{worker}"
                try:
                    taken += reserve(whose, [USE], jurisdiction="CN", reference=reference, at=AT)
                except QuotaRefused:
                    continue
        finally:
            connections.close_all()
        return taken

    with ThreadPoolExecutor(WORKERS) as pool:
        assert sum(pool.map(work, range(WORKERS))) == PERSONS * FIT
    assert set(QuotaBalance.objects.values_list("used", flat=True)) == {300_000}
    assert differences() == []
