"""Imports at one moment, and readers during one, on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from core.pluginapi import TariffRate
from customs import snapshot
from customs.models import TariffEdition, TariffLine
from customs.tariff import editions
from tests.customs.tariff_files import generic, load

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

DAY = date(2026, 7, 1)
CODES = [f"6109{number:04}" for number in range(1, 1201)]


def rows(rate: int) -> bytes:
    return generic(*[{"code": code, "duty": str(rate)} for code in CODES])


def seen() -> set[Decimal]:
    """Return the rates that one view of the first and the last codes holds."""
    asked = (CODES[0], CODES[600], CODES[-1])
    view = snapshot.current().view("XX", asked, DAY)
    found = [view.find(code, "duty") for code in asked]
    return {one.rates["duty"] for one in found if isinstance(one, TariffRate)}


def at_once(actions: Sequence[Callable[[], Any]]) -> list[Any]:
    gate = threading.Barrier(len(actions))

    def work(action: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return action()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(work, actions))


def test_of_imports_at_one_moment_each_comes_into_force_whole(tmp_path: Path) -> None:
    def put(rate: int) -> Callable[[], Any]:
        return lambda: load(tmp_path / str(rate), rows(rate), edition=str(rate))

    outcomes = at_once([put(rate) for rate in (1, 2, 3, 4)])
    assert {one.status for one in outcomes} == {"imported"}
    edition = TariffEdition.objects.get(state=TariffEdition.State.IN_FORCE)
    assert seen() == {Decimal(edition.edition)}
    standing = TariffLine.objects.filter(superseded_at=None)
    assert set(standing.values_list("value", flat=True)) == {edition.edition}
    assert standing.count() == len(CODES)


def test_the_same_file_twice_at_one_moment_is_imported_once(tmp_path: Path) -> None:
    def put(number: int) -> Callable[[], Any]:
        return lambda: load(tmp_path / str(number), rows(5))

    outcomes = at_once([put(number) for number in range(4)])
    assert sorted(one.status for one in outcomes) == ["imported"] + ["unchanged"] * 3
    assert TariffEdition.objects.count() == 1


def test_a_reader_sees_the_old_edition_until_the_switch_and_then_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(tmp_path / "old", rows(1), edition="old")
    written, read = threading.Event(), threading.Event()
    touch = editions.touch

    def paused() -> None:
        touch()
        written.set()
        read.wait(20)

    monkeypatch.setattr(editions, "touch", paused)

    def reader() -> set[Decimal]:
        assert written.wait(20)
        found = seen()
        read.set()
        return found

    during = at_once([lambda: load(tmp_path / "new", rows(2), edition="new"), reader])[1]
    assert during == {Decimal(1)}
    assert seen() == {Decimal(2)}
