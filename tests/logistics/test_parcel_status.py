"""The status model: one test for each guard, and the same end for every order of arrival."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest

from core.logistics import milestones, statuses
from core.logistics.progress import Observed, Standing, is_plausible, moment_of, standing
from core.pluginapi import Status

START = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
RECEIVED = START + timedelta(days=30)


def seen(hours: float, milestone: str | None, *, leg: int = 1, tag: str = "") -> Observed:
    return Observed(
        identity=f"{leg}/{hours}/{milestone}/{tag}".encode(),
        leg=leg,
        milestone=milestone,
        at=START + timedelta(hours=hours),
        local_time="",
        received_at=RECEIVED,
    )


def after(
    *events: Observed, last_leg: int = 1, to_consignee: frozenset[int] = frozenset()
) -> Standing:
    return standing(events, last_leg=last_leg, to_consignee=to_consignee)


def test_a_parcel_without_events_is_pending():
    assert after() == Standing()
    assert after().status is Status.PENDING


def test_the_later_event_wins():
    result = after(seen(0, "pickup_ok"), seen(5, "linehaul_departed"), seen(9, "import_presented"))
    assert (result.status, result.milestone) == (Status.CUSTOMS, "import_presented")
    assert result.at == START + timedelta(hours=9)


@pytest.mark.parametrize(
    ("status", "rank", "terminal"),
    [
        (Status.PENDING, 0, False),
        (Status.EXPIRED, 5, False),
        (Status.INFO_RECEIVED, 10, False),
        (Status.PICKED_UP, 20, False),
        (Status.IN_TRANSIT, 30, False),
        (Status.CUSTOMS, 40, False),
        (Status.OUT_FOR_DELIVERY, 60, False),
        (Status.DELIVERY_FAILED, 62, False),
        (Status.AVAILABLE_FOR_PICKUP, 65, False),
        (Status.EXCEPTION, 68, False),
        (Status.RETURNING, 70, False),
        (Status.DELIVERED, 90, True),
        (Status.RETURNED, 91, True),
        (Status.CANCELLED, 92, True),
    ],
)
def test_ranks_and_ends_are_those_of_the_model(status, rank, terminal):
    assert statuses.rank(status) == rank
    assert statuses.STATUSES[status].terminal is terminal


def test_rank_decides_between_events_of_one_instant():
    assert after(seen(1, "import_presented"), seen(1, "linehaul_arrived")).status is Status.CUSTOMS
    assert after(seen(1, "out_for_delivery"), seen(1, "dest_hub_in")).status is (
        Status.OUT_FOR_DELIVERY
    )


@pytest.mark.parametrize("late", [8, 9])
def test_an_older_or_equal_event_never_undoes_an_end(late):
    result = after(seen(9, "delivered_recipient"), seen(late, "delivery_office"))
    assert result.status is Status.DELIVERED


@pytest.mark.parametrize(
    "milestone", ["duty_paid", "import_released", "dest_hub_in", "out_for_delivery", "pickup_ok"]
)
def test_a_newer_settlement_or_scan_after_delivery_moves_nothing(milestone):
    result = after(seen(9, "delivered_recipient"), seen(50, milestone))
    assert (result.status, result.milestone) == (Status.DELIVERED, "delivered_recipient")


@pytest.mark.parametrize(
    ("milestone", "status"),
    [
        ("return_started", Status.RETURNING),
        ("damaged", Status.EXCEPTION),
        ("lost", Status.EXCEPTION),
        ("label_created", Status.INFO_RECEIVED),
        ("order_created", Status.INFO_RECEIVED),
    ],
)
def test_only_a_return_a_claim_or_a_new_label_moves_an_ended_parcel(milestone, status):
    assert after(seen(9, "delivered_recipient"), seen(50, milestone)).status is status


@pytest.mark.parametrize("ending", ["lost", "destroyed", "seized"])
def test_a_lost_destroyed_or_seized_parcel_has_ended(ending):
    result = after(seen(9, ending), seen(50, "dest_hub_in"))
    assert (result.status, result.milestone) == (Status.EXCEPTION, ending)
    assert result.ended


@pytest.mark.parametrize("advanced", ["linehaul_departed", "import_presented", "out_for_delivery"])
@pytest.mark.parametrize("early", ["pickup_ok", "label_created", "order_created", "bonded_picked"])
def test_an_early_stage_never_follows_a_later_one(advanced, early):
    result = after(seen(1, advanced), seen(2, early))
    assert result.milestone == advanced


def test_a_new_label_after_a_problem_begins_a_new_cycle():
    result = after(seen(1, "linehaul_departed"), seen(2, "damaged"), seen(3, "label_created"))
    assert result.status is Status.INFO_RECEIVED
    again = after(
        seen(1, "linehaul_departed"),
        seen(2, "damaged"),
        seen(3, "label_created"),
        seen(4, "pickup_ok"),
    )
    assert again.status is Status.PICKED_UP


def test_customs_may_come_before_pick_up():
    result = after(
        seen(1, "import_declared"), seen(2, "import_released"), seen(3, "bonded_picked"),
        seen(4, "pickup_ok"), seen(5, "dest_hub_in"), seen(6, "delivered_recipient"),
    )  # fmt: skip
    assert result.status is Status.DELIVERED
    assert after(seen(1, "import_declared")).status is Status.CUSTOMS


def test_a_station_that_signs_is_not_delivery():
    result = after(seen(1, "out_for_delivery"), seen(2, "pickup_point_in"))
    assert result.status is Status.AVAILABLE_FOR_PICKUP
    assert result.action_required == "buyer_collect"
    assert after(seen(2, "pickup_point_in"), seen(3, "collected")).status is Status.DELIVERED


def test_delivered_on_a_leg_that_another_follows_is_a_hand_over():
    events = (seen(1, "linehaul_arrived"), seen(2, "delivered_recipient"))
    assert after(*events, last_leg=1).status is Status.DELIVERED
    result = after(*events, last_leg=2)
    assert result.status is Status.IN_TRANSIT
    assert after(*events, last_leg=2, to_consignee=frozenset({1})).status is Status.DELIVERED
    later = after(*events, seen(5, "delivered_other", leg=2), last_leg=2)
    assert later.status is Status.DELIVERED


def test_the_end_of_an_earlier_leg_does_not_take_back_the_last_mile():
    result = after(
        seen(1, "out_for_delivery", leg=2), seen(2, "delivered_recipient", leg=1), last_leg=2
    )
    assert result.status is Status.OUT_FOR_DELIVERY


def test_an_unknown_code_moves_nothing():
    result = after(seen(1, "linehaul_departed"), seen(2, None), seen(3, "a_milestone_of_mars"))
    assert result.milestone == "linehaul_departed"


def test_two_ends_at_one_instant_are_a_conflict_and_none_is_picked():
    result = after(
        seen(1, "out_for_delivery"), seen(2, "delivered_recipient"), seen(2, "return_done")
    )
    assert result.conflict
    assert result.status is Status.OUT_FOR_DELIVERY
    assert result.action_required == "operator"
    settled = after(
        seen(1, "out_for_delivery"), seen(2, "delivered_recipient"), seen(2, "return_done"),
        seen(3, "delivered_recipient"),
    )  # fmt: skip
    assert (settled.status, settled.conflict) == (Status.DELIVERED, False)


def test_the_same_end_told_by_two_sources_is_no_conflict():
    result = after(seen(2, "delivered_recipient"), seen(2, "delivered_other"))
    assert (result.status, result.conflict) == (Status.DELIVERED, False)


def test_a_return_stays_a_return_until_it_is_stopped():
    way = (seen(1, "out_for_delivery"), seen(2, "return_started"))
    assert after(*way, seen(3, "dest_hub_out")).status is Status.RETURNING
    handed_back = after(*way, seen(3, "dest_hub_out"), seen(9, "delivered_recipient"))
    assert (handed_back.status, handed_back.conflict) == (Status.RETURNING, True)
    assert after(*way, seen(4, "return_done")).status is Status.RETURNED
    assert after(*way, seen(4, "rerouted"), seen(5, "collected")).status is Status.DELIVERED


def test_silence_ends_with_any_news():
    way = (seen(1, "linehaul_departed"), seen(800, "no_news"))
    assert after(*way).status is Status.EXPIRED
    assert after(*way, seen(801, "import_presented")).status is Status.CUSTOMS


def test_a_time_in_2099_does_not_freeze_what_comes_later():
    wrong = Observed(b"x", 1, "dest_hub_in", datetime(2099, 1, 1, tzinfo=UTC), "", START)
    assert after(wrong, seen(5, "out_for_delivery")).status is Status.OUT_FOR_DELIVERY


def test_a_time_in_1970_does_not_become_the_oldest_or_newest_by_accident():
    wrong = Observed(b"x", 1, "pickup_ok", datetime(1970, 1, 1, tzinfo=UTC), "", START)
    assert moment_of(wrong.at, "", START) == START
    assert not is_plausible(datetime(1970, 1, 1, tzinfo=UTC), START)
    assert after(wrong, seen(5, "out_for_delivery")).status is Status.OUT_FOR_DELIVERY


def test_a_wall_clock_without_zone_still_sorts():
    early = Observed(b"a", 1, "pickup_ok", None, "2026-11-01 08:00", RECEIVED)
    late = Observed(b"b", 1, "dest_hub_in", None, "2026年11月2日 08:00", RECEIVED)
    assert after(late, early).status is Status.IN_TRANSIT
    assert after(early).status is Status.PICKED_UP


FIVE = (
    seen(1, "label_created"),
    seen(2, "pickup_ok"),
    seen(3, "import_presented"),
    seen(4, "out_for_delivery"),
    seen(5, "delivered_recipient"),
)


def test_all_120_orders_of_five_events_end_alike():
    expected = after(*FIVE)
    assert expected.status is Status.DELIVERED
    for order in itertools.permutations(FIVE):
        assert after(*order) == expected


@pytest.mark.parametrize(
    "names",
    [
        ("out_for_delivery", "delivered_recipient", "return_done", "return_started", "lost"),
        ("label_created", "damaged", "label_created", "pickup_ok", "cancelled"),
        ("no_news", "import_held", "duty_due", "duty_paid", "import_released"),
    ],
)
@pytest.mark.parametrize("hours", [(1, 2, 3, 4, 5), (1, 2, 2, 2, 3), (2, 2, 2, 2, 2)])
def test_all_120_orders_of_troubled_events_end_alike(names, hours):
    events = [seen(h, n, tag=str(i)) for i, (h, n) in enumerate(zip(hours, names, strict=True))]
    results = {after(*order) for order in itertools.permutations(events)}
    assert len(results) == 1


def test_random_orders_with_repetitions_of_twelve_events_end_alike():
    rng = random.Random(20261122)
    names = sorted(milestones.MILESTONES)
    for _round in range(20):
        events = [
            seen(rng.randrange(6), rng.choice(names), leg=rng.choice((1, 2)), tag=str(i))
            for i in range(12)
        ]
        expected = standing(events, last_leg=2)
        for _order in range(100):
            shuffled = events + rng.choices(events, k=5)
            rng.shuffle(shuffled)
            assert standing(shuffled, last_leg=2) == expected


def test_every_milestone_has_a_status_and_three_names():
    assert len(milestones.MILESTONES) == 62
    for key, milestone in milestones.MILESTONES.items():
        label = milestone.label
        assert label.en, key
        assert label.zh_hans, key
        assert label.zh_hant, key
        assert milestone.status in statuses.STATUSES
        assert not milestone.action or milestone.action in milestones.ACTIONS, key
    for facts in statuses.STATUSES.values():
        assert facts.label.zh_hans
        assert facts.label.zh_hant
    assert milestones.AFTER_THE_END | milestones.ENDINGS <= set(milestones.MILESTONES)
    assert milestones.status_of(None) is None
    assert set(statuses.STATUSES) == set(Status)
