"""A local server that plays the European Central Bank, and rates for the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from rate_server import Bank

from core.pluginapi import Pair, Purpose, Rate, RateTable


@pytest.fixture
def bank(settings: Any) -> Iterator[Bank]:
    """A running server; the platform is allowed to reach it."""
    server = Bank()
    settings.HAITAO_HTTP_ALLOWED_HOSTS = frozenset({server.host})
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def daily(shared_dir: Path) -> bytes:
    """The real daily file of 2025-05-09."""
    path = shared_dir / "customs" / "fx_samples" / "ecb_eurofxref-daily_2025-05-09.xml"
    return path.read_bytes()


@pytest.fixture
def rate() -> Callable[..., Rate]:
    """Build a rate: ``rate("EUR/CNY", "8.1470", "2025-05-09")``."""

    def make(pair: str, value: str, day: str, **fields: Any) -> Rate:
        base, quote = pair.split("/")
        given = {"source": "bank", "max_age": timedelta(days=fields.pop("days", 4))}
        purpose = fields.pop("purpose", Purpose.QUOTE)
        return Rate(
            Pair(base, quote),
            Decimal(value),
            as_of=date.fromisoformat(day),
            purpose=purpose,
            **{**given, **fields},
        )

    return make


@pytest.fixture
def store(db: None) -> Callable[..., Any]:
    """Store rates of one source and return the report."""
    from core.fx.services import store_table

    def put(*rates: Rate) -> Any:
        return store_table(RateTable(rates[0].source, rates))

    return put
