"""On which day's rate customs converts: month ends, holidays, weekends, and what refuses."""

from __future__ import annotations

import calendar
import contextlib
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.pluginapi import InvalidInput
from core.pluginapi.duty.reference_dates import REFERENCES, Occasion, reference_date

CN = {
    "reference": "third_wednesday_of_month_before",
    "if_holiday": "fourth_wednesday_of_month_before",
}
EU = {"reference": "penultimate_wednesday_of_month_before"}
GB = {"reference": "wednesday_before_penultimate_thursday_of_month_before"}
AU = {"reference": "day_of_export"}
CH = {"reference": "last_trading_day_before_import"}
RULES = {"CN": CN, "EU": EU, "GB": GB, "AU": AU, "CH": CH}


def day(text: str) -> date:
    return date.fromisoformat(text)


def found(rule: dict[str, str], declared: str, *closed: str, exported: str = "") -> str:
    sent = day(exported) if exported else None
    occasion = Occasion(day(declared), sent, frozenset(map(day, closed)))
    return reference_date(rule, occasion).isoformat()


@pytest.mark.parametrize(
    ("declared", "closed", "expected"),
    [
        ("2026-11-22", (), "2026-10-21"),
        ("2026-01-01", (), "2025-12-17"),
        ("2026-03-31", (), "2026-02-18"),
        ("2026-03-31", ("2026-02-18",), "2026-02-25"),
        ("2026-03-01", ("2026-02-17", "2026-02-19"), "2026-02-18"),
        ("2015-03-01", ("2015-02-18",), "2015-02-25"),
        ("2027-10-08", ("2027-09-15",), "2027-09-22"),
        ("2024-03-05", (), "2024-02-21"),
        ("2026-05-31", (), "2026-04-15"),  # the month before begins on a Wednesday
        ("2026-12-31", (), "2026-11-18"),
    ],
)
def test_china_third_wednesday_or_the_fourth_where_that_is_a_holiday(
    declared: str, closed: tuple[str, ...], expected: str
) -> None:
    assert found(CN, declared, *closed) == expected


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("2026-12-15", "2026-11-18"),
        ("2026-01-31", "2025-12-24"),  # the last Wednesday of December is the 31st
        ("2026-11-01", "2026-10-21"),
        ("2024-03-01", "2024-02-21"),
        ("2023-03-01", "2023-02-15"),
        ("2026-10-01", "2026-09-23"),  # the month ends on a Wednesday
    ],
)
def test_the_eu_takes_the_penultimate_wednesday_whatever_is_closed(
    declared: str, expected: str
) -> None:
    assert found(EU, declared) == found(EU, declared, expected) == expected


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("2026-11-22", "2026-10-21"),
        ("2026-12-15", "2026-11-18"),
        ("2026-01-01", "2025-12-17"),  # Thursdays 18 and 25: not the penultimate Wednesday
        ("2026-05-01", "2026-04-22"),
        ("2026-08-01", "2026-07-22"),
        ("2027-01-15", "2026-12-23"),
    ],
)
def test_britain_takes_the_wednesday_before_the_penultimate_thursday(
    declared: str, expected: str
) -> None:
    assert found(GB, declared) == expected


def test_australia_takes_the_day_of_export_and_refuses_without_one() -> None:
    assert found(AU, "2026-11-22", exported="2026-11-08") == "2026-11-08"
    with pytest.raises(InvalidInput) as caught:
        found(AU, "2026-11-22")
    assert caught.value.path == "exported_on"


@pytest.mark.parametrize(
    ("declared", "closed", "expected"),
    [
        ("2026-11-23", (), "2026-11-20"),
        ("2026-11-24", (), "2026-11-23"),
        ("2026-11-22", (), "2026-11-20"),
        ("2026-11-21", (), "2026-11-20"),
        ("2026-11-23", ("2026-11-20",), "2026-11-19"),
        ("2026-12-28", ("2026-12-25", "2026-12-24"), "2026-12-23"),
        ("2026-01-01", (), "2025-12-31"),
        ("2026-04-07", ("2026-04-03", "2026-04-06"), "2026-04-02"),
    ],
)
def test_switzerland_takes_the_last_trading_day_before(
    declared: str, closed: tuple[str, ...], expected: str
) -> None:
    assert found(CH, declared, *closed) == expected


def test_the_shared_cases_agree(shared_dir: Path) -> None:
    cases = json.loads((shared_dir / "customs" / "cases.json").read_text())["cases"]
    dated = [case for case in cases if case["kind"] == "fx_date"]
    assert len(dated) >= 6
    for case in dated:
        asked: dict[str, Any] = case["fx"]
        made = found(
            RULES[asked["jurisdiction"]],
            asked["declared_on"],
            *asked["holidays"],
            exported=asked["exported_on"] or "",
        )
        assert made == case["expected"]["rate_reference_date"], case["id"]


def weekdays_of(month: date, weekday: int) -> list[date]:
    """Every such weekday of a month, by the calendar module: a second way to count."""
    weeks = calendar.Calendar().monthdatescalendar(month.year, month.month)
    return [week[weekday] for week in weeks if week[weekday].month == month.month]


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_on_any_day_the_rules_agree_with_a_calendar(declared: date) -> None:
    before = (declared.replace(day=1) - timedelta(days=1)).replace(day=1)
    wednesdays, thursdays = weekdays_of(before, 2), weekdays_of(before, 3)
    occasion = Occasion(declared)
    assert reference_date(CN, occasion) == wednesdays[2]
    assert reference_date(CN, Occasion(declared, None, {wednesdays[2]})) == wednesdays[3]
    assert reference_date(EU, occasion) == wednesdays[-2]
    assert reference_date(GB, occasion) == thursdays[-2] - timedelta(days=1)
    swiss = reference_date(CH, occasion)
    assert swiss < declared
    assert swiss.weekday() < 5
    assert (declared - swiss).days <= 3


@pytest.mark.parametrize("rule", [{}, {"reference": "full_moon"}, {**CN, "if_holiday": "never"}])
def test_a_rule_that_names_no_known_day_is_refused(rule: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        found(rule, "2026-11-22", "2026-10-21")
    assert caught.value.path == "reference"


@pytest.mark.parametrize("name", sorted(set(REFERENCES) - {"day_of_export"}))
def test_the_first_days_of_the_calendar_give_a_sentence_or_a_day(name: str) -> None:
    with contextlib.suppress(InvalidInput):
        assert reference_date({"reference": name}, Occasion(date.min)) <= date.min
