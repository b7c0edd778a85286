"""What plug-ins do to a quote: a faulty one costs its own answer, nothing is ever guessed."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest

from core.jobs import run_due
from core.orders.models import Order
from core.orders.payments import confirm_payment, start_payment
from core.pluginapi import (
    Capability,
    CostComponent,
    Level,
    Manifest,
    Money,
    OrderEvent,
    RateRequest,
    ServiceQuote,
    Text,
    Unavailable,
    Verdict,
    hookimpl,
)
from tests.orders.conftest import Customer, Market


def manifest(key: str) -> Manifest:
    return Manifest(
        key=key,
        name=Text(key),
        version="2.1",
        api=">=1.0,<2",
        summary=Text(key),
        provides=(Capability.OTHER,),
    )


class Costs:
    """Adds one cost after assessment."""

    MANIFEST = manifest("costs")

    def __init__(self, amount: Money) -> None:
        self.amount = amount

    @hookimpl
    def add_cost_components(self, ctx: Any, draft: Any) -> Iterable[CostComponent]:
        return [CostComponent("disbursement", Text("Fee"), self.amount, "carrier", "fee.1")]


def test_hook_add_cost_components_is_part_of_the_total(
    market: Market, plugin_registry: Any
) -> None:
    market.sell("m2c")
    before = Decimal(market.quote("m2c").document["total"])
    with plugin_registry(Costs(Money(Decimal("15"), "CNY"))):
        document = market.quote("m2c").document
    assert Decimal(document["total"]) == before + 15
    assert document["plugins"]["costs"] == "2.1"


@pytest.mark.parametrize(
    "amount", [Money(Decimal("15"), "JPY"), Money(Decimal("0.1"), "EUR")], ids=str
)
def test_a_cost_in_another_currency_is_left_out(
    market: Market, plugin_registry: Any, amount: Money
) -> None:
    market.sell("m2c")
    before = market.quote("m2c").document["total"]
    with plugin_registry(Costs(amount)):
        assert market.quote("m2c").document["total"] == before


def test_a_cost_below_zero_never_lowers_the_price(market: Market, plugin_registry: Any) -> None:
    market.sell("m2c")
    before = Decimal(market.quote("m2c").document["total"])
    with plugin_registry(Costs(Money(Decimal("-100"), "CNY"))):
        document = market.quote("m2c").document
    assert document["outcome"] == "refused" or Decimal(document["total"]) >= before


class Freight:
    """A carrier that answers as a test wishes."""

    key = "testcarrier"
    title = Text("Test carrier")
    hub = False
    formats = ()

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def normalise(self, raw: Any) -> Any:
        raise NotImplementedError

    def quote(self, ctx: Any, request: RateRequest) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        freight = Money(self.answer, "CNY")
        return [ServiceQuote("testcarrier", "s", Text("S"), freight, (2, 3), "test")]


class Carriers:
    """Brings the test carrier."""

    MANIFEST = manifest("carriers_test")

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    @hookimpl
    def register_carriers(self, setup: Any) -> Any:
        return [Freight(self.answer)]


@pytest.mark.parametrize(
    "answer", [Unavailable("down"), RuntimeError("bug"), Decimal("-100")], ids=repr
)
def test_a_carrier_that_fails_costs_its_own_answer(
    market: Market, plugin_registry: Any, answer: Any
) -> None:
    market.sell("m2c")
    with plugin_registry(Carriers(answer)):
        document = market.quote("m2c").document
    assert document["carriers"] == ["manual"]
    assert [one["carrier"] for one in document["unanswered"]] == ["testcarrier"]


def test_the_cheapest_carrier_is_taken(market: Market, plugin_registry: Any) -> None:
    market.sell("m2c")
    with plugin_registry(Carriers(Decimal("3.50"))):
        document = market.quote("m2c").document
    (freight,) = [one for one in document["components"] if one["kind"] == "freight"]
    assert (freight["amount"], freight["plugin"]) == ("3.50", "carriers_test")


class Forbids:
    """Denies every import."""

    MANIFEST = manifest("forbids")

    @hookimpl
    def check_import(self, ctx: Any, shipment: Any) -> Verdict:
        return Verdict(Level.DENY, "prohibited", Text("No", "不可", "不可"))


def test_what_may_not_be_imported_is_refused(market: Market, plugin_registry: Any) -> None:
    market.sell("m2c")
    with plugin_registry(Forbids()):
        document = market.quote("m2c").document
    assert (document["outcome"], document["code"]) == ("refused", "prohibited")


class Listens:
    """Hears of orders; fails the first time."""

    MANIFEST = manifest("listens")

    def __init__(self) -> None:
        self.heard: list[OrderEvent] = []
        self.failures = 1

    @hookimpl
    def on_order_paid(self, ctx: Any, event: OrderEvent) -> None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("not now")
        self.heard.append(event)


@pytest.mark.parametrize(
    "hook",
    [
        "on_order_placed",
        "on_order_paid",
        "on_order_procured",
        "on_order_shipped",
        "on_order_delivered",
        "on_order_completed",
        "on_order_cancelled",
        "on_order_refunded",
    ],
)
def test_every_order_hook_has_an_event(hook: str) -> None:
    from core.orders.tasks import HOOKS

    assert hook in HOOKS.values()


def test_hook_on_order_paid_is_heard_again_after_a_failure(
    market: Market, ann: Customer, plugin_registry: Any
) -> None:
    from core.jobs.models import Job
    from core.shared.clock import now

    market.sell("m2c")
    listener = Listens()
    with plugin_registry(listener):
        order = market.order("m2c", ann)
        start_payment(order, "sandbox")
        confirm_payment(order)
        run_due()
        assert not listener.heard
        Job.objects.filter(kind="orders.hook").update(run_after=now())
        run_due()
    (event,) = listener.heard
    assert (event.order.number, event.order.state, event.previous_state) == (
        order.number,
        "paid",
        "placed",
    )
    assert Order.objects.get(pk=order.pk).state == "paid"


def test_another_country_uses_its_own_regime(market: Market) -> None:
    market.open("de", "b2c_direct", market="DE", currency="EUR")
    market.sell("de")
    document = market.quote("de").document
    assert document["outcome"] == "ok", document["message"]
    assert document["regime"].startswith("flat")
    assert document["currency"] == "EUR"
    assert document["notes"]


def test_a_demonstrations_journey_ends_delivered(market: Market) -> None:
    from core.orders.journey import Step, demonstration_channels, run

    for kind in ("m2c", "b2c_bonded", "b2c_direct", "c2c"):
        market.sell(kind)
    market.open("de", "b2c_direct", market="DE", currency="EUR")
    market.sell("de")
    steps: list[Step] = []
    assert run(demonstration_channels(), steps.append) == {}
    ends = [step for step in steps if step.name == "completed"]
    assert len(ends) == 5
    assert all(step.state == "completed" for step in ends)
    assert demonstration_channels("nothing") == []


def test_a_journey_says_where_it_failed(market: Market) -> None:
    from core.orders.journey import demonstration_channels, run

    failures = run(demonstration_channels("m2c"), lambda step: None)
    assert "no offer" in failures["m2c"]
