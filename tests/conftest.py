"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from core.testing.flush import growing_tables_can_be_emptied  # noqa: F401
from core.testing.plugin import fresh_kernel, make_channel, plugin_registry  # noqa: F401

SERVICES = {
    "postgres": ("DATABASE_URL", "postgres"),
    "redis": ("HAITAO_TEST_REDIS_URL", "redis"),
    "rabbitmq": ("HAITAO_TEST_RABBITMQ_URL", "amqp"),
}


# The same examples in every run: a change is judged by what it changes, not by luck. To search
# further: --hypothesis-profile=default.
settings.register_profile("steady", derandomize=True)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Real feeds, customs cases and adversarial inputs; skips where they are absent."""
    default = Path(__file__).resolve().parents[2] / "shared"
    path = Path(os.environ.get("HAITAO_SHARED", default))
    if not (path / "feeds").is_dir():
        pytest.skip(f"SHARED DATA ABSENT: {path} (set HAITAO_SHARED)")
    return path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip service tests, with the reason, where no address is set; CI demands the addresses."""
    for marker, (variable, scheme) in SERVICES.items():
        if os.environ.get(variable, "").startswith(scheme):
            continue
        if os.environ.get("HAITAO_REQUIRE_SERVICES"):
            raise pytest.UsageError(f"{variable} is not set, and no service test may be skipped")
        reason = f"needs a service: set {variable}={scheme}://…"
        for item in items:
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))
