"""The console's rates: typing one in two steps, held ones, failing sources, history and chart."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from lxml import etree

from core.accounts.models import AuditEntry
from core.fx.models import RateRow, SourceState
from core.fx.services import store_table
from core.pluginapi import Pair, Purpose, Rate, RateTable
from core.shared.clock import now, today
from core.web.operator.rate_chart import chart_of

pytestmark = pytest.mark.django_db
ADDRESS = "/console/rates/history/"


def stored(*rates: tuple[str, str, int], **fields: Any) -> None:
    """Store rates by pair, value and age in days."""
    source = fields.pop("source", "fx_bank")
    made = [
        Rate(
            Pair(*pair.split("/")), Decimal(value), source, today() - timedelta(days=age), **fields
        )
        for pair, value, age in rates
    ]
    store_table(RateTable(source, tuple(made)))


def page(console: Client, **filters: str) -> str:
    answer = console.get(ADDRESS, filters)
    assert answer.status_code == 200
    return answer.content.decode()


def form(value: str, **fields: str) -> dict[str, str]:
    given = {
        "base": "USD", "quote": "CNY", "value": value, "purpose": "quote",
        "as_of": today().isoformat(), "max_age_days": "3",
    }  # fmt: skip
    return given | fields


@pytest.mark.parametrize(("value", "word"), [("71.0", "went from"), ("0.14", "upside down")])
def test_a_rate_far_from_the_last_one_takes_a_second_deliberate_step(
    console: Client, value: str, word: str
) -> None:
    stored(("USD/CNY", "7.10", 1))
    first = console.post("/console/rates/", form(value))
    assert first.status_code == 400
    shown = first.content.decode()
    assert word in shown
    assert 'name="confirm"' in shown
    assert RateRow.objects.count() == 1
    again = console.post("/console/rates/", form(value, confirm="on"))
    assert again.status_code == 302
    assert RateRow.objects.get(source="operator").value == Decimal(value)
    assert AuditEntry.objects.filter(action="fx.set").count() == 1
    assert 'name="confirm"' not in console.get("/console/rates/").content.decode()


@pytest.mark.parametrize(
    "given",
    [form("-7.1"), form("7.1", as_of="0001-01-01"), form("7.1", as_of="1066-10-14"), form("NaN")],
)
def test_what_cannot_be_a_rate_is_refused_and_nothing_is_stored(
    console: Client, given: dict[str, str]
) -> None:
    assert console.post("/console/rates/", given | {"confirm": "on"}).status_code == 400
    assert not RateRow.objects.exists()


def test_a_failing_source_is_named_whether_it_has_rates_or_not(console: Client) -> None:
    stored(("USD/CNY", "7.10", 1))
    SourceState.objects.filter(source="fx_bank").update(failing_since=now(), problem="it is shut")
    SourceState.objects.create(source="fx_gone", failing_since=now(), problem="no such host")
    shown = console.get("/console/rates/").content.decode()
    assert "it is shut" in shown
    assert "no such host" in shown


def test_next_month_s_rate_does_not_hide_this_month_s(console: Client) -> None:
    first = today().replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    for value, start in (("1.30", first), ("1.31", after)):
        end = (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        rate = Rate(
            Pair("GBP", "USD"), Decimal(value), "fx_hmrc", start, purpose=Purpose.CUSTOMS,
            valid_from=start, valid_to=end,
        )  # fmt: skip
        if (start - today()).days <= 45:
            store_table(RateTable("fx_hmrc", (rate,)))
    shown = console.get("/console/rates/").content.decode()
    assert "1.3<" in shown or ">1.3" in shown
    assert ">stale<" not in shown


def test_the_chart_says_in_words_what_it_shows_and_every_rate_is_in_the_table(
    console: Client,
) -> None:
    stored(("USD/CNY", "7.00", 20), ("USD/CNY", "7.20", 10), ("USD/CNY", "7.10", 1))
    stored(("CNY/USD", "0.1410", 2), source="fx_other")
    shown = page(console, pair="USD/CNY")
    (svg,) = re.findall(r'<svg viewBox[^>]*role="img".*?</svg>', shown, re.DOTALL)
    drawn = etree.fromstring(svg)
    labels = drawn.get("aria-labelledby").split()
    words = {one.get("id"): one.text for one in drawn if one.get("id") in labels}
    assert "USD/CNY" in words["chart-title"]
    assert "7.2" in words["chart-desc"]
    assert len(drawn.findall(".//polyline")) == 2
    assert len(drawn.findall(".//circle")) == 4
    assert shown.count('<th scope="row"') == 4
    assert "1 CNY = 0.141 USD" in shown
    assert "style=" not in svg
    assert "<script" not in svg


def test_filters_narrow_what_is_shown_and_stay_in_the_address(console: Client) -> None:
    stored(("USD/CNY", "7.00", 200), ("USD/CNY", "7.10", 1))
    stored(("USD/CNY", "7.05", 1), source="fx_other", purpose=Purpose.CUSTOMS)
    stored(("EUR/CNY", "8.00", 1))
    rows = '<th scope="row"'
    assert page(console, pair="USD/CNY").count(rows) == 2
    assert page(console, pair="USD/CNY", period="366").count(rows) == 3
    assert page(console, pair="USD/CNY", source="fx_other").count(rows) == 1
    assert page(console, pair="USD/CNY", purpose="customs", period="all").count(rows) == 1
    assert page(console, pair="USD/CNY", purpose="customs", source="fx_bank").count(rows) == 0
    assert '<option value="366" selected' in page(console, pair="USD/CNY", period="366")
    assert "EUR/CNY" in page(console)


def test_quantity_and_direction_are_one_line_for_one_unit(console: Client) -> None:
    stored(("JPY/CNY", "4.70", 2), quantity=100)
    stored(("JPY/CNY", "0.0471", 1))
    shown = page(console, pair="JPY/CNY")
    assert "100 JPY = 4.7 CNY" in shown
    assert "Lowest 0.047 (" in shown
    assert shown.count("<polyline") == 2  # one line, and its sample in the legend


def test_a_held_rate_is_in_the_table_with_its_reason_and_its_release(console: Client) -> None:
    stored(("USD/CNY", "7.00", 3), ("USD/CNY", "71.0", 2))
    row = RateRow.objects.get(held=True)
    shown = page(console, pair="USD/CNY")
    assert "rate_jump" in shown
    assert shown.count("<circle") == 1
    answer = console.post(f"/console/rates/{row.pk}/release/", {"reason": "asked the bank"})
    assert answer.status_code == 302
    after = page(console, pair="USD/CNY")
    assert "rate_jump" not in after
    assert after.count("<circle") == 2


def test_a_correction_moves_the_line_and_both_rows_stay(console: Client) -> None:
    stored(("USD/CNY", "7.00", 3))
    stored(("USD/CNY", "7.01", 3))
    shown = page(console, pair="USD/CNY")
    assert shown.count('<th scope="row"') == 2
    assert shown.count("<circle") == 1
    assert "correction 1" in shown


@pytest.mark.parametrize(
    "filters",
    [
        {"pair": "<script>alert(1)</script>"}, {"pair": "USD/XXX"}, {"pair": "USD"},
        {"period": "-1"}, {"period": "9" * 40}, {"source": "nobody"}, {"purpose": "guess"},
        {"page": "x"}, {"page": "-7"},
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_shows_something_and_breaks_nothing(
    console: Client, filters: dict[str, str]
) -> None:
    stored(("USD/CNY", "7.00", 3))
    shown = page(console, **filters)
    assert "USD/CNY" in shown
    assert "<script>alert" not in shown


def test_without_a_rate_the_page_says_what_to_do(console: Client) -> None:
    assert "No rate is stored yet" in page(console)


def test_a_long_history_stays_a_small_page(
    console: Client, django_assert_max_num_queries: Any
) -> None:
    stored(*(("USD/CNY", f"7.{number % 90 + 10}", number) for number in range(900)))
    with django_assert_max_num_queries(30):
        shown = page(console, pair="USD/CNY", period="all")
    assert shown.count('<th scope="row"') == 50
    assert len(shown) < 120_000
    assert shown.count("<circle") == 1


def test_nobody_but_operators_sees_it(client: Client) -> None:
    assert client.get(ADDRESS).status_code in {302, 404}


def test_a_chart_of_one_value_is_drawn_in_the_middle_and_of_none_not_at_all() -> None:
    assert chart_of({}) is None
    assert chart_of({"a": []}) is None
    one = chart_of({"a": [(date(2026, 1, 1), Decimal(7))]})
    assert one is not None
    assert one.lowest == one.highest == one.newest
    assert one.left < float(one.lines[0].marks[0].x) < one.right


def test_a_chart_keeps_every_point_inside_its_frame() -> None:
    points = [(date(2026, 1, 1) + timedelta(days=n), Decimal(n % 17 + 1)) for n in range(800)]
    drawn = chart_of({"a": points, "b": points[:3]})
    assert drawn is not None
    for line in drawn.lines:
        for pair in line.path.split():
            x, y = map(float, pair.split(","))
            assert drawn.left <= x <= drawn.right
            assert 0 <= y <= drawn.floor
        assert len(line.path.split()) <= 242
