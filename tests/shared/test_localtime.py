"""Carriers' times: kept as written, placed only where the zone is known."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.shared.localtime import place_time, zone_of

TEN = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-01T10:00:00+08:00",
        "2026-11-01T10:00:00.1234567+08:00",
        "2026-11-01T10:00:00.123456789+0800",
        "2026-11-01 10:00:00 GMT+08:00",
        "2026-11-01 10:00 UTC+8",
        "2026-11-01T02:00:00Z",
        "2026-11-01 02:00 GMT",
        "1793498400",
        "1793498400000",
    ],
)
def test_a_written_offset_gives_the_instant(text):
    placed = place_time(text, country="JP")
    assert (placed.at, placed.confidence) == (TEN, "offset")


@pytest.mark.parametrize(
    "text",
    ["2026-11-01 10:00", "2026/11/1 10:00:00", "2026年11月1日 10:00", "20261101100000",
     "2026-11-01 10:00 AM", "2026年11月1日10时00分"],
)  # fmt: skip
def test_the_country_places_a_zoneless_time(text):
    placed = place_time(text, country="cn")
    assert placed.at == TEN
    assert placed.confidence == "zone_from_location"
    assert placed.local == "2026-11-01T10:00:00"


def test_a_zone_beside_the_time_wins_over_the_country():
    assert place_time("2026-11-01 10:00", zone="Asia/Shanghai", country="JP").at == TEN
    assert place_time("2026-11-01 10:00", zone="+08:00", country="JP").confidence == "offset"
    assert place_time("2026-11-01 10:00", zone="nonsense/zone", country="CN").at == TEN
    assert place_time("2026-11-01 10:00", zone="../../etc/passwd", country="US").at is None


def test_without_any_zone_the_wall_clock_is_kept_and_no_instant_is_made_up():
    placed = place_time("2026-11-01 10:00", country="US")
    assert placed == ("2026-11-01T10:00:00", None, "none")
    assert place_time("2026-11-01 10:00", default_zone="Asia/Shanghai").confidence == (
        "carrier_default"
    )


def test_a_date_without_a_clock_is_no_instant():
    assert place_time("2026-11-01", country="CN") == ("2026-11-01", None, "none")


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("2026-11-01 24:00", "2026-11-02T00:00:00"),
        ("2026-11-01 12:30 AM", "2026-11-01T00:30:00"),
        ("2026-11-01 10:00 PM", "2026-11-01T22:00:00"),
        ("2028-02-29 08:00", "2028-02-29T08:00:00"),
    ],
)
def test_unusual_clocks_are_read(text, local):
    assert place_time(text).local == local


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "01/11/2026 10:00", "2026-13-01 10:00", "2026-02-29 10:00", "0000-00-00",
     "2026-11-01 25:00", "2026-11-01 13:00 PM", "9" * 60, "２０２６-11-01", "2026-11-01 24:01"],
)  # fmt: skip
def test_what_is_no_time_gives_no_time(text):
    assert place_time(text, country="CN") == ("", None, "none")


def test_extreme_years_do_not_overflow():
    assert place_time("0001-01-01 00:00", country="CN").at is None
    assert place_time("9999-12-31 24:00", country="CN").local == ""
    assert place_time("9999-12-31 23:00 -12:00").at is None


def test_daylight_saving_gaps_and_overlaps_are_placed_once():
    assert place_time("2026-03-29 02:30", country="DE").at == datetime(
        2026, 3, 29, 1, 30, tzinfo=UTC
    )
    assert place_time("2026-10-25 02:30", country="DE").at == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_countries_with_several_times_have_no_zone():
    assert zone_of("CN") == "Asia/Shanghai"
    assert zone_of("US") == zone_of("") == ""
