"""Intake: every event once, whatever is repeated, reworded, reordered or raced."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import replace

import pytest

from core.jobs.models import OutboxEvent
from core.logistics import intake, queries, services
from core.logistics.errors import ParcelError
from core.logistics.models import Leg, Parcel, ParcelEvent
from core.logistics.types import AddParcel
from core.pluginapi import Status

FIVE = (
    ("label_created", "2026-11-16 10:00"),
    ("pickup_ok", "2026-11-17 10:00"),
    ("import_presented", "2026-11-18 10:00"),
    ("out_for_delivery", "2026-11-19 10:00"),
    ("delivered_recipient", "2026-11-20 10:00"),
)


def news() -> int:
    return OutboxEvent.objects.filter(kind="parcel.event").count()


def test_an_event_is_stored_announced_and_moves_the_parcel(make_parcel, event):
    parcel = make_parcel()
    leg = parcel.legs.get()
    result = services.ingest(leg, [event("pickup_ok")], source="test")
    parcel.refresh_from_db()
    assert (len(result.new), result.status, result.changed) == (1, Status.PICKED_UP, True)
    assert (parcel.status, parcel.milestone) == ("picked_up", "pickup_ok")
    row = OutboxEvent.objects.get(kind="parcel.event")
    assert row.payload == {"parcel": str(parcel.pk), "event": str(result.new[0])}
    assert (row.channel, row.subject) == ("test-cn", str(parcel.pk))


@pytest.mark.parametrize(
    "again",
    [
        {},
        {"text": "别的话"},
        {"code": " x-PICKUP_OK "},
        {"place": "ＳＨＡＮＧＨＡＩ "},
        {"reason": "carrier_delay"},
        {"zone": "+08:00"},
        {"local_time": "2026/11/20 10:00:00"},
    ],
)
def test_a_report_told_again_in_other_words_is_the_same_event(make_parcel, event, again):
    leg = make_parcel().legs.get()
    services.ingest(leg, [event()])
    result = services.ingest(leg, [replace(event(), **again)])
    assert (result.new, result.known, result.changed) == ((), 1, False)
    assert (ParcelEvent.objects.count(), news()) == (1, 1)


@pytest.mark.parametrize(
    "other",
    [
        {"place": "Beijing"},
        {"code": "Y"},
        {"country": "JP"},
        {"time": "2026-11-20 10:01"},
    ],
)
def test_the_same_code_elsewhere_or_later_is_another_event(make_parcel, event, other):
    leg = make_parcel().legs.get()
    services.ingest(leg, [event()])
    assert len(services.ingest(leg, [event(**other)]).new) == 1


def test_without_a_code_the_milestone_and_else_the_words_tell_events_apart(make_parcel, event):
    leg = make_parcel().legs.get()
    first = event(code="", text="Collected")
    services.ingest(leg, [first])
    assert services.ingest(leg, [replace(first, text="已揽收")]).new == ()
    unread = event(code="", milestone=None, status=Status.UNKNOWN, text="something")
    assert len(services.ingest(leg, [unread]).new) == 1
    assert len(services.ingest(leg, [replace(unread, text="something else")]).new) == 1


def test_a_wall_clock_without_zone_identifies_as_well(make_parcel, event):
    leg = make_parcel().legs.get()
    services.ingest(leg, [event(at=None, local_time="2026-11-20 10:00")])
    assert services.ingest(leg, [event(at=None, local_time="2026年11月20日 10:00")]).new == ()
    assert len(services.ingest(leg, [event(at=None, local_time="soon")]).new) == 1


def test_ten_polls_of_a_growing_history_store_each_event_once(make_parcel, event):
    leg = make_parcel().legs.get()
    history = [event("linehaul_departed", f"2026-11-{day:02} 10:00") for day in range(10, 20)]
    for length in range(1, 11):
        services.ingest(leg, list(reversed(history[:length])))
    assert (ParcelEvent.objects.count(), news()) == (10, 10)


def test_repetitions_inside_one_report_are_one_event(make_parcel, event):
    result = services.ingest(make_parcel().legs.get(), [event()] * 50)
    assert (result.received, len(result.new), result.known) == (50, 1, 49)


def test_a_known_report_writes_nothing(make_parcel, event, django_assert_num_queries):
    leg = make_parcel().legs.get()
    services.ingest(leg, [event()])
    revision = Parcel.objects.get().revision
    with django_assert_num_queries(2):
        services.ingest(leg, [event()])
    assert Parcel.objects.get().revision == revision


def test_all_orders_of_arrival_end_alike(make_parcel, event):
    standings = set()
    for order in list(itertools.permutations(FIVE))[::7]:
        parcel = make_parcel()
        leg = parcel.legs.get()
        for milestone, time in order:
            services.ingest(leg, [event(milestone, time)])
        parcel.refresh_from_db()
        standings.add((parcel.status, parcel.milestone, parcel.status_at, parcel.conflict))
    assert len(standings) == 1
    assert next(iter(standings))[0] == "delivered"


def test_an_unknown_code_is_kept_counted_and_moves_nothing(make_parcel, event):
    parcel = make_parcel()
    leg = parcel.legs.get()
    services.ingest(leg, [event("pickup_ok")])
    services.ingest(leg, [event(None, "2026-11-21 10:00", code="ZZ", status=Status.DELIVERED)])
    parcel.refresh_from_db()
    assert parcel.state is Status.PICKED_UP
    assert ParcelEvent.objects.get(code="ZZ").status == "unknown"
    assert queries.unmapped_codes() == [("s10", "ZZ", 1)]
    assert len(queries.operator_events(parcel)) == 2


def test_a_milestone_that_nobody_knows_is_not_believed(make_parcel, event):
    parcel = make_parcel()
    services.ingest(parcel.legs.get(), [event("delivered_to_mars", status=Status.DELIVERED)])
    parcel.refresh_from_db()
    assert parcel.state is Status.PENDING


def test_the_status_comes_from_the_milestone_not_from_the_token_beside_it(make_parcel, event):
    parcel = make_parcel()
    services.ingest(parcel.legs.get(), [event("pickup_point_in", status=Status.DELIVERED)])
    parcel.refresh_from_db()
    assert parcel.state is Status.AVAILABLE_FOR_PICKUP


def test_a_hand_over_takes_back_the_delivery_of_the_first_leg(make_parcel, event):
    parcel = make_parcel()
    services.ingest(parcel.legs.get(), [event("delivered_recipient")])
    parcel.refresh_from_db()
    assert parcel.state is Status.DELIVERED
    second = services.add_leg(parcel, carrier="manual", number="SF1234567890123")
    parcel.refresh_from_db()
    assert (second.sequence, parcel.state) == (2, Status.IN_TRANSIT)
    services.ingest(second, [event("delivered_recipient", "2026-11-21 09:00")])
    parcel.refresh_from_db()
    assert parcel.state is Status.DELIVERED


def test_a_flood_of_events_is_refused_and_stores_nothing(make_parcel, event, monkeypatch):
    monkeypatch.setattr(intake, "MAX_EVENTS", 5)
    leg = make_parcel().legs.get()
    flood = [event(time=f"2026-11-20 10:{minute:02}") for minute in range(6)]
    with pytest.raises(ParcelError) as caught:
        services.ingest(leg, flood)
    assert caught.value.code == "too_many_events"
    assert not ParcelEvent.objects.exists()


def test_hostile_text_is_cut_and_cleaned(make_parcel, event):
    leg = make_parcel().legs.get()
    hostile = event(
        text="a\x00b\u202e" + "x" * 1_000_000,
        code="C" * 500,
        place="P" * 500,
        local_time="9" * 500,
        zone="Z" * 500,
        reason="R" * 500,
        country="<script>",
        action_required="<script>",
    )
    services.ingest(leg, [hostile], source="s" * 500)
    row = ParcelEvent.objects.get()
    assert len(row.text) == 500
    assert "\x00" not in row.text
    assert (row.country, row.action_required) == ("", "")


def test_personal_numbers_in_a_carriers_words_are_masked_before_they_are_stored(make_parcel, event):
    leg = make_parcel().legs.get()
    text = "派件员 电话13812345678 证件11010519491231002X"
    services.ingest(leg, [event(text=text, place="13812345678")])
    row = ParcelEvent.objects.get()
    assert "13812345678" not in row.text + row.place
    assert "11010519491231002X" not in row.text


def test_the_same_number_of_an_order_adds_one_parcel(make_parcel):
    order = uuid.uuid4()
    first = make_parcel(order=order)
    assert make_parcel(order=order, number=" rr-123 456 785jp ").pk == first.pk
    assert make_parcel(order=order, number="RR473124829JP").pk != first.pk
    assert len(queries.of_order(order)) == 2
    assert make_parcel().pk != first.pk


def test_one_hand_over_number_may_serve_several_parcels(make_parcel):
    first, second = make_parcel(), make_parcel(number="RR473124829JP")
    for parcel in (first, second):
        services.add_leg(parcel, carrier="manual", number="SF1234567890123")
    assert len(queries.legs_with("SF1234567890123")) == 2


def test_a_leg_is_added_once_and_a_circle_ends(make_parcel):
    parcel = make_parcel()
    first = services.add_leg(parcel, carrier="manual", number="AB12345")
    assert services.add_leg(parcel, carrier="manual", number="ab 12345").pk == first.pk
    for number in range(services.MAX_LEGS - 2):
        services.add_leg(parcel, carrier="manual", number=f"CHAIN{number:04}")
    with pytest.raises(ParcelError) as caught:
        services.add_leg(parcel, carrier="manual", number="CHAIN9999")
    assert caught.value.code == "too_many_legs"
    assert parcel.legs.count() == services.MAX_LEGS


def test_a_corrected_carrier_keeps_the_history(make_parcel, event):
    parcel = make_parcel()
    leg = parcel.legs.get()
    services.ingest(leg, [event()])
    services.correct_carrier(leg, "manual")
    leg.refresh_from_db()
    assert (leg.carrier, leg.events.count()) == ("manual", 1)
    other = services.add_leg(parcel, carrier="s10", number=leg.number)
    with pytest.raises(ParcelError):
        services.correct_carrier(other, "manual")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"number": "13812345678"}, "personal_number"),
        ({"number": "+86 138 1234 5678"}, "personal_number"),
        ({"number": "11010519491231002X"}, "personal_number"),
        ({"number": "110105491231002"}, "personal_number"),
        ({"number": "<script>1"}, "number_invalid"),
        ({"number": "ABCDEF"}, "number_invalid"),
        ({"number": "9" * 51}, "number_invalid"),
        ({"number": "AB1"}, "number_invalid"),
        ({"carrier": "s10; drop"}, "carrier_invalid"),
        ({"destination": "China"}, "country_invalid"),
        ({"destination": ""}, "country_invalid"),
        ({"origin": "J"}, "country_invalid"),
        ({"gross_grams": -1}, "weight_invalid"),
        ({"gross_grams": 10**9}, "weight_invalid"),
        ({"channel": "nowhere"}, "channel_unknown"),
    ],
)
def test_wrong_parcels_are_refused_and_nothing_is_stored(channel, fields, code):
    given = {
        "order": uuid.uuid4(), "channel": channel.key, "origin": "JP", "destination": "CN",
        "gross_grams": 1, "carrier": "manual", "number": "AB12345",
    }  # fmt: skip
    with pytest.raises(ParcelError) as caught:
        services.add_parcel(AddParcel(**{**given, **fields}))
    assert caught.value.code == code
    assert str(fields.get("number") or "\x00") not in str(caught.value)
    assert (Parcel.objects.count(), Leg.objects.count()) == (0, 0)


def test_a_parcel_may_wait_for_its_number(channel):
    request = AddParcel(order=None, channel=channel.key, origin="", destination="cn", gross_grams=0)
    parcel = services.add_parcel(request)
    assert (parcel.destination, parcel.legs.count()) == ("CN", 0)
    assert services.add_leg(parcel, carrier="manual", number="AB12345").sequence == 1


def test_an_intake_for_a_parcel_that_is_gone_is_refused(make_parcel, event):
    leg = make_parcel().legs.get()
    Parcel.objects.all().delete()
    with pytest.raises((ParcelError, Parcel.DoesNotExist)):
        services.ingest(leg, [event()])
