"""A registry of the test's own, so that handlers of one test are unknown to the next."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.jobs import registry, waking


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("_handlers", "_subscriptions", "_recurrences"):
        monkeypatch.setattr(registry, name, dict(getattr(registry, name)))
    monkeypatch.setattr(waking, "ring", lambda: None)
    return
