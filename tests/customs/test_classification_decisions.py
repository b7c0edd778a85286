"""Codes by destination: suggested by rules and plug-ins, confirmed by people, kept for ever."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.accounts.models import AuditEntry
from core.catalog.models import Item
from core.catalog.queries import item_view
from core.catalog.services import publish_offer
from core.catalog.types import PublishRequest
from core.jobs import run_due
from core.jobs.schedules import tick
from core.kernel import activation, incidents
from core.kernel.models import Channel, Incident
from core.pluginapi import (
    Capability,
    HsCandidate,
    Manifest,
    Money,
    SupplierRef,
    SupplierView,
    Text,
    hookimpl,
)
from core.shared.clock import now
from core.shared.ids import new_id
from customs.classification.errors import DecisionRefused
from customs.classification.models import Change, Classification, State
from customs.classification.services import code_for, confirm, confirm_alike, reject
from customs.classification.tasks import look_now

SUPPLIER = SupplierView(SupplierRef(new_id()), "Umi", "company", "JP", {})


@pytest.fixture
def cn(make_channel: Callable[..., Channel]) -> Channel:
    return make_channel("shop-cn", market="CN")


@pytest.fixture
def us(make_channel: Callable[..., Channel]) -> Channel:
    return make_channel("shop-us", market="US", currency="USD")


@pytest.fixture
def words(db: None) -> None:
    activation.enable("hs_words", actor="test")


def sell(channel: Channel, sku: str = "T1", **given: Any) -> Item:
    values: dict[str, Any] = {
        "supplier": SUPPLIER,
        "sku": sku,
        "titles": {"en": "Cotton T-shirt, white"},
        "price": Money(Decimal("12.50"), "EUR"),
        "quantity": 5,
    }
    return Item.objects.get(pk=publish_offer(channel, PublishRequest(**(values | given))).item)


def look() -> None:
    look_now()
    run_due(limit=50)


def row_of(item: Item, jurisdiction: str = "CN") -> Classification:
    return Classification.objects.get(item=item, jurisdiction=jurisdiction)


def code(item: Item, jurisdiction: str = "CN") -> tuple[str, str]:
    item = Item.objects.select_related("product").get(pk=item.pk)
    return tuple(code_for([item_view(item)], jurisdiction)[item.pk])


def decide(item: Item, raw: str, **given: Any) -> Classification:
    row = row_of(item)
    return confirm(row.pk, raw, **({"actor": "user:ann", "version": row.version} | given))


def test_an_item_without_a_code_is_unclassified_and_has_none_to_go_by(cn: Channel) -> None:
    item = sell(cn, titles={"zh-Hans": "神秘商品"})
    assert code(item) == ("", "unclassified")
    look()
    assert row_of(item).state == State.UNCLASSIFIED
    assert code(item) == ("", "unclassified")
    assert not Change.objects.exists()


def test_a_schedule_looks_at_what_is_on_sale(cn: Channel) -> None:
    sell(cn, hs_code="610910")
    tick()
    run_due(limit=50)
    assert Classification.objects.get().state == State.SUGGESTED


def test_hook_add_hs_candidates_suggests_with_reasons_and_never_decides(
    cn: Channel, words: None
) -> None:
    item = sell(cn)
    look()
    row = row_of(item)
    assert (row.state, row.code, row.source) == (State.SUGGESTED, "610910", "hs_words")
    assert row.confidence is not None
    assert row.confidence <= Decimal("0.4")
    assert "t-shirt" in row.reason["en"]
    assert len(set(row.reason.values())) == 3
    assert [one["code"] for one in row.candidates][:2] == ["610910", "610990"]
    assert code(item) == ("", "unclassified")
    entry = Change.objects.get()
    assert (entry.step, entry.code, entry.by) == ("suggested", "610910", "hs_words")


def test_what_is_open_is_asked_about_again_when_a_plugin_is_switched_on(cn: Channel) -> None:
    item = sell(cn)
    look()
    assert row_of(item).state == State.UNCLASSIFIED
    activation.enable("hs_words", actor="test")
    look()
    assert row_of(item).source == "hs_words"
    version = row_of(item).version
    look()
    assert row_of(item).version == version


def test_a_better_title_settles_a_doubt_and_a_look_that_finds_nothing_new_changes_nothing(
    cn: Channel,
) -> None:
    item = sell(cn, hs_code="85171300")
    look()
    assert code(item) == ("", "doubted")
    sell(cn, titles={"en": "Smartphone 128 GB"}, hs_code="85171300")
    look()
    assert row_of(item).doubt == ""
    assert code(item) == ("85171300", "stated")
    version = row_of(item).version
    sell(cn, titles={"en": "Smartphone 256 GB"}, hs_code="85171300")
    look()
    assert row_of(item).version == version


def test_a_plugin_that_breaks_costs_its_own_answer(
    cn: Channel, words: None, plugin_registry: Any
) -> None:
    class Broken:
        MANIFEST = Manifest(
            key="broken_words",
            name=Text("Broken"),
            version="1",
            api=">=1.0,<2",
            summary=Text("Breaks"),
            provides=(Capability.DUTY,),
            author="test",
            licence="Apache-2.0",
        )

        @hookimpl
        def add_hs_candidates(self, ctx: Any, item: Any) -> list[HsCandidate]:
            raise RuntimeError("no idea")

    with plugin_registry(Broken()):
        item = sell(cn)
        look()
        incidents.flush()
    assert row_of(item).source == "hs_words"
    assert Incident.objects.filter(plugin="broken_words").exists()


def test_the_suppliers_code_counts_while_nobody_decided(cn: Channel, us: Channel) -> None:
    item = sell(cn, hs_code="6109100010")
    assert code(item) == ("6109100010", "stated")
    look()
    assert (row_of(item).state, row_of(item).source) == (State.SUGGESTED, "supplier")
    assert code(item) == ("6109100010", "stated")
    assert code(item, "JP") == ("610910", "stated")


def test_a_confirmed_code_counts_and_stays_whatever_the_supplier_sends(cn: Channel) -> None:
    item = sell(cn, hs_code="61099090")
    look()
    decide(item, "6109.10 00", note="cotton")
    row = row_of(item)
    assert (row.state, row.code, row.decided_by) == (State.CONFIRMED, "61091000", "user:ann")
    assert row.decided_at is not None
    assert row.conflict == ""
    assert code(item) == ("61091000", "confirmed")
    sell(cn, hs_code="62052000")
    look()
    row = row_of(item)
    assert (row.code, row.conflict) == ("61091000", "62052000")
    assert code(item) == ("61091000", "confirmed")
    entry = Change.objects.first()
    assert entry is not None
    assert (entry.step, entry.code, entry.by) == ("contradicted", "62052000", "supplier")
    decide(item, "61091000")
    assert row_of(item).conflict == ""


def test_a_suppliers_code_that_says_the_same_is_no_contradiction(cn: Channel) -> None:
    item = sell(cn)
    look()
    decide(item, "6109100010")
    sell(cn, hs_code="61091000")
    look()
    assert row_of(item).conflict == ""
    assert row_of(item).stated == "61091000"


def test_of_two_decisions_on_one_sight_the_second_is_told_who_was_first(cn: Channel) -> None:
    item = sell(cn)
    look()
    seen = row_of(item).version
    decide(item, "610910", version=seen)
    with pytest.raises(DecisionRefused) as caught:
        decide(item, "610990", actor="user:bob", version=seen)
    assert caught.value.code == "decided_meanwhile"
    assert "610910" in caught.value.text.en
    assert "user:ann" in caught.value.text.zh_hans
    assert code(item) == ("610910", "confirmed")
    assert Change.objects.filter(step="confirmed").count() == 1
    decide(item, "610990", actor="user:bob")
    assert code(item) == ("610990", "confirmed")


@pytest.mark.parametrize("raw", ["", "abc", "61091", "610910000", "610910" * 9])
def test_a_code_that_cannot_be_is_refused_and_nothing_changes(cn: Channel, raw: str) -> None:
    item = sell(cn)
    look()
    with pytest.raises(DecisionRefused, match="6, 8, 10, 13 digits"):
        decide(item, raw)
    assert row_of(item).state == State.UNCLASSIFIED
    assert not AuditEntry.objects.filter(action__startswith="classification").exists()


@pytest.mark.parametrize("raw", ["85171300", "610919"])
def test_a_code_that_looks_wrong_is_held_until_a_person_insists(cn: Channel, raw: str) -> None:
    item = sell(cn)
    look()
    with pytest.raises(DecisionRefused) as caught:
        decide(item, raw)
    assert caught.value.code == "doubtful"
    assert row_of(item).state == State.UNCLASSIFIED
    decide(item, raw, deliberate=True, note="a phone in a shirt's box")
    assert code(item) == (raw, "confirmed")
    entry = Change.objects.get()
    assert entry.deliberate
    assert entry.doubt
    assert AuditEntry.objects.get(action="classification.confirmed").data["deliberate"] is True


def test_a_suppliers_code_of_another_chapter_is_not_gone_by(cn: Channel) -> None:
    item = sell(cn, hs_code="85171300")
    look()
    assert row_of(item).doubt == "chapter"
    assert code(item) == ("", "doubted")
    decide(item, "85171300", deliberate=True)
    assert code(item) == ("85171300", "confirmed")


def test_a_rejected_code_gives_way_to_the_next_suggestion(cn: Channel, words: None) -> None:
    item = sell(cn, hs_code="61099000")
    look()
    row = reject(row_of(item).pk, "61099000", actor="user:ann", version=row_of(item).version)
    assert (row.state, row.code, row.source) == (State.SUGGESTED, "610910", "hs_words")
    assert code(item) == ("", "rejected")
    look()
    assert row_of(item).code == "610910"
    sell(cn, hs_code="61091000")
    look()
    assert code(item) == ("61091000", "stated")
    assert row_of(item).code == "61091000"


def test_a_confirmed_code_that_is_rejected_is_confirmed_no_more(cn: Channel) -> None:
    item = sell(cn)
    look()
    decide(item, "610910")
    row = reject(row_of(item).pk, "610910", actor="user:bob", version=row_of(item).version)
    assert (row.state, row.code) == (State.UNCLASSIFIED, "")
    decide(item, "610910")
    assert row_of(item).rejected == []


def test_ruling_six_digits_out_rules_out_what_begins_with_them(cn: Channel, words: None) -> None:
    item = sell(cn, hs_code="6109100010")
    look()
    row = reject(row_of(item).pk, "610910", actor="user:ann", version=row_of(item).version)
    assert (row.code, row.source) == ("610990", "hs_words")
    assert code(item) == ("", "rejected")
    decide(item, "61091000")
    assert row_of(item).rejected == []
    assert code(item) == ("61091000", "confirmed")
    row = reject(row_of(item).pk, "610910", actor="user:ann", version=row_of(item).version)
    assert (row.state, row.code) == ("suggested", "610990")


def test_rejecting_the_contradicting_code_keeps_the_confirmed_one(cn: Channel) -> None:
    item = sell(cn)
    look()
    decide(item, "610910")
    sell(cn, hs_code="610990")
    look()
    row = reject(row_of(item).pk, "610990", actor="user:bob", version=row_of(item).version)
    assert (row.state, row.code, row.conflict) == (State.CONFIRMED, "610910", "")
    assert row.decided_by == "user:ann"


def test_a_code_confirmed_in_one_destination_is_suggested_in_the_others(
    cn: Channel, us: Channel
) -> None:
    item = sell(cn)
    sell(us)
    look()
    assert Classification.objects.count() == 2
    decide(item, "61091000")
    assert code(item, "US") == ("", "unclassified")
    look()
    other = row_of(item, "US")
    assert (other.state, other.code, other.source) == (State.SUGGESTED, "610910", "elsewhere")
    assert "CN" in other.reason["en"]


def test_the_history_can_only_grow_and_outlives_the_item(cn: Channel) -> None:
    item = sell(cn)
    look()
    decide(item, "610910")
    for change in (lambda rows: rows.update(code="1"), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change(Change.objects.all())
    known = item.pk
    item.delete()
    assert not Classification.objects.exists()
    assert Change.objects.get().item == known


def test_a_confirmation_without_a_person_cannot_be_stored(cn: Channel) -> None:
    item = sell(cn)
    look()
    with pytest.raises(IntegrityError), transaction.atomic():
        Classification.objects.filter(item=item).update(state="confirmed", code="610910")
    with pytest.raises(IntegrityError), transaction.atomic():
        Classification.objects.filter(item=item).update(code="610910")


def test_suggestions_alike_are_confirmed_together_but_not_what_came_later(
    cn: Channel, words: None
) -> None:
    for number in range(5):
        sell(cn, sku=f"T{number}")
    sell(cn, sku="D1", titles={"en": "Smartphone"}, hs_code="610910")
    look()
    seen = now()
    late = sell(cn, sku="T9")
    look()
    decided = row_of(Item.objects.get(sku="T1"))
    confirm(decided.pk, "610990", actor="user:bob", version=decided.version)
    done = confirm_alike("CN", "610910", "hs_words", seen=seen, actor="user:ann", note="shirts")
    assert done == 4
    assert row_of(late).state == State.SUGGESTED
    assert row_of(Item.objects.get(sku="T1")).code == "610990"
    assert row_of(Item.objects.get(sku="T2")).decided_by == "user:ann"
    assert Change.objects.filter(step="confirmed", by="user:ann", note="shirts").count() == 4
    entry = AuditEntry.objects.get(action="classification.confirmed_alike")
    assert entry.data == {"rows": 4, "source": "hs_words"}
    assert confirm_alike("CN", "610910", "supplier", seen=now(), actor="user:ann") == 0
    again = confirm_alike("CN", "610910", "hs_words", seen=seen, actor="user:ann")
    assert again == 0


def test_a_basket_costs_one_query_and_every_item_has_an_answer(cn: Channel) -> None:
    items = [sell(cn, sku=f"T{number}", hs_code="610910") for number in range(6)]
    look()
    decide(items[0], "61091000")
    views = [item_view(Item.objects.select_related("product").get(pk=one.pk)) for one in items]
    with CaptureQueriesContext(
        connection,
    ) as seen:
        found = code_for(views, "CN")
    assert len(seen) == 1
    assert [found[view.ref].state for view in views] == ["confirmed", *["stated"] * 5]
    assert code_for([], "CN") == {}


def own(seen: CaptureQueriesContext) -> int:
    return sum("classification" in one["sql"] for one in seen)


def test_many_items_are_looked_at_in_few_queries(cn: Channel) -> None:
    for number in range(20):
        sell(cn, sku=f"T{number}", hs_code="610910")
    look()
    Classification.objects.all().delete()
    with CaptureQueriesContext(connection) as few:
        look()
    Classification.objects.all().delete()
    for number in range(20, 60):
        sell(cn, sku=f"T{number}", hs_code="610910")
    run_due(limit=500)
    with CaptureQueriesContext(connection) as many:
        look()
    assert Classification.objects.count() == 60
    # SQLite splits an insert of many rows; nothing else may grow with their number.
    assert own(many) <= own(few) + 2


def test_an_item_that_is_gone_says_so(cn: Channel) -> None:
    with pytest.raises(DecisionRefused) as caught:
        confirm(new_id(), "610910", actor="user:ann", version=1)
    assert caught.value.code == "gone"
