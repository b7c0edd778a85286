"""What changes the catalogue: putting offers into a channel and taking them out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from core.catalog.checking import checked
from core.catalog.items import item_for
from core.catalog.models import Item, Offer, OfferState
from core.catalog.queries import item_view
from core.catalog.stock import release_stock, reserve_stock, take_stock
from core.catalog.types import PublishRequest, PublishResult, Reason
from core.jobs import emit
from core.kernel import hooks
from core.kernel.models import Channel
from core.pluginapi import (
    ItemView,
    Level,
    OfferRef,
    OfferView,
    ProductView,
    ShopperTask,
    SupplierView,
)
from core.shared.ids import new_id

__all__ = [
    "publish_offer",
    "release_stock",
    "reserve_stock",
    "take_stock",
    "withdraw_offer",
    "withdraw_supplier",
]

STATES = {
    Level.ALLOW: OfferState.PUBLISHED,
    Level.WARN: OfferState.PUBLISHED,
    Level.HOLD: OfferState.HELD,
    Level.DENY: OfferState.DENIED,
}


def publish_offer(channel: Channel, request: PublishRequest) -> PublishResult:
    """Put an offer into ``channel``, judged by the channel's plug-ins; the same SKU is replaced.

    The worst verdict decides: published, held or denied, with every reason kept. A shopper's
    offer is judged by ``check_shopper`` too. Raises CatalogError when the request itself cannot
    be used; nothing is stored then.
    """
    checked(request)
    item = item_for(request)
    identity = Offer.objects.filter(channel=channel, supplier=request.supplier.ref, sku=request.sku)
    known = identity.values_list("id", flat=True).first()
    offer_id = known or new_id()
    level, reasons = _judge(channel, request, item_view(item), offer_id)
    with transaction.atomic():
        values = _values(request, item, STATES[level], reasons)
        stored, created = _store(channel, request, offer_id, values)
        if stored.state == OfferState.PUBLISHED:
            emit(
                "offer.published",
                {"offer": str(stored.pk), "item": str(item.pk)},
                channel=channel.key,
                subject=str(stored.pk),
            )
    return PublishResult(stored.pk, item.pk, stored.state, reasons, created)


def withdraw_offer(channel: Channel, supplier: UUID, sku: str) -> bool:
    """Take an offer out of sale; what is reserved stays so. Returns False when there is none."""
    offers = Offer.objects.filter(channel=channel, supplier=supplier, sku=sku)
    shown = offers.exclude(state=OfferState.WITHDRAWN)
    return shown.update(state=OfferState.WITHDRAWN, reasons=[]) == 1


def withdraw_supplier(channel: Channel, supplier: UUID, skus: Iterable[str] | None = None) -> int:
    """Take all offers of a supplier, or those of ``skus``, out of sale; returns how many."""
    offers = Offer.objects.filter(channel=channel, supplier=supplier)
    if skus is not None:
        offers = offers.filter(sku__in=list(skus))
    return offers.exclude(state=OfferState.WITHDRAWN).update(state=OfferState.WITHDRAWN, reasons=[])


def _judge(
    channel: Channel, request: PublishRequest, item: ItemView, offer_id: UUID
) -> tuple[Level, tuple[Reason, ...]]:
    product = ProductView(item, _offer_view(request, item, offer_id), request.images)
    judgements = [hooks.check_listing(channel.ref, product=product)]
    if request.supplier.kind == "shopper":
        task = ShopperTask(
            item=item,
            quantity=request.quantity or 1,
            budget=request.price,
            country=request.ship_from or request.supplier.country,
        )
        judgements.append(hooks.check_shopper(channel.ref, shopper=request.supplier, task=task))
    reasons = tuple(
        Reason(answer.plugin, answer.value.level, answer.value.code, answer.value.message)
        for judgement in judgements
        for answer in judgement.reasons
        if answer.value.level > Level.ALLOW
    )
    return max(judgement.level for judgement in judgements), reasons


def _offer_view(request: PublishRequest, item: ItemView, offer_id: UUID) -> OfferView:
    return OfferView(
        ref=OfferRef(offer_id),
        item=item.ref,
        supplier=request.supplier,
        sku=request.sku,
        price=request.price,
        available=request.quantity,
        ship_from=request.ship_from,
        lead_time_days=request.lead_time_days,
        facts=dict(request.facts),
    )


def _store(
    channel: Channel,
    request: PublishRequest,
    offer_id: UUID,
    values: dict[str, object],
) -> tuple[Offer, bool]:
    identity = {"channel": channel, "supplier": request.supplier.ref, "sku": request.sku}
    if _update(identity, values, request.quantity):
        return Offer.objects.get(**identity), False
    try:
        with transaction.atomic():
            offer = Offer(id=offer_id, on_hand=request.quantity, **identity, **values)
            offer.save(force_insert=True)
            return offer, True
    except IntegrityError:
        if not _update(identity, values, request.quantity):
            raise
        return Offer.objects.get(**identity), False


def _update(identity: dict[str, object], values: dict[str, object], quantity: int | None) -> int:
    """Replace an offer; stock never falls below what buyers have reserved."""
    on_hand = None if quantity is None else Greatest(F("reserved"), Value(quantity))
    return Offer.objects.filter(**identity).update(on_hand=on_hand, **_columns(values))


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    """Write money as its two columns, because an UPDATE would keep the old currency."""
    columns = dict(values)
    for name in ("price", "cost"):
        money = values[name]
        columns[name] = money.amount if money else None
        columns[f"{name}_currency"] = str(money.currency) if money else None
    return columns


def _values(
    request: PublishRequest, item: Item, state: OfferState, reasons: tuple[Reason, ...]
) -> dict[str, object]:
    return {
        "item": item,
        "seller": seller_snapshot(request.supplier),
        "price": request.price.stored(),
        "cost": request.cost.stored() if request.cost else None,
        "ship_from": request.ship_from,
        "lead_time_days": request.lead_time_days,
        "facts": dict(request.facts),
        "state": state.value,
        "reasons": [
            {
                "plugin": reason.plugin,
                "level": reason.level.name.lower(),
                "code": reason.code,
                "message": reason.message.as_dict(),
            }
            for reason in reasons
        ],
    }


def seller_snapshot(supplier: SupplierView) -> dict[str, object]:
    """Return a supplier as JSON, as it was when its offer was judged."""
    return {
        "ref": str(supplier.ref),
        "name": supplier.name,
        "kind": supplier.kind,
        "country": supplier.country,
        "facts": dict(supplier.facts),
    }
