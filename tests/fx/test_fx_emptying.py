"""Tables that only grow can still be emptied between tests that commit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError

from core.fx.models import RateRow


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_each_committing_test_starts_with_an_empty_and_guarded_table(
    turn: int, rate: Callable[..., Any]
) -> None:
    from core.fx.services import store_table
    from core.pluginapi import RateTable

    assert not RateRow.objects.exists()
    store_table(RateTable("bank", (rate("EUR/CNY", "8.14", "2025-05-09"),)))
    with pytest.raises(IntegrityError):
        RateRow.objects.all().delete()
