"""Orders: placed once, moved along their flow alone, stock and papers with them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from unittest import mock

import pytest

from core.catalog.models import Offer
from core.catalog.services import withdraw_offer
from core.jobs import enqueue, run_due
from core.jobs.models import OutboxEvent
from core.logistics.models import Leg
from core.logistics.services import AddParcel, add_parcel, ingest
from core.orders.errors import OrderError, QuoteNotFound, QuoteRefused, StepRefused
from core.orders.expiry import HOURS, UNPAID
from core.orders.flow import attach_document, flow_of, steps, transition
from core.orders.models import Order, OrderTransition
from core.orders.payments import confirm_payment, start_payment
from core.orders.placing import place_order
from core.pluginapi import Status, TimeConfidence, TrackingEvent
from core.shared.clock import now
from core.shared.crypto import open_sealed
from core.shared.ids import new_id
from tests.orders.conftest import Customer, Market

KINDS = ("m2c", "b2c_bonded", "b2c_direct", "c2c")


def place(market: Market, who: Customer, key: str = "m2c", *, idempotency: str = "k1") -> Order:
    quote = market.quote(key, buyer=who.buyer.ref)
    return place_order(
        quote.pk, buyer=who.buyer, address_id=who.address.pk, idempotency_key=idempotency
    )


def pay(order: Order) -> Order:
    start_payment(order, "sandbox")
    confirm_payment(order)
    order.refresh_from_db()
    return order


def send_parcel(order: Order) -> Leg:
    parcel = add_parcel(
        AddParcel(
            order=order.pk,
            channel=order.channel.key,
            origin="JP",
            destination="CN",
            gross_grams=180,
            carrier="manual",
            number=f"JN{str(order.pk.int)[:10]}",
        )
    )
    return Leg.objects.get(parcel=parcel)


def report(leg: Leg, milestone: str, status: Status) -> None:
    moment = now() - timedelta(minutes=5)
    event = TrackingEvent(
        status=status,
        milestone=milestone,
        code=milestone,
        text="",
        local_time=moment.isoformat(),
        at=moment,
        confidence=TimeConfidence.OFFSET,
    )
    ingest(leg, [event], source="test")
    run_due()


def test_a_quote_becomes_an_order_with_its_stock_reserved(market: Market, ann: Customer) -> None:
    offer = market.sell("m2c", quantity=5)
    order = place(market, ann)
    offer.refresh_from_db()
    assert (order.state, offer.reserved, offer.available) == ("placed", 1, 4)
    assert order.total.amount == Decimal(order.quote.document["payable"])
    assert "13800138000" not in str(order.address_shown)
    sealed = open_sealed(bytes(order.address_sealed), bound_to=order.bound_to("address"))
    assert "世纪大道" in sealed


def test_the_same_key_gives_the_same_order(market: Market, ann: Customer) -> None:
    offer = market.sell("m2c")
    quote = market.quote("m2c", buyer=ann.buyer.ref)
    given = {"buyer": ann.buyer, "address_id": ann.address.pk, "idempotency_key": "k"}
    first = place_order(quote.pk, **given)
    again = place_order(quote.pk, **given)
    offer.refresh_from_db()
    assert first.pk == again.pk
    assert offer.reserved == 1
    other = market.quote("m2c", buyer=ann.buyer.ref)
    with pytest.raises(OrderError, match="another quote"):
        place_order(other.pk, **given)
    with pytest.raises(QuoteRefused, match="already ordered"):
        place_order(quote.pk, **{**given, "idempotency_key": "k2"})


@pytest.mark.parametrize("key", ["", "x" * 81, "k\x00", "钥匙"])
def test_a_key_that_cannot_be_stored_is_refused(market: Market, ann: Customer, key: str) -> None:
    market.sell("m2c")
    with pytest.raises(OrderError):
        place(market, ann, idempotency=key)
    assert not Order.objects.exists()


def test_an_expired_quote_is_refused(market: Market, ann: Customer) -> None:
    market.sell("m2c")
    quote = market.quote("m2c", buyer=ann.buyer.ref)
    with (
        mock.patch("core.orders.models.now", return_value=now() + timedelta(minutes=31)),
        pytest.raises(QuoteRefused) as late,
    ):
        place_order(quote.pk, buyer=ann.buyer, address_id=ann.address.pk, idempotency_key="k")
    assert late.value.code == "quote_expired"


def test_a_refused_quote_cannot_be_ordered(market: Market, ann: Customer) -> None:
    market.sell("b2c_direct")
    quote = market.quote("m2c", buyer=ann.buyer.ref)
    with pytest.raises(QuoteRefused):
        place_order(quote.pk, buyer=ann.buyer, address_id=ann.address.pk, idempotency_key="k")


def test_another_buyers_quote_does_not_exist(market: Market, ann: Customer, bob: Customer) -> None:
    market.sell("m2c")
    quote = market.quote("m2c", buyer=ann.buyer.ref)
    with pytest.raises(QuoteNotFound):
        place_order(quote.pk, buyer=bob.buyer, address_id=bob.address.pk, idempotency_key="k")


def test_china_asks_for_an_identity_first(market: Market, bob: Customer) -> None:
    market.sell("m2c")
    with pytest.raises(OrderError) as refused:
        place(market, bob)
    assert refused.value.code == "identity_required"


def test_the_address_is_the_buyers_own_and_in_the_country(
    market: Market, ann: Customer, bob: Customer
) -> None:
    market.sell("m2c")
    quote = market.quote("m2c", buyer=ann.buyer.ref)
    for address in (bob.address.pk, new_id()):
        with pytest.raises(OrderError) as refused:
            place_order(quote.pk, buyer=ann.buyer, address_id=address, idempotency_key="k")
        assert refused.value.code == "address_unknown"


def test_what_was_sold_or_withdrawn_meanwhile_is_refused_whole(
    market: Market, ann: Customer
) -> None:
    offer = market.sell("m2c", quantity=1)
    first, second = (market.quote("m2c", buyer=ann.buyer.ref) for _ in range(2))
    given = {"buyer": ann.buyer, "address_id": ann.address.pk}
    place_order(first.pk, idempotency_key="a", **given)
    events = OutboxEvent.objects.count()
    with pytest.raises(OrderError) as refused:
        place_order(second.pk, idempotency_key="b", **given)
    assert refused.value.code == "out_of_stock"
    assert (Order.objects.count(), OutboxEvent.objects.count()) == (1, events)
    withdraw_offer(market.channels["m2c"], offer.supplier, offer.sku)


def test_cancelling_gives_the_stock_back_once(market: Market, ann: Customer) -> None:
    offer = market.sell("m2c", quantity=5)
    order = place(market, ann)
    transition(order, "cancelled", by="buyer")
    transition(order, "cancelled", by="buyer")
    offer.refresh_from_db()
    assert (offer.reserved, offer.on_hand) == (0, 5)
    assert OrderTransition.objects.filter(order=order, target="cancelled").count() == 1


def test_an_order_that_nobody_pays_gives_its_stock_back(market: Market, ann: Customer) -> None:
    offer = market.sell("m2c", quantity=5)
    old = place(market, ann)
    fresh = place(market, ann, idempotency="k2")
    paid = pay(place(market, ann, idempotency="k3"))
    long_ago = now() - timedelta(hours=HOURS, minutes=1)
    Order.objects.filter(pk__in=(old.pk, paid.pk)).update(placed_at=long_ago)
    enqueue(UNPAID, {})
    run_due()
    states = dict(Order.objects.values_list("pk", "state"))
    assert (states[old.pk], states[fresh.pk], states[paid.pk]) == ("cancelled", "placed", "paid")
    offer.refresh_from_db()
    assert offer.reserved + (5 - offer.on_hand) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_every_step_outside_of_the_flow_is_refused(
    market: Market, ann: Customer, kind: str
) -> None:
    market.sell(kind)
    order = place(market, ann, kind)
    flow = flow_of(order)
    allowed = {(step.source, step.target) for step in flow.transitions}
    states = (*flow.states, *flow.side_states, "nonsense")
    for source in (*flow.states, *flow.side_states):
        Order.objects.filter(pk=order.pk).update(state=source)
        for target in states:
            if (source, target) in allowed or source == target:
                continue
            with pytest.raises(StepRefused) as refused:
                transition(order, target, by="operator")
            assert refused.value.code == "step_not_in_flow"
            assert Order.objects.get(pk=order.pk).state == source


@pytest.mark.parametrize("target", ["paid", "delivered", "shipped"])
def test_a_buyer_cannot_jump(market: Market, ann: Customer, target: str) -> None:
    market.sell("m2c")
    order = place(market, ann)
    with pytest.raises(StepRefused):
        transition(order, target, by="buyer")


def test_a_step_waits_for_its_papers(market: Market, ann: Customer) -> None:
    market.sell("c2c")
    order = pay(place(market, ann, "c2c"))
    transition(order, "procuring", by="operator")
    with pytest.raises(StepRefused, match="shop_receipt"):
        transition(order, "ready", by="operator")
    (ready,) = [step for step in steps(order, by="operator") if step.target == "ready"]
    assert ready.missing == ("shop_receipt",)
    attach_document(order, "shop_receipt", "R-1", by="op")
    assert transition(order, "ready", by="operator").state == "ready"


@pytest.mark.parametrize(
    ("kind", "reference"),
    [("shop_receipt", ""), ("", "R"), ("shop_receipt", "x" * 161), ("x y", "R"), ("a", "R\x00")],
)
def test_a_paper_needs_a_kind_and_a_reference(
    market: Market, ann: Customer, kind: str, reference: str
) -> None:
    market.sell("c2c")
    with pytest.raises(StepRefused):
        attach_document(place(market, ann, "c2c"), kind, reference)


def test_an_overtaken_step_is_refused(market: Market, ann: Customer) -> None:
    market.sell("m2c")
    order = place(market, ann)

    def competing(*args: object) -> set[str]:
        Order.objects.filter(pk=order.pk).update(state="cancelled")
        return set()

    with mock.patch("core.orders.flow._allowed", wraps=None) as allowed:
        step = next(
            one
            for one in flow_of(order).transitions
            if (one.source, one.target) == ("placed", "paid")
        )
        allowed.side_effect = lambda *a: (competing(), step)[1]
        with pytest.raises(StepRefused) as refused:
            transition(order, "paid", by="system")
    assert refused.value.code == "step_overtaken"
    assert not OrderTransition.objects.filter(order=order, target="paid").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_an_order_goes_all_the_way(market: Market, ann: Customer, kind: str) -> None:
    offer = market.sell(kind, quantity=5)
    order = pay(place(market, ann, kind))
    run_due()
    leg = None
    for target in flow_of(order).states[3:]:
        if target == "shipped":
            break
        if leg is None and target in ("ready", "declared"):
            leg = send_parcel(order)
        for step in steps(order, by="operator"):
            for paper in step.missing:
                attach_document(order, paper, "P-1")
        transition(order, target, by="operator")
    assert leg is not None
    report(leg, "linehaul_departed", Status.IN_TRANSIT)
    order.refresh_from_db()
    offer.refresh_from_db()
    assert (order.state, offer.reserved, offer.on_hand) == ("shipped", 0, 4)
    report(leg, "delivered_recipient", Status.DELIVERED)
    order.refresh_from_db()
    assert order.state == "delivered"
    assert order.delivered_at is not None
    transition(order, "completed", by="buyer")
    walked = [step.target for step in order.transitions.order_by("at", "id")]
    assert walked == [state for state in flow_of(order).states if state != "draft"]


def test_fulfilment_is_planned_after_payment(market: Market, ann: Customer) -> None:
    market.sell("b2c_bonded")
    order = pay(place(market, ann, "b2c_bonded"))
    run_due()
    order.refresh_from_db()
    assert (order.carrier, order.warehouse) == ("manual", "Ningbo")


def test_a_carriers_news_never_forces_a_step(market: Market, ann: Customer) -> None:
    market.sell("m2c")
    order = place(market, ann)
    report(send_parcel(order), "delivered_recipient", Status.DELIVERED)
    order.refresh_from_db()
    assert order.state == "placed"


def test_a_buyer_may_only_cancel_what_is_not_paid(market: Market, ann: Customer) -> None:
    market.sell("m2c")
    order = place(market, ann)
    assert [step.target for step in steps(order, by="buyer")] == ["cancelled"]
    assert steps(order, by="nobody") == ()
    assert "refunding" in {step.target for step in steps(pay(order), by="buyer")}


def test_every_step_is_an_event(market: Market, ann: Customer) -> None:
    market.sell("m2c")
    pay(place(market, ann))
    kinds = [event.kind for event in OutboxEvent.objects.filter(kind__startswith="order.")]
    assert sorted(kinds) == [
        "order.paid",
        "order.placed",
        "order.transitioned",
        "order.transitioned",
    ]


def test_stock_below_what_is_reserved_never_comes_from_a_feed(
    market: Market, ann: Customer
) -> None:
    offer = market.sell("m2c", quantity=5)
    place(market, ann)
    market.sell("m2c", quantity=0)
    offer = Offer.objects.get(pk=offer.pk)
    assert (offer.on_hand, offer.reserved, offer.available) == (1, 1, 0)
