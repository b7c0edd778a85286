"""The queue of HS codes: found, filtered, decided, by one hand or many at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.accounts.models import AuditEntry
from core.catalog.models import Item, Product
from core.catalog.words import searchable
from core.jobs.models import Job
from core.shared.ids import new_id
from customs.classification.models import Change, Classification
from customs.classification.services import confirm

QUEUE = "/console/classification/"
STEWARD = new_id()


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def candidate(code: str, source: str = "hs_words") -> dict[str, Any]:
    reason = {"en": f"Because of {code}", "zh-Hans": "原因", "zh-Hant": "原因"}
    return {"code": code, "source": source, "reason": reason, "confidence": "0.300"}


@pytest.fixture
def waiting(db: None) -> Callable[..., Classification]:
    """Make one row of the queue: ``waiting("Cotton T-shirt", code="610910")``."""

    def make(title: str = "Cotton T-shirt", **given: Any) -> Classification:
        sku = given.pop("sku", f"S{Item.objects.count()}")
        product = Product.objects.create(titles={"en": title}, words=searchable((title, sku)))
        item = Item.objects.create(product=product, steward=STEWARD, sku=sku)
        values = {"jurisdiction": "CN", "state": "unclassified"} | given
        if values.get("code") and "state" not in given:
            values |= {"state": "suggested", "source": "hs_words"}
            values |= {"candidates": [candidate(values["code"]), candidate("610990")]}
        return Classification.objects.create(item=item, **values)

    return make


def address(row: Classification) -> str:
    return f"{QUEUE}{row.pk}/"


def form(row: Classification, **given: Any) -> dict[str, Any]:
    return {"version": row.version, "decision": "confirm"} | given


def test_an_empty_queue_says_so(console: Client, db: None) -> None:
    assert "Nothing waits for you" in text_of(console.get(QUEUE))


def test_the_queue_is_filtered_by_state_destination_and_words(
    console: Client, waiting: Any
) -> None:
    waiting("Cotton T-shirt", code="610910", sku="TS-1")
    waiting("Mystery box", jurisdiction="EU")
    waiting("Phone", code="610910", doubt="chapter")
    done = waiting("Green tea", code="090210")
    confirm(done.pk, "090210", actor="user:ann", version=1)
    Classification.objects.filter(pk=done.pk).update(conflict="090230")
    page = text_of(console.get(QUEUE))
    assert all(title in page for title in ("Cotton T-shirt", "Mystery box", "Phone", "Green tea"))
    found = {
        "show=unclassified": "Mystery box",
        "show=conflict": "Green tea",
        "show=confirmed": "Green tea",
        "show=doubt": "Phone",
        "to=EU": "Mystery box",
        "q=ts-1": "Cotton T-shirt",
        "q=shirt+cotton": "Cotton T-shirt",
        "q=0902.30": "Green tea",
    }
    titles = {"Cotton T-shirt", "Mystery box", "Phone", "Green tea"}
    for query, title in found.items():
        page = text_of(console.get(f"{QUEUE}?{query}"))
        shown = {one for one in titles if re.search(rf">{one}</a>", page)}
        assert shown == {title}, query


@pytest.mark.parametrize(
    "query",
    ["show=x&to=y&page=zz", "q=%E2%80%8B+%5C%25_", "q=" + "9" * 300, "page=-1", "to=" + "A" * 999],
)
def test_odd_addresses_are_answered(console: Client, waiting: Any, query: str) -> None:
    waiting()
    assert console.get(f"{QUEUE}?{query}").status_code == 200


def test_an_item_shows_its_candidates_with_reasons_and_names(console: Client, waiting: Any) -> None:
    row = waiting(code="610910")
    page = text_of(console.get(address(row)))
    assert "Because of 610910" in page
    assert "T-shirts, singlets and other vests; of cotton" in page
    assert "6, 8, 10, 13 digits in CN" in page
    assert 'value="610910" checked' in page


def test_a_suggestion_is_confirmed_and_the_operator_comes_back_to_the_filter(
    console: Client, waiting: Any
) -> None:
    row = waiting(code="610910")
    sent = form(row, choice="610910", note="knitted", back="show=suggested&to=CN&evil=//x")
    answer = console.post(address(row), sent)
    assert answer.status_code == 302
    assert answer["Location"] == f"{QUEUE}?show=suggested&to=CN"
    row.refresh_from_db()
    assert (row.state, row.code, row.note) == ("confirmed", "610910", "knitted")
    assert row.decided_by.startswith("user:")
    assert AuditEntry.objects.get(action="classification.confirmed").actor == row.decided_by


def test_a_typed_code_comes_before_the_chosen_one(console: Client, waiting: Any) -> None:
    row = waiting(code="610910")
    console.post(address(row), form(row, choice="610910", code="６１０９.90 90"))
    row.refresh_from_db()
    assert row.code == "61099090"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Choose a code or type one"),
        ({"choice": "other"}, "Choose a code or type one"),
        ({"code": "61 09"}, "6, 8, 10, 13 digits"),
        ({"choice": "<script>"}, "6, 8, 10, 13 digits"),
        ({"choice": "610910", "version": "x"}, "errorlist"),
        ({"choice": "610910", "version": "99999999999999"}, "errorlist"),
        ({"choice": "610910", "note": "n" * 201}, "errorlist"),
    ],
)
def test_what_cannot_be_decided_is_refused_at_its_field(
    console: Client, waiting: Any, sent: dict[str, str], words: str
) -> None:
    row = waiting(code="610910")
    answer = console.post(address(row), form(row, **sent))
    assert answer.status_code == 400
    assert words in text_of(answer)
    assert "<script>" not in text_of(answer).replace("<script src", "")
    row.refresh_from_db()
    assert row.state == "suggested"


def test_a_code_that_looks_wrong_asks_for_a_second_deliberate_press(
    console: Client, waiting: Any
) -> None:
    row = waiting(code="610910")
    answer = console.post(address(row), form(row, code="851713"))
    assert answer.status_code == 400
    page = text_of(answer)
    assert "85 (Electrical and electronic goods)" in page
    assert "61 (Knitted clothing)" in page
    assert 'name="deliberate"' in page
    console.post(address(row), form(row, code="851713", deliberate="on"))
    row.refresh_from_db()
    assert (row.state, row.code, row.doubt) == ("confirmed", "851713", "chapter")


def test_the_second_of_two_operators_sees_what_the_first_decided(
    console: Client, waiting: Any
) -> None:
    row = waiting(code="610910")
    confirm(row.pk, "610990", actor="user:bob", version=1)
    answer = console.post(address(row), form(row, choice="610910"))
    assert answer.status_code == 409
    assert "user:bob" in text_of(answer)
    assert 'name="version" value="2"' in text_of(answer)
    row.refresh_from_db()
    assert row.code == "610990"


def test_a_code_is_ruled_out_and_the_next_takes_its_place(console: Client, waiting: Any) -> None:
    row = waiting(code="610910")
    console.post(address(row), form(row, choice="610910", decision="reject"))
    row.refresh_from_db()
    assert (row.state, row.code, row.rejected) == ("suggested", "610990", ["610910"])


def test_suggestions_alike_are_confirmed_with_one_press(console: Client, waiting: Any) -> None:
    rows = [waiting(code="610910") for _ in range(3)]
    doubted = waiting("Phone", code="610910", doubt="chapter")
    page = text_of(console.get(QUEUE))
    hidden = dict(re.findall(r'name="(jurisdiction|code|source|seen)" value="([^"]+)"', page))
    assert hidden["code"] == "610910"
    late = waiting(code="610910")
    answer = console.post(f"{QUEUE}alike/", hidden, follow=True)
    assert "3 items were confirmed" in text_of(answer)
    assert Classification.objects.filter(state="confirmed").count() == len(rows)
    for one in (doubted, late):
        one.refresh_from_db()
        assert one.state == "suggested"


@pytest.mark.parametrize("sent", [{}, {"jurisdiction": "CN", "code": "x", "source": "y"}])
def test_an_incomplete_press_confirms_nothing(
    console: Client, waiting: Any, sent: dict[str, str]
) -> None:
    waiting(code="610910")
    assert "Nothing was confirmed" in text_of(console.post(f"{QUEUE}alike/", sent, follow=True))
    wrong = {
        "jurisdiction": "CN",
        "code": "61",
        "source": "y",
        "seen": "2026-11-22T00:00:00.0+0000",
    }
    assert console.post(f"{QUEUE}alike/", wrong, follow=True).status_code == 200
    assert not Change.objects.exists()


def test_the_job_is_asked_to_look_now(console: Client, db: None) -> None:
    console.post(f"{QUEUE}look/")
    assert Job.objects.filter(kind="customs.classify").exists()


def test_an_item_that_is_gone_is_not_found(console: Client, db: None) -> None:
    assert console.get(f"{QUEUE}{new_id()}/").status_code == 404


def test_ten_thousand_items_cost_no_more_queries_than_ten(console: Client, waiting: Any) -> None:
    for _ in range(10):
        waiting(code="610910")

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert console.get(address).status_code == 200
        return len(seen)

    console.get(QUEUE)
    few = queries(QUEUE)
    products = [Product(titles={"en": f"Shirt {n}"}, words=f"shirt {n}") for n in range(9_990)]
    Product.objects.bulk_create(products)
    items = [
        Item(product=product, steward=STEWARD, sku=f"M{n}") for n, product in enumerate(products)
    ]
    Item.objects.bulk_create(items)
    given = {"jurisdiction": "CN", "state": "suggested", "code": "610910", "source": "hs_words"}
    Classification.objects.bulk_create([Classification(item=item, **given) for item in items])
    assert queries(QUEUE) <= few + 1
    assert queries(f"{QUEUE}?q=shirt+77&page=2") <= few + 1
    assert "10000" in text_of(console.get(QUEUE)).replace(",", "")
    page = text_of(console.get(QUEUE))
    hidden = dict(re.findall(r'name="(jurisdiction|code|source|seen)" value="([^"]+)"', page))
    with CaptureQueriesContext(connection) as seen:
        console.post(f"{QUEUE}alike/", hidden)
    assert Classification.objects.filter(state="confirmed").count() == 500
    assert len(seen) < 60
