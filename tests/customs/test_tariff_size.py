"""A whole tariff is one transaction, of more lines than PostgreSQL has locks for."""

from __future__ import annotations

from datetime import date

import pytest

from customs.loading import line_key
from customs.models import TariffLine

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

LINES = 30_000
"""About what the tariff of the United States has. A server has some 6,400 locks by default."""


def test_a_tariff_of_the_usual_size_fits_into_one_transaction() -> None:
    TariffLine.objects.bulk_create(
        (
            TariffLine(
                plugin="edition", key=line_key("US", code, "duty"), jurisdiction="US", code=code,
                kind="duty", value="5", valid_from=date(2026, 1, 1), source="a source",
                confidence="high",
            )
            for code in (f"{1_000_000_000 + number}" for number in range(LINES))
        ),
        batch_size=1_000,
    )  # fmt: skip
    assert TariffLine.objects.count() == LINES
