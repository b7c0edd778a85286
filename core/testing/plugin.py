"""The pytest plug-in: fixtures for everyone who tests with the platform."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def fresh_kernel() -> Iterator[None]:
    """Let no test see what another one switched on, broke or left waiting."""
    yield
    import sys

    if "core.kernel.snapshot" not in sys.modules:
        return
    from core.kernel import breaker, incidents, snapshot

    incidents.forget()
    breaker.forget()
    snapshot.forget()


@pytest.fixture
def plugin_registry() -> Any:
    """Return ``plugins_loaded``, which puts plug-ins into the kernel for a while."""
    from core.testing.plugins import plugins_loaded

    return plugins_loaded


@pytest.fixture
def make_channel(db: None) -> Callable[..., Any]:
    """Return a function that opens a channel: ``make_channel("c2c-cn", kind="c2c")``."""
    from core.kernel.models import Channel

    def make(key: str = "test-cn", **fields: Any) -> Any:
        given = {"kind": "m2c", "market": "CN", "currency": "CNY", "names": {"en": key}}
        return Channel.objects.create(key=key, **{**given, **fields})

    return make
