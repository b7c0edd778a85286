"""Loads the demonstration step by step, through the services that people use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from core.accounts.models import User
from core.conf.demo.data import (
    CHANNELS,
    ORDERS,
    PLATFORM_SETTINGS,
    SUPPLIERS,
    DemoChannel,
    DemoSupplier,
)
from core.fx.services import fetch
from core.jobs import run_due
from core.kernel.activation import enable, is_on, save_settings
from core.kernel.models import Channel
from core.orders.flow import transition
from core.orders.journey import Journey
from core.orders.models import Order
from customs.classification.models import Classification
from customs.classification.tasks import look_now
from customs.loading import load_rules
from suppliers.models import Feed, Supplier, Supply
from suppliers.services import Push, create_supplier, join, receive_feed

ACTOR = "demonstration"
OPERATOR = "operator@haitao.example"
FOLDER = Path(__file__).parent
UNPAID = {"cancelled": "placed"}
MANY = 10_000
STRIDE = 3

Tell = Callable[[str], None]


class DemoFailed(Exception):
    """The demonstration could not be loaded; the message says which step and why."""


def load(tell: Tell) -> None:
    """Load everything. Raises DemoFailed; what was loaded before it stays."""
    operator = _operator()
    for plugin, settings in PLATFORM_SETTINGS.items():
        _switch_on(plugin, None, settings)
    tell(f"rates: {fetch('fx_manual').added} typed demonstration rates")
    suppliers = {one.key: _supplier(one, operator) for one in SUPPLIERS}
    channels = {one.key: _channel(one, suppliers) for one in CHANNELS}
    load_rules()
    tell(f"channels: {', '.join(channels)}")
    for supplier in SUPPLIERS:
        tell(_push(supplier, suppliers[supplier.key]))
    look_now()
    run_due(limit=MANY)
    tell(f"HS codes: {Classification.objects.count()} wait to be confirmed")
    asked: Counter[str] = Counter()
    for channel, state in ORDERS:
        order = _order(channels[channel], state, first=asked[channel] * STRIDE)
        asked[channel] += 1
        tell(f"order {order.number}: {channel}, {order.state}")


def _operator() -> User:
    found = User.objects.filter(email=OPERATOR).first()
    return found or User.objects.create_superuser(OPERATOR, name="Operator")


def _switch_on(plugin: str, channel: Channel | None, settings: object = None) -> None:
    """Store the settings, then switch on. Raises DemoFailed with what is wrong with them."""
    if isinstance(settings, dict):
        errors = save_settings(plugin, channel, settings, actor=ACTOR)
        if errors:
            raise DemoFailed(f"settings of {plugin}: {errors}")
    if not is_on(plugin, channel):
        enable(plugin, channel, actor=ACTOR)


def _supplier(given: DemoSupplier, operator: User) -> Supplier:
    supplier = create_supplier(
        given.name,
        kind=given.kind,
        actor=ACTOR,
        key=given.key,
        country=given.country,
        language="zh-Hans",
        facts=dict(given.facts),
    ).supplier
    join(supplier, operator)
    return supplier


def _channel(given: DemoChannel, suppliers: dict[str, Supplier]) -> Channel:
    channel = Channel.objects.create(
        key=given.key,
        kind=given.kind,
        names=dict(given.names),
        market=given.market,
        currency=given.currency,
        demonstration=True,
        position=CHANNELS.index(given) + 1,
    )
    for plugin in given.plugins:
        _switch_on(plugin, channel, given.settings.get(plugin))
    Supply.objects.create(
        supplier=suppliers[given.supplier],
        channel=channel,
        price_rule=Supply.PriceRule.COST_PLUS,
        markup_percent=given.markup,
    )
    return channel


def _push(given: DemoSupplier, supplier: Supplier) -> str:
    """Push a feed as a supplier would, and run its jobs to the end."""
    content = (FOLDER / given.feed).read_bytes()
    feed = receive_feed(supplier, [content], push=Push(file_name=given.feed), most=len(content))
    run_due(limit=MANY)
    feed.refresh_from_db()
    if feed.status not in (Feed.Status.DONE, Feed.Status.DONE_WITH_ERRORS):
        raise DemoFailed(f"feed {given.feed} ended as {feed.status}")
    summary = feed.summary
    return f"feed {given.feed}: {summary['created']} of {summary['rows_read']} rows taken"


def _order(channel: Channel, state: str, *, first: int) -> Order:
    """Walk an order to ``state`` and leave it there."""
    journey = Journey(channel, first=first)
    side = state in ("held", "cancelled", "refunded")
    target = UNPAID.get(state, "paid") if side else state
    for step in journey.walk():
        if step.state == target:
            break
    order = journey.order
    if order is None:
        raise DemoFailed(f"no order in {channel.key}")
    order.refresh_from_db()
    if side:
        step_to = "refunding" if state == "refunded" else state
        transition(order, step_to, by="operator", actor=ACTOR, reason="demonstration")
    run_due(limit=MANY)
    order.refresh_from_db()
    return order
