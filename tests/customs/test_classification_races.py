"""Many people decide about one item at one moment, on PostgreSQL: one decision is taken."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from core.catalog.models import Item, Product
from core.shared.clock import now
from core.shared.ids import new_id
from customs.classification.errors import DecisionRefused
from customs.classification.models import Change, Classification
from customs.classification.services import confirm, confirm_alike, reject

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PEOPLE = 8


def suggestion(number: int = 0) -> Classification:
    product = Product.objects.create(titles={"en": "Cotton T-shirt"})
    item = Item.objects.create(product=product, steward=new_id(), sku=f"T{number}")
    given = {"state": "suggested", "code": "610910", "source": "words", "jurisdiction": "CN"}
    return Classification.objects.create(item=item, **given)


def at_once(actions: Sequence[Callable[[], object]]) -> list[str]:
    """Run the actions together; return what each came to: a code of refusal, or ``ok``."""
    gate = threading.Barrier(len(actions))

    def work(action: Callable[[], object]) -> str:
        gate.wait()
        try:
            action()
        except DecisionRefused as refused:
            return refused.code
        finally:
            connections.close_all()
        return "ok"

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(work, actions))


@pytest.mark.parametrize("attempt", range(5))
def test_of_many_decisions_on_one_sight_one_is_taken(attempt: int) -> None:
    row = suggestion()
    codes = ["610910", "610990"] * (PEOPLE // 2)
    actions = [
        lambda code=code, n=n: (confirm if n % 3 else reject)(
            row.pk, code, actor=f"user:{n}", version=row.version
        )
        for n, code in enumerate(codes)
    ]
    told = at_once(actions)
    assert sorted(told) == ["decided_meanwhile"] * (PEOPLE - 1) + ["ok"]
    entry = Change.objects.get()
    winner = told.index("ok")
    assert (entry.by, entry.code) == (f"user:{winner}", codes[winner])
    row.refresh_from_db()
    assert row.version == 2
    assert row.decided_by == f"user:{winner}"


def test_a_decision_that_reads_before_it_writes_is_not_one() -> None:
    """The control: without the condition every decision would be taken, the last one silently."""
    row = suggestion()
    seen = threading.Barrier(PEOPLE)

    def overwrite(number: int) -> None:
        mine = Classification.objects.get(pk=row.pk)
        seen.wait()
        mine.code, mine.state, mine.decided_by, mine.decided_at = "610990", "confirmed", "x", now()
        mine.save()
        said = {"item": mine.item_id, "jurisdiction": "CN", "step": "confirmed", "by": str(number)}
        Change.objects.create(code="610990", **said)

    told = at_once([lambda n=n: overwrite(n) for n in range(PEOPLE)])
    assert told == ["ok"] * PEOPLE
    assert Change.objects.count() == PEOPLE


def test_two_people_confirm_alike_at_once_and_every_row_is_confirmed_once() -> None:
    rows = [suggestion(number) for number in range(40)]
    seen = now()
    done: list[int] = []

    def both(who: str) -> None:
        done.append(confirm_alike("CN", "610910", "words", seen=seen, actor=who))

    assert at_once([lambda n=n: both(f"user:{n}") for n in range(4)]) == ["ok"] * 4
    assert sum(done) == len(rows)
    assert Change.objects.count() == len(rows)
    assert set(Classification.objects.values_list("version", flat=True)) == {2}
