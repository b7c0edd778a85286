"""What leaves the room names nobody: the page's values, plug-ins' views, events, logs."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict

import pytest

from core.jobs.models import Job, OutboxEvent
from core.logistics import queries, services
from core.logistics.models import ParcelEvent
from core.pluginapi import Status
from core.shared.text import Text

CANARIES = (
    "张伟明",
    "13812345678",
    "11010519491231002X",
    "世纪大道100号",
    "gps 31.23",
    "photo.jpg",
)
WORDS = "签收人 张伟明 13812345678 11010519491231002X 世纪大道100号 gps 31.23 https://x/photo.jpg"


@pytest.fixture
def told(make_parcel, event):
    """A parcel whose carrier told everything about its people."""
    parcel = make_parcel()
    leg = parcel.legs.get()
    services.ingest(leg, [event("out_for_delivery", "2026-11-19 10:00", text=WORDS)])
    services.ingest(leg, [event(None, "2026-11-19 11:00", text=WORDS, place="世纪大道100号")])
    parcel.refresh_from_db()
    return parcel


def assert_names_nobody(text):
    for canary in CANARIES:
        assert canary not in text


def test_the_pages_values_name_nobody(told):
    page = queries.tracking(told)
    assert_names_nobody(repr(page))
    assert page.status is Status.OUT_FOR_DELIVERY
    assert [entry.label.en for entry in page.timeline] == [
        "Reported by the carrier",
        "Out for delivery",
    ]
    assert [entry.place for entry in page.timeline] == ["", "Shanghai"]
    assert [entry.moves for entry in page.timeline] == [False, True]


def test_a_plugins_view_names_nobody(told):
    view = queries.parcel_view(told.ref)
    assert_names_nobody(repr(view))
    assert {one.text for one in view.events} == {""}
    assert view.events[0].status is Status.OUT_FOR_DELIVERY
    fields = set(asdict(view))
    assert fields == {
        "ref", "order", "status", "milestone", "origin", "destination", "legs", "events",
    }  # fmt: skip


def test_events_and_jobs_carry_ids_alone(told):
    stored = [json.dumps(row.payload) for row in OutboxEvent.objects.all()]
    stored += [json.dumps(row.payload) for row in Job.objects.all()]
    assert stored
    assert_names_nobody(" ".join(stored))


def test_the_operators_view_keeps_the_words_with_numbers_masked(told):
    text = queries.operator_events(told)[0].text
    assert "张伟明" in text
    assert "13812345678" not in text
    assert "11010519491231002X" not in text


def test_nothing_is_logged_about_people(told, caplog, event):
    with caplog.at_level(logging.DEBUG):
        services.ingest(told.legs.get(), [event("delivered_recipient", text=WORDS)])
    assert_names_nobody(caplog.text)


def test_texts_of_rows_name_nobody(told):
    shown = " ".join(f"{row} {row!r}" for row in (told, told.legs.get(), *told.events.all()))
    assert_names_nobody(shown)


def test_pages_are_found_by_an_unguessable_token_alone(told):
    assert queries.by_token(told.public_token).pk == told.pk
    assert len(told.public_token) >= 26
    for guess in (
        "",
        str(told.pk),
        told.legs.get().number,
        "x" * 10_000,
        "é",
        told.public_token[:-1],
    ):
        assert queries.by_token(guess) is None


def test_entries_keep_the_local_clock_and_how_it_is_known(make_parcel, event):
    parcel = make_parcel()
    zoneless = event("pickup_ok", at=None, local_time="2026-11-19 10:00", country="US")
    services.ingest(parcel.legs.get(), [zoneless])
    entry = queries.tracking(parcel).timeline[0]
    assert (entry.at, entry.local_time) == (None, "2026-11-19 10:00")


def test_what_a_buyer_has_to_do_is_said(make_parcel, event):
    parcel = make_parcel()
    services.ingest(parcel.legs.get(), [event("duty_due", status=Status.CUSTOMS)])
    parcel.refresh_from_db()
    page = queries.tracking(parcel)
    assert page.action == Text("Pay the duty", "请缴纳税款", "請繳納稅款")
    assert page.milestone_label.en == "Duty is due"


def test_the_timeline_is_newest_first_over_all_legs(make_parcel, event):
    parcel = make_parcel()
    second = services.add_leg(parcel, carrier="manual", number="SF1234567890123")
    services.ingest(second, [event("out_for_delivery", "2026-11-20 09:00")])
    services.ingest(parcel.legs.get(sequence=1), [event("pickup_ok", "2026-11-15 09:00")])
    entries = queries.tracking(parcel).timeline
    assert [(entry.leg, entry.carrier) for entry in entries] == [(2, "manual"), (1, "s10")]
    assert ParcelEvent.objects.count() == 2
