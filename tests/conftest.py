"""What every test may use."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# A test run writes into a folder of its own, so that it never meets a running site.
os.environ.setdefault("HAITAO_VAR", tempfile.mkdtemp(prefix="haitao-tests-"))

import pytest


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Real feeds, customs cases and adversarial inputs; skips where they are absent."""
    default = Path(__file__).resolve().parents[2] / "shared"
    path = Path(os.environ.get("HAITAO_SHARED", default))
    if not (path / "feeds").is_dir():
        pytest.skip(f"SHARED DATA ABSENT: {path} (set HAITAO_SHARED)")
    return path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip service tests, with the reason, where no address is set."""
    missing = {
        "postgres": not os.environ.get("DATABASE_URL", "").startswith("postgres"),
        "redis": not os.environ.get("HAITAO_TEST_REDIS_URL"),
        "rabbitmq": not os.environ.get("HAITAO_TEST_RABBITMQ_URL"),
    }
    reasons = {
        "postgres": "needs PostgreSQL: set DATABASE_URL=postgres://…",
        "redis": "needs Redis: set HAITAO_TEST_REDIS_URL",
        "rabbitmq": "needs RabbitMQ: set HAITAO_TEST_RABBITMQ_URL",
    }
    for item in items:
        for marker, absent in missing.items():
            if absent and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reasons[marker]))
