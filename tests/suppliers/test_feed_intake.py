"""What becomes of a pushed file, through the real jobs and plug-ins."""

from __future__ import annotations

import gzip
from decimal import Decimal
from pathlib import Path

import pytest

from core.jobs.services import run_due
from suppliers.models import Feed, StagedOffer, Supplier
from suppliers.services import Push, cancel_feed, confirm_feed, create_supplier, receive_feed
from tests.suppliers.conftest import Pushed, codes, row, whole_report

pytestmark = pytest.mark.django_db
State = StagedOffer.State


def test_rows_become_offers_and_the_same_file_changes_nothing(push: Pushed) -> None:
    first = push([row("A1"), row("A2", price="1.5")])
    assert (first.status, first.summary["created"]) == ("done", 2)
    stamps = list(StagedOffer.objects.values_list("updated_at", flat=True))
    again = push([row("A1"), row("A2", price="1.5")])
    assert again.status == "unchanged"
    assert again.summary["rows_read"] == 0
    assert list(StagedOffer.objects.values_list("updated_at", flat=True)) == stamps


def test_only_changed_rows_are_written(push: Pushed) -> None:
    push([row("A1"), row("A2"), row("A3")])
    before = StagedOffer.objects.get(sku="A1").updated_at
    feed = push([row("A1"), row("A2", price="13.00"), row("A3")])
    assert (feed.summary["updated"], feed.summary["unchanged"]) == (1, 2)
    assert StagedOffer.objects.get(sku="A1").updated_at == before
    assert StagedOffer.objects.get(sku="A2").price.amount == Decimal("13")


def test_respelt_row_is_unchanged(push: Pushed) -> None:
    push([row("A1")])
    feed = push([row("A1", title="  Serum   A1 ")])
    assert feed.summary["unchanged"] == 1


def test_first_of_two_rows_with_one_sku_is_kept(push: Pushed) -> None:
    feed = push([row("A1", price="1"), row("A1", price="2")])
    assert (feed.summary["created"], feed.summary["duplicates"]) == (1, 1)
    assert StagedOffer.objects.get().price.amount == 1
    issue = feed.issues.get(code="SKU_DUPLICATE_IN_FEED")
    assert (issue.row, issue.expected) == (2, "1")


def test_rejected_row_keeps_the_last_good_values_and_counts_as_seen(push: Pushed) -> None:
    push([row("A1"), row("A2")])
    feed = push([row("A1", price="0"), row("A2", title="New")])
    assert feed.status == "done_with_errors"
    assert (feed.summary["rejected"], feed.summary["soft_deleted"]) == (1, 0)
    kept = StagedOffer.objects.get(sku="A1")
    assert (kept.state, kept.price.amount) == (State.ACTIVE, Decimal("12.90"))


def test_vanished_offers_go_missing_then_archived_then_come_back(push: Pushed) -> None:
    everything = [row(f"A{n}") for n in range(40)]
    push(everything)
    feed = push(everything[:39])
    assert (feed.summary["vanished"], feed.summary["soft_deleted"]) == (1, 1)
    assert StagedOffer.objects.get(sku="A39").state == State.MISSING
    push([*everything[:38], row("A38", title="Other")])
    assert StagedOffer.objects.get(sku="A39").state == State.ARCHIVED
    identity = StagedOffer.objects.get(sku="A39").pk
    back = push([*everything[:39], row("A39", title="Back")])
    assert back.summary["reactivated"] == 1
    assert StagedOffer.objects.get(sku="A39").pk == identity


def test_nine_in_a_hundred_vanish_but_eleven_are_held(push: Pushed) -> None:
    everything = [row(f"A{n}") for n in range(300)]
    push(everything)
    held = push(everything[:267])
    assert (held.status, held.held["code"]) == ("held", "FEED_DROP_HELD")
    assert StagedOffer.objects.filter(state=State.ACTIVE).count() == 300
    applied = push([*everything[:273], row("B1")])
    assert applied.status == "done"
    assert applied.summary["soft_deleted"] == 27


