"""What plug-ins may do to parcels, and what the background does for them."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from core.jobs import enqueue, run_due
from core.jobs.models import Job
from core.kernel import activation
from core.logistics import polling, queries, services, tasks, verbs
from core.logistics.models import Parcel
from core.pluginapi import (
    Context,
    InvalidInput,
    OrderRef,
    ParcelRef,
    RawEvent,
    RawTrack,
    Setup,
    Status,
    Text,
    TimeConfidence,
    TrackingEvent,
    Unavailable,
    hookimpl,
)
from core.shared.clock import now
from core.testing.plugins import manifest


class Asked:
    """A carrier that can be asked; ``answers`` are its tracks, or what it raises."""

    key = "asked"
    title = Text("Asked")
    hub = False
    formats = ()
    answers: list = []
    questions: list = []

    def normalise(self, raw: RawEvent) -> TrackingEvent:
        if raw.code == "BAD":
            raise ValueError("13812345678")
        known = raw.code == "DONE"
        return TrackingEvent(
            status=Status.DELIVERED if known else Status.UNKNOWN,
            milestone="delivered_recipient" if known else None,
            code=raw.code,
            text=raw.text,
            local_time=raw.at,
            at=None,
            confidence=TimeConfidence.NONE,
        )

    def track(self, ctx: Context, numbers):
        type(self).questions.append(tuple(numbers))
        for answer in type(self).answers:
            if isinstance(answer, Exception):
                raise answer
            yield answer


class AskedPlugin:
    MANIFEST = manifest("asked_plugin")

    @hookimpl
    def register_carriers(self, setup: Setup):
        return [Asked()]


class Listener:
    """Hears of events; fails as often as it is told to."""

    MANIFEST = manifest("listener")
    heard: list = []
    failures = 0

    @hookimpl
    def on_parcel_event(self, ctx: Context, parcel, event) -> None:
        if Listener.failures:
            Listener.failures -= 1
            raise Unavailable("later")
        Listener.heard.append((parcel.status, event.milestone, event.text))


@pytest.fixture
def asked(plugin_registry, channel):
    Asked.answers, Asked.questions = [], []
    with plugin_registry(AskedPlugin()):
        yield


def test_the_verb_adds_a_parcel_to_the_channels_market_once(channel):
    order = OrderRef(uuid.uuid4())
    given = {"carrier": "s10", "number": "RR123456785JP", "gross_grams": 400}
    ref = verbs.add_parcel("some", channel.ref, order, **given)
    assert verbs.add_parcel("some", channel.ref, order, **given) == ref
    view = queries.parcel_view(ref)
    assert (view.destination, view.order, view.legs[0].number) == ("CN", order, "RR123456785JP")


def test_the_verb_refuses_personal_numbers_and_the_platform(channel):
    given = {"carrier": "s10", "gross_grams": 1}
    with pytest.raises(InvalidInput) as caught:
        verbs.add_parcel("p", channel.ref, OrderRef(uuid.uuid4()), number="13812345678", **given)
    assert caught.value.code == "personal_number"
    with pytest.raises(InvalidInput):
        verbs.add_parcel("p", None, OrderRef(uuid.uuid4()), number="RR123456785JP", **given)
    assert not Parcel.objects.exists()


def test_the_verb_adds_an_event_once_in_its_own_channel(make_parcel, make_channel, event, channel):
    parcel = make_parcel()
    assert verbs.add_tracking_event("p", channel.ref, parcel.ref, event())
    assert not verbs.add_tracking_event("p", channel.ref, parcel.ref, event())
    assert parcel.events.get().source == "plugin:p"
    other = make_channel("other-cn")
    for place in (other.ref, None):
        with pytest.raises(InvalidInput) as caught:
            verbs.add_tracking_event("p", place, parcel.ref, event())
        assert caught.value.code == "parcel_unknown"
    with pytest.raises(InvalidInput):
        verbs.add_tracking_event("p", channel.ref, ParcelRef(uuid.uuid4()), event())


def test_each_listener_hears_of_each_event_and_is_retried_alone(
    make_parcel, event, plugin_registry
):
    Listener.heard, Listener.failures = [], 1
    leg = make_parcel().legs.get()
    with plugin_registry(Listener()):
        services.ingest(leg, [event("pickup_ok", text="words of the carrier")])
        run_due()
        assert Listener.heard == []
        Job.objects.filter(kind=tasks.TELL).update(run_after=now())
        run_due()
        services.ingest(leg, [event("pickup_ok")])
        run_due()
    assert Listener.heard == [(Status.PICKED_UP, "pickup_ok", "")]


def test_due_parcels_are_asked_for_by_their_carrier(asked, make_parcel):
    parcel = make_parcel(carrier="asked", number="AB12345")
    Asked.answers = [RawTrack("AB12345", (RawEvent("DONE", "", "2026-11-20 10:00"),))]
    enqueue(tasks.POLL, {})
    run_due()
    parcel.refresh_from_db()
    assert parcel.state is Status.DELIVERED
    assert Asked.questions == [("AB12345",)]
    Parcel.objects.update(next_poll_at=now())
    assert polling.poll_due() == 0  # nobody asks for what was delivered


def test_one_event_that_cannot_be_translated_costs_itself_alone(asked, make_parcel, caplog):
    parcel = make_parcel(carrier="asked", number="AB12345")
    raws = tuple(
        RawEvent(code, "", f"2026-11-20 1{n}:00") for n, code in enumerate(("BAD", "DONE"))
    )
    Asked.answers = [RawTrack("AB12345", raws)]
    polling.poll_due()
    parcel.refresh_from_db()
    assert parcel.state is Status.DELIVERED
    assert parcel.events.count() == 1
    assert "13812345678" not in caplog.text


def test_tracks_of_other_numbers_are_left_alone(asked, make_parcel):
    parcel = make_parcel(carrier="asked", number="AB12345")
    Asked.answers = [RawTrack("AB99999", (RawEvent("DONE", "", "2026-11-20 10:00"),))]
    polling.poll_due()
    assert parcel.events.count() == 0


def test_a_hand_over_number_becomes_the_next_leg_and_circles_end(asked, make_parcel):
    parcel = make_parcel(carrier="asked", number="AB12345")
    Asked.answers = [RawTrack("AB12345", (), next_number="cd-67890", next_carrier="asked")]
    polling.poll_due()
    assert [leg.number for leg in parcel.legs.all()] == ["AB12345", "CD67890"]
    Asked.answers = [RawTrack("CD67890", (), next_number="AB12345", next_carrier="asked")]
    polling.poll_due()
    assert parcel.legs.count() == 2


def test_a_personal_number_as_hand_over_number_is_not_stored(asked, make_parcel, caplog):
    parcel = make_parcel(carrier="asked", number="AB12345")
    Asked.answers = [RawTrack("AB12345", (), next_number="13812345678", next_carrier="asked")]
    polling.poll_due()
    assert parcel.legs.count() == 1
    assert "13812345678" not in caplog.text


def test_a_carrier_that_does_not_answer_is_asked_less_and_less(asked, make_parcel):
    parcel = make_parcel(carrier="asked", number="AB12345")
    Asked.answers = [Unavailable("down")]
    polling.poll_due()
    parcel.refresh_from_db()
    assert parcel.poll_failures == 1
    first = parcel.next_poll_at - now()
    assert timedelta(minutes=14) < first <= timedelta(minutes=15)
    Parcel.objects.update(next_poll_at=now())
    polling.poll_due()
    parcel.refresh_from_db()
    assert parcel.poll_failures == 2
    assert parcel.next_poll_at - now() > timedelta(minutes=28)


def test_carriers_that_cannot_be_asked_are_not_asked_and_wait(asked, make_parcel, channel):
    parcel = make_parcel(carrier="manual", number="AB12345")
    activation.disable("carrier_s10", channel, actor="test")
    assert polling.poll_due() == 0
    parcel.refresh_from_db()
    assert parcel.next_poll_at > now() + timedelta(hours=5)
