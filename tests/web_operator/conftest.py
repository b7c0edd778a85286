"""People who knock at the console, and a site with one of everything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import translation

from core.accounts.models import User
from core.buyers.services import ensure_buyer
from core.fx.services import set_rate
from core.jobs.models import Failure, Job
from core.kernel import activation
from core.kernel.models import Channel, Incident
from core.logistics.models import Parcel
from core.logistics.services import add_leg
from core.orders.models import Order, OrderLine, StoredQuote
from core.pluginapi import Money, Pair, Purpose
from core.shared.clock import now, today
from core.shared.ids import new_id
from suppliers.models import Feed, Supplier

NAMES = {"en": "Brand shop", "zh-Hans": "品牌店", "zh-Hant": "品牌店"}


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Tests read the English words."""
    with translation.override("en"):
        yield


@pytest.fixture
def operator(db: None) -> User:
    """An operator with every permission."""
    return User.objects.create_superuser("operator@example.com", name="Op", language="en")


@pytest.fixture
def console(operator: User) -> Client:
    """A browser in which the operator is signed in, speaking English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(operator)
    return client


@pytest.fixture
def buyer_user(db: None) -> User:
    """Somebody who only buys."""
    return User.objects.create_user("buyer@example.com", "a long pass phrase 7")


@pytest.fixture
def channel(db: None) -> Channel:
    """A channel of brands to China, with the plug-ins that it needs."""
    made = Channel.objects.create(
        key="brands-cn", kind="m2c", names=NAMES, market="CN", currency="CNY", demonstration=True
    )
    for plugin in ("channel_m2c", "carrier_s10", "carrier_manual"):
        if not activation.is_on(plugin, made):
            activation.enable(plugin, made, actor="test")
    return made


@pytest.fixture
def order(channel: Channel, buyer_user: User) -> Order:
    """A paid order of one line, as if it had gone through the shop."""
    document = {"components": [], "lines": [], "currency": "CNY"}
    quote = StoredQuote.objects.create(
        channel=channel,
        outcome="ok",
        country="CN",
        currency="CNY",
        sha256="0" * 64,
        body=json.dumps(document).encode(),
        expires_at=now() + timedelta(minutes=30),
    )
    made = Order.objects.create(
        number="H261122TEST22",
        channel=channel,
        buyer=ensure_buyer(buyer_user),
        quote=quote,
        state="paid",
        idempotency_key="one",
        address=new_id(),
        country="CN",
        total=Money(Decimal("321.00"), "CNY").stored(),
    )
    OrderLine.objects.create(
        order=made,
        position=1,
        item=new_id(),
        offer=new_id(),
        supplier=new_id(),
        sku="SKU-1",
        title={"en": "Face cream", "zh-Hans": "面霜"},
        quantity=2,
        unit_price=Money(Decimal("150.00"), "CNY").stored(),
    )
    return made


@dataclass
class Everything:
    """One row of everything that the console shows."""

    order: Order
    parcel: Parcel
    job: Job
    incident: Incident
    feed: Feed
    supplier: Supplier
    channel: Channel


@pytest.fixture
def everything(order: Order) -> Everything:
    """A site in which something has happened everywhere."""
    parcel = Parcel.objects.create(
        order=order.pk, channel=order.channel, origin="FR", destination="CN"
    )
    add_leg(parcel, carrier="s10", number="RR123456785FR")
    job = Job.objects.create(kind="demo.work", state=Job.State.PARKED, attempts=5, error="broke")
    Failure.objects.create(job=job, attempt=5, error="broke", trace="Traceback …")
    incident = Incident.objects.create(
        fingerprint="f" * 40,
        plugin="carrier_s10",
        hook="add_carrier_guesses",
        kind="error",
        message="KeyError: x",
        traceback="Traceback <script>",
    )
    supplier = Supplier.objects.create(name="Nordlicht <GmbH>", country="DE")
    feed = Feed.objects.create(
        supplier=supplier,
        status=Feed.Status.HELD,
        summary={"rows_read": 12, "created": 3},
        held={"code": "FEED_DROP_HELD", "vanished": "9"},
    )
    feed.issues.create(row=4, code="PRICE_MISSING", severity="error", action="row_rejected")
    set_rate(
        Pair("EUR", "CNY"),
        Decimal("7.9"),
        as_of=today(),
        max_age=timedelta(days=4),
        actor="test",
        purpose=Purpose.QUOTE,
    )
    return Everything(order, parcel, job, incident, feed, supplier, order.channel)
