"""The manual carrier: typed events, a typed tariff, an honest source."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from pydantic import ValidationError

from core.kernel import activation, providers
from core.logistics import milestones, queries, services
from core.pluginapi import Money, RateRequest, RawEvent, Status
from plugins.carrier_manual import codes, tariff
from plugins.carrier_manual.settings import Settings, TariffRow

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
ROW = {
    "title": "Air parcel",
    "origin": "JP",
    "destination": "CN",
    "first_grams": 500,
    "first_price": "60.00",
    "step_grams": 500,
    "step_price": "25.50",
    "currency": "CNY",
    "days_min": 5,
    "days_max": 9,
}


@pytest.fixture
def priced(channel):
    """A channel whose operator typed two rows."""
    dear = {**ROW, "title": "Express", "first_price": "90", "days_min": 2, "days_max": 4}
    errors = activation.save_settings(
        "carrier_manual", channel, {"tariff": [ROW, dear]}, actor="test"
    )
    assert not errors
    return channel


def asked(**fields):
    given = {"ship_from": "JP", "destination": "CN", "gross_grams": 900}
    return RateRequest(**{**given, **fields}, goods=Money(Decimal(100), "CNY"))


def test_every_code_is_a_milestone_of_the_platform():
    for code, status in codes.CODES.items():
        assert milestones.status_of(code) is status, code


def test_hook_register_carriers_takes_typed_events(channel):
    raw = RawEvent(" Delivered_Recipient ", "left at the door", "2026-11-20 10:00", country="CN")
    event = providers.carrier_normalise(channel.ref, "manual", raw=raw)
    assert (event.status, event.milestone) == (Status.DELIVERED, "delivered_recipient")
    unknown = providers.carrier_normalise(channel.ref, "manual", raw=RawEvent("done", "", ""))
    assert (unknown.status, unknown.milestone) == (Status.UNKNOWN, None)


@pytest.mark.parametrize(
    ("grams", "price"),
    [(1, "60.00"), (500, "60.00"), (501, "85.50"), (1000, "85.50"), (1001, "111.00")],
)
def test_every_step_that_was_begun_is_charged(grams, price):
    assert tariff.freight(TariffRow(**ROW), grams) == Money(Decimal(price), "CNY")


def test_hook_register_settings_makes_quotes_from_the_typed_tariff(priced):
    found = providers.carrier_quote(priced.ref, "manual", request=asked())
    assert [(one.service, one.freight.amount) for one in found] == [
        ("Air parcel", Decimal("85.50")),
        ("Express", Decimal("115.50")),
    ]
    assert {one.source for one in found} == {"tariff typed by the operator"}
    assert found[0].days == (5, 9)


@pytest.mark.parametrize(
    "fields", [{"ship_from": "DE"}, {"destination": "TW"}, {"gross_grams": 30_001}]
)
def test_ways_and_weights_outside_the_tariff_are_not_priced(priced, fields):
    assert list(providers.carrier_quote(priced.ref, "manual", request=asked(**fields))) == []


def test_without_a_tariff_nothing_is_priced(channel):
    assert list(providers.carrier_quote(channel.ref, "manual", request=asked())) == []


def test_a_currency_that_does_not_exist_costs_its_row_alone():
    rows = [TariffRow(**{**ROW, "currency": "XQZ"}), TariffRow(**ROW)]
    assert [row.currency for row in tariff.usable(rows)] == ["CNY"]


def test_yen_are_rounded_to_yen():
    row = TariffRow(**{**ROW, "currency": "JPY", "first_price": "1200.4"})
    assert tariff.freight(row, 100) == Money(Decimal(1200), "JPY")


@pytest.mark.parametrize(
    "wrong",
    [{"origin": "Japan"}, {"currency": "yuan"}, {"first_price": "-1"}, {"step_grams": 0},
     {"first_price": "NaN"}, {"title": ""}, {"days_max": 1000}, {"surprise": 1}],
)  # fmt: skip
def test_a_wrong_row_is_refused(wrong):
    with pytest.raises(ValidationError):
        Settings(tariff=({**ROW, **wrong},))


@time_machine.travel(NOW, tick=False)
def test_hook_offer_eta_uses_the_tariffs_days(priced, make_parcel, event):
    parcel = make_parcel(carrier="manual", number="SF1234567890123")
    eta = queries.eta(parcel)
    assert (eta.earliest, eta.latest) == (date(2026, 11, 24), date(2026, 12, 1))
    assert eta.basis.zh_hant
    services.ingest(parcel.legs.get(), [event("pickup_ok", "2026-11-20 10:00")])
    parcel.refresh_from_db()
    assert queries.eta(parcel).earliest == date(2026, 11, 22)


def test_no_arrival_is_known_for_a_way_without_tariff(channel, make_parcel):
    assert queries.eta(make_parcel(carrier="manual", number="SF1234567890123")) is None


def test_a_manual_number_is_whatever_the_operator_typed(make_parcel):
    parcel = make_parcel(carrier="manual", number="hand-carried 7", order=uuid.uuid4())
    assert parcel.legs.get().number == "HANDCARRIED7"
