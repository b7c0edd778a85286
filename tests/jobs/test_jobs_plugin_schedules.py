"""Schedules of plug-ins: once per channel where the plug-in is on, in a job, guarded."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from core.jobs import run_due
from core.jobs.models import Job
from core.jobs.schedules import PLUGIN, tick
from core.kernel import providers, running
from core.kernel.errors import ProviderFailed, ProviderMissing
from core.kernel.provided import Provided
from core.pluginapi import ChannelRef, Schedule, Text
from core.shared.clock import now

pytestmark = pytest.mark.django_db

CN = ChannelRef("cn", "b2c_direct", Text("China"), "CN", "CNY")
DE = ChannelRef("de", "b2c_direct", Text("Germany"), "DE", "EUR")


@pytest.fixture
def plugin(monkeypatch):
    """A plug-in with one schedule that is on in two channels; returns (channels, runs)."""
    channels: list[ChannelRef | None] = [CN, DE]
    runs: list[object] = []
    poll = Schedule("poll", Text("Poll"), timedelta(minutes=10), lambda ctx: None)
    monkeypatch.setattr(providers, "schedules", lambda: (Provided("post", "poll", poll),))
    monkeypatch.setattr(running, "schedule_channels", lambda plugin: tuple(channels))
    monkeypatch.setattr(providers, "run_schedule", lambda *given: runs.append(given))
    return channels, runs


def test_it_runs_once_in_each_channel(plugin):
    with time_machine.travel(now(), tick=False) as clock:
        tick()
        tick()
        run_due()
        assert sorted(place.key for _, _, place in plugin[1]) == ["cn", "de"]
        clock.shift(timedelta(minutes=10))
        tick()
        run_due()
        assert len(plugin[1]) == 4


def test_a_channel_where_it_was_switched_off_since_is_left_out(plugin, monkeypatch):
    tick()
    plugin[0].remove(DE)
    run_due()
    assert plugin[1] == [("post", "poll", CN)]

    def missing(*given):
        raise ProviderMissing("poll", "is not switched on here", plugin="post")

    monkeypatch.setattr(providers, "run_schedule", missing)
    with time_machine.travel(now() + timedelta(hours=1), tick=False):
        tick()
        run_due()
    assert set(Job.objects.filter(kind=PLUGIN).values_list("state", flat=True)) == {"done"}


def test_a_failing_run_is_tried_again_and_costs_its_channel_alone(plugin, monkeypatch):
    runs = []

    def fail_in_de(plugin, key, channel):
        runs.append(channel.key)
        if channel == DE:
            raise ProviderFailed(plugin, key, "no answer")

    monkeypatch.setattr(providers, "run_schedule", fail_in_de)
    tick()
    run_due()
    states = dict(Job.objects.filter(kind=PLUGIN).values_list("channel", "state"))
    assert states == {"cn": "done", "de": "queued"}
