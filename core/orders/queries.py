"""What pages read of quotes and orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from core.buyers.models import Buyer
from core.logistics.models import Parcel
from core.orders import ledger
from core.orders.errors import OrderNotFound
from core.orders.flow import Step, flow_of, steps
from core.orders.models import STATES, Order, OrderTransition
from core.orders.payments import methods_for
from core.pluginapi import Money, Text

TITLES = dict(STATES)


@dataclass(frozen=True, slots=True)
class FlowStep:
    """One state of an order's way: ``reached`` is when it got there, None when it has not.

    ``title`` is a lazy translation of the state.
    """

    state: str
    title: Any
    reached: datetime | None
    is_current: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the buyer pays, by kind, in the quote's currency; parts sum to ``total``."""

    components: tuple[dict[str, Any], ...]
    by_kind: dict[str, Money]
    total: Money
    payable: Money
    due_at_border: Money


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """An order as its page shows it. ``may`` are the steps that the viewer can ask for."""

    order: Order
    parts: Parts
    flow: tuple[FlowStep, ...]
    may: tuple[Step, ...]
    methods: dict[str, Text]
    parcels: tuple[Parcel, ...]
    history: tuple[OrderTransition, ...]


def orders_of(buyer: Buyer) -> QuerySet[Order]:
    """Return a buyer's orders, newest first, with channel and lines."""
    orders = Order.objects.filter(buyer=buyer).select_related("channel", "quote")
    return orders.prefetch_related("lines")


def find_order(number: str, *, buyer: Buyer | None = None) -> Order:
    """Return an order by its number; ``buyer`` None is an operator, who sees all.

    Raises OrderNotFound, also for another buyer's.
    """
    orders = Order.objects.select_related("channel", "quote", "buyer")
    if "\x00" not in number:
        orders = orders.filter(number=number[:40])
        found = orders.filter(buyer=buyer).first() if buyer else orders.first()
        if found:
            return found
    raise OrderNotFound(
        "order_unknown", Text("There is no such order.", "没有此订单。", "沒有此訂單。")
    )


def order_detail(order: Order, *, by: str) -> OrderDetail:
    """Return all that an order's page shows to ``by`` (buyer, operator, supplier)."""
    history = tuple(order.transitions.order_by("at", "id"))
    return OrderDetail(
        order=order,
        parts=parts_of(order.quote.document),
        flow=timeline(order, history),
        may=steps(order, by=by),
        methods=methods_for(order) if order.state == "placed" else {},
        parcels=tuple(Parcel.objects.filter(order=order.pk).order_by("created_at")),
        history=history,
    )


def timeline(
    order: Order, history: tuple[OrderTransition, ...] | None = None
) -> tuple[FlowStep, ...]:
    """Return the states of an order's flow in the buyer's order, with when each was reached.

    A side state (held, cancelled …) follows the last state that was reached.
    """
    rows = history if history is not None else tuple(order.transitions.order_by("at", "id"))
    reached = {row.target: row for row in rows}
    flow = flow_of(order)
    states = [state for state in flow.states if state != "draft"]
    if order.state in flow.side_states:
        done = [i for i, state in enumerate(states) if state in reached]
        states.insert(max(done, default=-1) + 1, order.state)
        if order.state != "held":
            states = states[: states.index(order.state) + 1]
    return tuple(
        FlowStep(
            state=state,
            title=TITLES.get(state, state),
            reached=reached[state].at if state in reached else None,
            is_current=state == order.state,
            reason=reached[state].reason if state in reached else "",
        )
        for state in states
    )


def parts_of(document: dict[str, Any]) -> Parts:
    """Return the amounts of an accepted quote's document as money."""
    currency = document["currency"]
    by_kind: dict[str, Money] = {}
    for component in document["components"]:
        amount = Money(Decimal(component["amount"]), component["currency"])
        kind = component["kind"]
        by_kind[kind] = by_kind[kind] + amount if kind in by_kind else amount
    return Parts(
        components=tuple(document["components"]),
        by_kind=by_kind,
        total=_money(document["total"], currency),
        payable=_money(document["payable"], currency),
        due_at_border=_money(document["due_at_border"], currency),
    )


def money_of(order: Order) -> dict[tuple[str, str], Money]:
    """Return what each account holds of an order."""
    return ledger.balances(order)


def order_by_id(identifier: UUID) -> Order | None:
    """Return an order by its id, or None."""
    return Order.objects.select_related("channel", "quote", "buyer").filter(pk=identifier).first()


def _money(text: str | None, currency: str) -> Money:
    return Money(Decimal(text or "0"), currency)