def test_held_feed_can_be_confirmed(push: Pushed) -> None:
    push([row(f"A{n}") for n in range(60)])
    held = push([row(f"A{n}") for n in range(35)])
    assert held.status == "held"
    confirm_feed(held, actor="test")
    run_due()
    held.refresh_from_db()
    assert held.status == "done"
    assert StagedOffer.objects.filter(state=State.MISSING).count() == 25
    assert held.summary["balance_ok"]


def test_held_feed_can_be_cancelled_and_keeps_its_rows(push: Pushed) -> None:
    push([row(f"A{n}") for n in range(60)])
    held = push([*[row(f"A{n}") for n in range(35)], row("NEW")])
    cancel_feed(held, actor="test")
    assert StagedOffer.objects.filter(state=State.ACTIVE).count() == 61


def test_empty_full_feed_never_deletes(push: Pushed) -> None:
    push([row("A1")])
    for content in ("[]", "sku,title,price\n"):
        feed = push(content)
        assert "DATA_EMPTY" in codes(feed)
        assert feed.status == "held"
    assert StagedOffer.objects.get().state == State.ACTIVE


def test_delta_takes_nothing_down(push: Pushed) -> None:
    push([row("A1"), row("A2")])
    feed = push([row("A1", price="13")], type="delta")
    assert feed.summary["vanished"] == 0
    assert StagedOffer.objects.filter(state=State.ACTIVE).count() == 2


def test_explicit_delete_archives_and_is_counted(push: Pushed) -> None:
    push([row("A1"), row("A2")])
    feed = push([row("A1", deleted=True)], type="delta")
    assert feed.summary["explicit_deletes"] == 1
    assert feed.summary["balance_ok"]
    assert StagedOffer.objects.get(sku="A1").state == State.ARCHIVED


def test_scopes_and_suppliers_do_not_touch_each_other(push: Pushed) -> None:
    other = create_supplier("Other").supplier
    push([row("A1", price="1")])
    push([row("A1", price="2")], scope="second")
    push([row("A1", price="3")], owner=other)
    prices = StagedOffer.objects.order_by("price").values_list("price", flat=True)
    assert [int(price) for price in prices] == [1, 2, 3]


def test_older_sequence_is_superseded(push: Pushed) -> None:
    push([row("A1", price="2")], sequence=5)
    late = push([row("A1", price="1")], sequence=4)
    assert late.status == "superseded"
    assert "FEED_SUPERSEDED" in codes(late)
    assert StagedOffer.objects.get().price.amount == 2


def test_of_waiting_full_feeds_only_the_newest_is_applied(supplier: Supplier) -> None:
    feeds = [
        receive_feed(
            supplier,
            [f"sku,title,price,currency\nA1,T,{n},EUR\n".encode()],
            push=Push(),
            most=1 << 20,
        )
        for n in (1, 2, 3)
    ]
    run_due()
    found = [Feed.objects.get(pk=feed.pk).status for feed in feeds]
    assert found[-1] == "done"
    assert set(found) <= {"done", "superseded"}
    assert StagedOffer.objects.get().price.amount == 3


def test_dry_run_reports_and_writes_nothing(push: Pushed) -> None:
    feed = push([row("A1"), row("A2", price="x")], dry_run=True)
    assert (feed.summary["created"], feed.summary["rejected"]) == (1, 1)
    assert not StagedOffer.objects.exists()
    assert push([row("A1")]).summary["created"] == 1


def test_reject_all_refuses_the_file_for_one_faulty_row(push: Pushed) -> None:
    feed = push([row("A1"), row("A2", price="x")], error_policy="reject_all")
    assert feed.status == "rejected"
    assert "DATA_ROW_ERRORS" in codes(feed)
    assert not StagedOffer.objects.exists()


def test_price_that_triples_waits_for_a_second_feed_that_agrees(push: Pushed) -> None:
    push([row("A1", price="10")])
    held = push([row("A1", price="1000")])
    assert codes(held)["PRICE_JUMP"] == 1
    assert held.summary["skipped"] == 1
    assert StagedOffer.objects.get().price.amount == 10
    push([row("A1", price="1000"), row("A2")])
    assert StagedOffer.objects.get(sku="A1").price.amount == 1000


