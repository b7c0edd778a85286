"""Intake under concurrency, on a server database."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from core.jobs.models import OutboxEvent
from core.logistics import intake, services
from core.logistics.models import Leg, Parcel, ParcelEvent
from core.logistics.progress import standing
from core.logistics.types import AddParcel
from core.pluginapi import Status, TimeConfidence, TrackingEvent
from core.shared.localtime import place_time

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.drill,
    pytest.mark.django_db(transaction=True),
]
THREADS = 8
MILESTONES = (
    "label_created",
    "pickup_ok",
    "linehaul_departed",
    "import_presented",
    "import_released",
    "dest_hub_in",
    "out_for_delivery",
    "delivered_recipient",
)


def report(number: int) -> TrackingEvent:
    time = f"2026-11-{10 + number:02} 10:00"
    return TrackingEvent(
        status=Status.UNKNOWN,
        milestone=MILESTONES[number],
        code=f"C{number}",
        text="",
        local_time=time,
        at=place_time(time, country="CN").at,
        confidence=TimeConfidence.ZONE_FROM_LOCATION,
        country="CN",
    )


def in_threads(work):
    gate = threading.Barrier(THREADS)

    def run(number):
        try:
            gate.wait(timeout=20)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


@pytest.fixture
def leg():
    request = AddParcel(
        order=None, channel="", origin="JP", destination="CN", gross_grams=1,
        carrier="s10", number="RR123456785JP",
    )  # fmt: skip
    return services.add_parcel(request).legs.get()


def test_one_report_in_eight_threads_is_one_event(leg):
    results = in_threads(lambda _number: [services.ingest(leg, [report(1)]) for _ in range(10)])
    assert sum(len(result.new) for each in results for result in each) == 1
    assert ParcelEvent.objects.count() == 1
    assert OutboxEvent.objects.filter(kind="parcel.event").count() == 1


def test_different_reports_in_eight_threads_end_where_all_of_them_lead(leg):
    in_threads(lambda number: services.ingest(leg, [report(number)]))
    parcel = Parcel.objects.get()
    assert ParcelEvent.objects.count() == THREADS
    assert (parcel.status, parcel.milestone) == ("delivered", "delivered_recipient")
    assert OutboxEvent.objects.filter(kind="parcel.event").count() == THREADS


def test_without_the_lock_the_last_writer_forgets_what_others_stored(leg, monkeypatch):
    """The negative control: it is the lock that makes the test above true."""
    read, delivered = threading.Barrier(THREADS), threading.Event()

    def slow(events, **known):
        result = standing(events, **known)
        read.wait(timeout=20)  # each has seen its own event alone
        if result.status is not Status.DELIVERED:
            delivered.wait(timeout=20)
        return result

    def work(number):
        services.ingest(leg, [report(number)])
        if number == THREADS - 1:
            delivered.set()

    monkeypatch.setattr(intake, "_lock", lambda parcel_id: None)
    monkeypatch.setattr(intake, "standing", slow)
    in_threads(work)
    assert ParcelEvent.objects.count() == THREADS
    assert Parcel.objects.get().status != "delivered"


def test_eight_requests_for_one_number_add_one_parcel():
    order = uuid.uuid4()
    request = AddParcel(
        order=order, channel="", origin="JP", destination="CN", gross_grams=1,
        carrier="s10", number="RR123456785JP",
    )  # fmt: skip
    found = in_threads(lambda _number: services.add_parcel(request).pk)
    assert len(set(found)) == 1
    assert (Parcel.objects.count(), Leg.objects.count()) == (1, 1)


def test_eight_hand_overs_are_eight_legs_in_a_row(leg):
    parcel = leg.parcel
    in_threads(lambda n: services.add_leg(parcel, carrier="manual", number=f"NEXT{n:04}"))
    sequences = list(Leg.objects.order_by("sequence").values_list("sequence", flat=True))
    assert sequences == list(range(1, THREADS + 2))
