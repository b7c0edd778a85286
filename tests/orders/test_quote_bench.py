"""The bench compares like with like, and rules and tariffs are looked up in memory."""

from __future__ import annotations

from typing import Any

import pytest

from core.orders.benchmarks import comparing, oscar_env, subjects
from core.orders.benchmarks.comparing import Times
from core.orders.benchmarks.market import fill
from core.orders.benchmarks.worker import contenders
from core.orders.models import StoredQuote
from customs.snapshot import one_state


@pytest.fixture
def filled(db: None) -> None:
    fill()


def test_plain_arithmetic_gives_the_amounts_of_the_engine_and_of_the_quotes(filled: None) -> None:
    known = contenders()  # raises where amounts differ
    assert set(known) == {name for side, name, _ in comparing.TURNS if side == "sqlite"}
    before = StoredQuote.objects.count()
    for run in known.values():
        run()
    assert StoredQuote.objects.count() == before + 3


def test_a_difference_between_the_contenders_is_noticed(filled: None) -> None:
    engine = subjects.engine()
    lines = [line._replace(vat=line.vat + 1) for line in subjects.plain_lines(engine)]
    from core.orders.benchmarks import plain

    with pytest.raises(AssertionError, match="differ"):
        subjects.check_engine(engine, plain.taxes(lines, engine.shipment.freight))


def test_an_assessment_asks_for_the_epoch_and_for_nothing_else(
    filled: None, django_assert_num_queries: Any
) -> None:
    engine = subjects.engine()
    engine.assess()
    with django_assert_num_queries(1):
        assert engine.assess().chosen
    with django_assert_num_queries(1), one_state():
        engine.assess()
        engine.assess()


def times(best: float) -> Times:
    return Times([best], 1)


def test_ratios_are_judged_and_what_was_not_measured_is_said() -> None:
    measured = {
        ("sqlite", "plain"): times(5),
        ("sqlite", "engine"): times(75),
        ("sqlite", "plain-three"): times(30),
        ("sqlite", "three"): times(2400),
    }
    report = comparing._report(measured, server=False)
    assert report.met
    assert comparing.NO_OSCAR in report.lines
    assert comparing.NO_POSTGRES in report.lines
    slow = comparing._report({**measured, ("oscar", "oscar"): times(47_000)}, server=False)
    assert not slow.met
    assert (
        slow.verdict == "three channels against django-oscar's basket: 19.6 × faster, at least 20"
    )


def test_without_an_environment_there_is_no_python_to_ask(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAITAO_BENCH_OSCAR", str(tmp_path / "nowhere"))
    assert oscar_env.python() is None