def test_gzip_is_read_and_a_bomb_is_refused(push: Pushed, settings: object) -> None:
    line = b"sku,title,price,currency\nA1,T,1,EUR\n"
    assert push(gzip.compress(line)).status == "done"
    settings.HAITAO_FEED_RATIO_FREE_BYTES = 1 << 20  # type: ignore[attr-defined]
    bomb = push(gzip.compress(b"0" * (8 << 20)))
    assert "DATA_BOMB_RATIO" in codes(bomb)
    assert "DATA_TRUNCATED" in codes(push(gzip.compress(line * 9999)[:-200]))


def test_report_has_the_stated_shape_and_balances(push: Pushed) -> None:
    feed = push([row("A1", gtin="4006381333932"), row("A1"), row("")])
    found = whole_report(feed)
    assert set(found) == {
        "version", "feed", "status", "fault", "summary", "by_code", "issues",
        "issues_truncated", "held", "links",
    }  # fmt: skip
    assert found["summary"]["balance_ok"] is True
    gtin = next(issue for issue in found["issues"] if issue["code"] == "GTIN_CHECK_DIGIT")
    assert (gtin["row"], gtin["line"], gtin["sku"], gtin["expected"]) == (1, 1, "A1", "1")
    assert set(gtin["message"]) == {"en", "zh-Hans", "zh-Hant"}
    assert gtin["action"] == "field_dropped"
    assert StagedOffer.objects.get().gtin == ""


def test_issues_are_counted_in_full_but_stored_up_to_the_limit(
    push: Pushed, settings: object
) -> None:
    settings.HAITAO_FEED_ISSUES = 5  # type: ignore[attr-defined]
    feed = push([*(row(f"A{n}", gtin="12") for n in range(9)), row("B", price="x")])
    assert feed.issues_truncated
    assert list(feed.issues.values_list("code", flat=True)) == ["GTIN_LENGTH"] * 4 + [
        "PRICE_FORMAT"
    ]
    assert codes(feed)["GTIN_LENGTH"] == 9


def test_real_google_feed_balances(push: Pushed, shared_dir: Path) -> None:
    content = (shared_dir / "feeds" / "gmc_rss_cs_importpc.xml").read_bytes()
    feed = push(content)
    summary = feed.summary
    assert (summary["rows_read"], summary["created"], summary["duplicates"]) == (1255, 1254, 1)
    assert (summary["rejected"], summary["balance_ok"]) == (0, True)
    assert feed.issues.get(code="SKU_DUPLICATE_IN_FEED").sku == "BC-FU-LI3560"
    assert push(content).status == "unchanged"


def test_real_cyrillic_feed_keeps_leading_zeros(push: Pushed, shared_dir: Path) -> None:
    feed = push((shared_dir / "feeds" / "gmc_rss_uk_ola.xml").read_bytes())
    assert feed.summary["created"] == 25
    assert str(StagedOffer.objects.get(sku="010").price.currency) == "RUB"


def test_truncated_feed_writes_nothing(push: Pushed, shared_dir: Path) -> None:
    content = (shared_dir / "feeds" / "gmc_rss_cs_importpc.xml").read_bytes()
    for cut in (900_000, len(content) - 3, len(content) - 20):
        feed = push(content[:cut])
        assert (feed.status, feed.fault) == ("rejected", "supplier")
        assert codes(feed) == {"DATA_TRUNCATED": 1}
    assert not StagedOffer.objects.exists()


REFUSED = {
    "bagisto_products.csv": "Bagisto",
    "bagisto_products.xlsx": "Excel",
    "bmecat2005_golden.xml": "BMEcat",
    "cxml_index.xml": "cXML",
    "rakuten_keyword_ja.csv": "",
    "shopify_export_prijsgarantie.csv": "Shopify",
    "taobao_montbell_tbtool.csv": "Taobao",
    "vendure_products.csv": "Vendure",
    "yml_yandex_ola.xml": "Yandex",
}


@pytest.mark.parametrize("name", REFUSED)
def test_formats_of_others_are_named_when_refused(
    push: Pushed, shared_dir: Path, name: str
) -> None:
    feed = push((shared_dir / "feeds" / name).read_bytes(), file_name=name)
    assert feed.status == "rejected"
    assert set(codes(feed)) <= {"DATA_DIALECT_UNKNOWN", "DATA_NOT_A_FEED"}
    assert REFUSED[name] in whole_report(feed)["issues"][0]["message"]["en"]
