"""The posts: EMSEVT codes, arrival, notes; each hook through the kernel."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
import time_machine

from core.kernel import activation, hooks, providers
from core.logistics import milestones, queries, services
from core.pluginapi import CarrierHint, RawEvent, Status, TimeConfidence
from plugins.carrier_s10 import codes, numbers

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
MAPPING = """
EMA picked_up/pickup_ok
EMB in_transit/origin_hub_in
EXA customs/export_presented
EXB customs/export_held
EXC in_transit/export_released
EXD in_transit/origin_hub_in
EXX cancelled/cancelled
EMC in_transit/linehaul_departed
EMJ in_transit/transit_country_in
EMK in_transit/transit_country_out
EMD in_transit/linehaul_arrived
EDA customs/import_held
EDB customs/import_presented
EME customs/import_held
EDC in_transit/import_released
EMF in_transit/handed_to_last_mile
EDD in_transit/dest_hub_in
EDE in_transit/dest_hub_out
EMG in_transit/delivery_office
EDF in_transit/delivery_office
EDG out_for_delivery/out_for_delivery
EDH available_for_pickup/pickup_point_in
EMH delivery_failed/attempt_failed
EMI delivered/delivered_recipient
EDX exception/import_refused
"""


def test_every_code_means_exactly_what_the_mapping_says():
    said = {code: f"{m.status.value}/{m.milestone}" for code, m in codes.CODES.items()}
    assert said == dict(line.split() for line in MAPPING.strip().splitlines())


def test_every_code_agrees_with_the_platforms_milestones():
    for code, meaning in codes.CODES.items():
        assert milestones.status_of(meaning.milestone) is meaning.status, code


def test_hook_register_carriers_hands_over_the_posts(channel):
    given = {one.key: one for one in providers.carriers(channel.ref)}
    assert given["s10"].plugin == "carrier_s10"
    raw = RawEvent(" ema ", "引受", "2026-11-20 10:00", country="jp", place="Tokyo")
    event = providers.carrier_normalise(channel.ref, "s10", raw=raw)
    assert (event.status, event.milestone) == (Status.PICKED_UP, "pickup_ok")
    assert event.at == datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    assert (event.confidence, event.country) == (TimeConfidence.ZONE_FROM_LOCATION, "JP")
    assert (event.text, event.local_time) == ("引受", "2026-11-20 10:00")


@pytest.mark.parametrize("code", ["", "EMX", "ZZZ", "EM", "EMAA", "\x00", "EMA" * 1000])
def test_an_unknown_code_is_never_guessed(code):
    event = codes.normalise(RawEvent(code, "Delivered", "2026-11-20 10:00"))
    assert (event.status, event.milestone) == (Status.UNKNOWN, None)


def test_hook_add_carrier_guesses_names_service_and_country(channel):
    answers = hooks.add_carrier_guesses(channel.ref, number="EE123456785CN", hint=CarrierHint())
    assert [(one.plugin, one.value.carrier) for one in answers] == [("carrier_s10", "s10")]
    assert "EMS" in answers[0].value.reason.en
    for number in ("EE123456780CN", "AA123456785CN", "EE123456785YP", "123"):
        assert hooks.add_carrier_guesses(channel.ref, number=number, hint=CarrierHint()) == []


@time_machine.travel(NOW, tick=False)
def test_hook_offer_eta_counts_from_the_first_scan_by_service_and_region(s10, make_parcel, event):
    parcel = make_parcel(number=s10("EE", "12345678", "JP"))
    services.ingest(parcel.legs.get(), [event("pickup_ok", "2026-11-20 10:00", country="JP")])
    parcel.refresh_from_db()
    eta = queries.eta(parcel)
    assert (eta.earliest, eta.latest) == (date(2026, 11, 23), date(2026, 11, 28))
    assert "EMS" in eta.basis.en
    assert "JP → CN" in eta.basis.zh_hans
    far = make_parcel(number=s10("CP", "12345678", "DE"), origin="DE")
    eta = queries.eta(far)
    assert (eta.earliest, eta.latest) == (date(2026, 12, 4), date(2027, 1, 1))


@time_machine.travel(NOW, tick=False)
def test_arrival_is_nearer_after_clearance_and_never_in_the_past(make_parcel, event):
    parcel = make_parcel()
    leg = parcel.legs.get()
    services.ingest(leg, [event("import_released", "2026-11-10 10:00")])
    parcel.refresh_from_db()
    eta = queries.eta(parcel)
    assert (eta.earliest, eta.latest) == (date(2026, 11, 22), date(2026, 11, 22))
    services.ingest(leg, [event("out_for_delivery", "2026-11-22 09:00")])
    parcel.refresh_from_db()
    assert queries.eta(parcel).latest == date(2026, 11, 24)


@pytest.mark.parametrize("milestone", ["delivered_recipient", "return_started", "damaged", "lost"])
def test_no_arrival_is_promised_for_what_will_not_arrive(make_parcel, event, milestone):
    parcel = make_parcel()
    services.ingest(parcel.legs.get(), [event(milestone, "2026-11-20 10:00")])
    parcel.refresh_from_db()
    assert queries.eta(parcel) is None


def test_hook_add_tracking_notes_explains_silence_customs_and_holds(s10, make_parcel, event):
    parcel = make_parcel()
    leg = parcel.legs.get()

    def codes_now():
        parcel.refresh_from_db()
        return [note.code for note in queries.notes(parcel)]

    assert codes_now() == ["s10_no_scan"]
    services.ingest(leg, [event("linehaul_departed", "2026-11-18 10:00")])
    assert codes_now() == ["s10_in_the_air"]
    services.ingest(leg, [event("import_presented", "2026-11-19 10:00")])
    assert codes_now() == ["s10_customs"]
    services.ingest(leg, [event("import_held", "2026-11-20 10:00")])
    assert codes_now() == ["s10_held"]
    assert all(note.message.zh_hans and note.message.zh_hant for note in queries.notes(parcel))
    letter = make_parcel(number=s10("UA", "12345678", "JP"))
    assert "s10_untracked" in [note.code for note in queries.notes(letter)]


def test_parcels_of_other_carriers_are_not_spoken_for(make_parcel):
    parcel = make_parcel(carrier="manual", number="SF1234567890123")
    assert queries.eta(parcel) is None
    assert queries.notes(parcel) == ()


def test_a_switched_off_plugin_says_nothing(make_parcel, channel):
    parcel = make_parcel()
    assert queries.eta(parcel)
    activation.disable("carrier_s10", channel, actor="test")
    assert queries.eta(parcel) is None
    assert queries.notes(parcel) == ()


def test_the_example_of_the_format_is_right():
    assert numbers.is_s10(numbers.FORMAT.example)
    assert re.fullmatch(numbers.FORMAT.pattern, numbers.FORMAT.example)
    assert len(numbers.COUNTRIES) == 249
