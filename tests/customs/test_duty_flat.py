"""The flat regime: its golden example, its label, its country."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from core.kernel import hooks
from core.kernel.activation import enable, save_settings
from core.pluginapi import (
    Assessment,
    ChargeKind,
    Context,
    CostComponent,
    LandedCostDraft,
    Money,
    Outcome,
    RuleSet,
    ShipmentFacts,
    TariffView,
    Text,
    hookimpl,
)
from core.testing.plugins import manifest
from customs.services import assess
from customs.values import tax_total, totals
from plugins.duty_flat.regime import FlatRegime, Settings

DAY = date(2026, 11, 22)


def settings(**values: Any) -> SimpleNamespace:
    given = {"country": "DE", "duty_percent": "8", "vat_percent": "21", **values}
    return SimpleNamespace(settings=Settings(**given))


def flat(shipment: ShipmentFacts, **values: Any) -> Assessment:
    ctx: Any = settings(**values)
    return FlatRegime().assess(ctx, shipment, RuleSet(DAY, {}), TariffView(DAY, "CN", {}), DAY)


class Disbursement:
    """A carrier that pays customs in advance and asks for it."""

    MANIFEST = manifest("disbursement_fee")

    @staticmethod
    @hookimpl
    def add_cost_components(ctx: Context, draft: LandedCostDraft) -> list[CostComponent]:
        fee = Money(Decimal("1981.57"), draft.currency)
        return [CostComponent("disbursement", Text("Disbursement fee"), fee, "carrier", "fee.1")]


def test_golden_example_with_a_disbursement_fee_of_another_plugin(
    line: Callable[..., Any], shipment: Callable[..., Any], plugin_registry: Any
) -> None:
    parcel = shipment(line("70000"), country="DE", currency="INR", channel="", freight="6792")
    made = flat(parcel)
    sums = totals(made)
    assert sums == {ChargeKind.DUTY: Decimal("6143.36"), ChargeKind.VAT: Decimal("17416.43")}
    goods, freight = Money(Decimal(70000), "INR"), Money(Decimal(6792), "INR")
    draft = LandedCostDraft("INR", "DE", goods, freight, Money.zero("INR"), made)
    with plugin_registry(Disbursement, alone=True):
        answers = hooks.add_cost_components(None, draft=draft)
    extra = tax_total(made) + sum(answer.value.amount.amount for answer in answers)
    assert extra == Decimal("25541.36")


def test_every_amount_is_labelled_as_a_demonstration(
    line: Callable[..., Any], shipment: Callable[..., Any]
) -> None:
    made = flat(shipment(line("10"), country="DE", currency="EUR"))
    assert [str(note) for note in made.notes] == ["Demonstration regime"]
    assert all("demonstration" in str(charge.label) for charge in made.charges)
    assert all("示範" in charge.label.zh_hant for charge in made.charges if charge.label)


def test_at_or_below_the_de_minimis_value_nothing_is_collected(
    line: Callable[..., Any], shipment: Callable[..., Any]
) -> None:
    at = flat(shipment(line("150"), country="DE", currency="EUR", freight="9"), de_minimis="150")
    above = flat(shipment(line("150.01"), country="DE", currency="EUR"), de_minimis="150")
    assert (at.outcome, tax_total(at)) == (Outcome.EXEMPT, 0)
    assert above.outcome is Outcome.OK
    assert tax_total(above) > 0


def test_yen_are_rounded_to_the_yen_and_lines_sum_to_the_total(
    line: Callable[..., Any], shipment: Callable[..., Any]
) -> None:
    made = flat(shipment(line("333"), line("333"), line("334"), country="DE", currency="JPY"))
    assert totals(made)[ChargeKind.DUTY] == 80
    assert all(charge.amount.amount == int(charge.amount.amount) for charge in made.charges)


@pytest.mark.django_db
def test_it_is_used_only_in_the_channel_and_for_the_country_of_its_settings(
    line: Callable[..., Any], shipment: Callable[..., Any], make_channel: Callable[..., Any]
) -> None:
    channel = make_channel("b2c-th", kind="b2c_direct", market="TH", currency="USD")
    other = make_channel("b2c-vn", kind="b2c_direct", market="VN", currency="USD")
    enable("duty_flat", channel, actor="test")
    data = {"country": "TH", "duty_percent": "5", "vat_percent": "19"}
    assert not save_settings("duty_flat", channel, data, actor="test")
    to_thailand = shipment(line("100"), country="TH", currency="USD", channel="direct_mail")
    report = assess(to_thailand, channel=channel.ref, on=DAY, prefer=("cn.cbec",))
    assert report.chosen is not None
    assert report.chosen.regime == "flat.import"
    assert tax_total(report.chosen) == Decimal("24.95")
    assert report.rules["FLAT-1"].source.startswith("channel settings")
    elsewhere = assess(to_thailand, channel=other.ref, on=DAY)
    assert (elsewhere.chosen, elsewhere.refusal_code) == (None, "no_regime")
    to_vietnam = shipment(line("100"), country="VN", currency="USD")
    assert assess(to_vietnam, channel=channel.ref, on=DAY).refusal_code == "other_country"


@pytest.mark.django_db
def test_hook_add_cost_components(
    line: Callable[..., Any], shipment: Callable[..., Any], make_channel: Callable[..., Any]
) -> None:
    channel = make_channel("b2c-de", kind="b2c_direct", market="DE", currency="EUR")
    enable("duty_flat", channel, actor="test")
    data = {"country": "DE", "duty_percent": "5", "vat_percent": "19", "handling_fee": "6"}
    assert not save_settings("duty_flat", channel, data, actor="test")
    made = flat(shipment(line("100"), country="DE", currency="EUR"))
    zero = Money.zero("EUR")
    draft = LandedCostDraft("EUR", "DE", Money(Decimal(100), "EUR"), zero, zero, made)
    answers = hooks.add_cost_components(channel.ref, draft=draft)
    assert [(a.value.code, a.value.amount) for a in answers] == [
        ("flat_handling", Money(Decimal("6.00"), "EUR"))
    ]
