"""An order's steps: the kind's flow is data, and one conditional UPDATE takes a step."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from core.catalog.stock import release_stock, take_stock
from core.jobs import emit
from core.logistics.models import Parcel
from core.orders.errors import StepRefused
from core.orders.models import Order, OrderDocument, OrderTransition, Payment
from core.orders.quota import RETURN_PAPER, release_quota
from core.orders.quoting.versions import kind_of
from core.pluginapi import OrderFlow, Text, Transition
from core.shared.clock import now

EVENTS = {"ready": "procured"}
"""States whose event has another name."""
LEAVES = "shipped"


@dataclass(frozen=True, slots=True)
class Step:
    """A step that someone may ask for, and the papers that it still waits for."""

    target: str
    missing: tuple[str, ...]


def flow_of(order: Order) -> OrderFlow:
    """Return the flow of an order's channel kind. Raises StepRefused when it is not loaded."""
    kind, _ = kind_of(order.channel.kind)
    if kind is None:
        raise StepRefused(
            "kind_missing",
            Text(
                f"The plug-in of the kind {order.channel.kind} is not loaded.",
                f"类型 {order.channel.kind} 的插件未加载。",
                f"類型 {order.channel.kind} 的外掛未載入。",
            ),
        )
    return kind.flow


def steps(order: Order, *, by: str) -> tuple[Step, ...]:
    """Return what ``by`` (buyer, operator, supplier, system) may ask for now."""
    found = [step for step in flow_of(order).transitions if step.source == order.state]
    allowed = [step for step in found if by in step.by]
    if not allowed:
        return ()
    held = documents_of(order)
    return tuple(
        Step(one.target, tuple(p for p in one.requires_documents if p not in held))
        for one in allowed
    )


def documents_of(order: Order) -> set[str]:
    """Return the kinds of papers that an order has.

    ``order`` is the order itself, ``payment`` a captured payment, ``logistics`` a parcel; others
    are attached.
    """
    held = {"order", *order.documents.values_list("kind", flat=True)}
    if order.payments.filter(state=Payment.State.PAID).exists():
        held.add("payment")
    if Parcel.objects.filter(order=order.pk).exists():
        held.add("logistics")
    return held


def attach_document(order: Order, kind: str, reference: str, *, by: str = "") -> OrderDocument:
    """Note a paper of an order; a second one of the kind replaces the first. Raises StepRefused.

    Customs' word that the goods came back can give the buyer's year back.
    """
    reference = reference.strip()
    name_fits = 0 < len(kind) <= 40 and kind.replace("_", "").isalnum() and kind.isascii()
    if not name_fits or not reference or len(reference) > 160 or not reference.isprintable():
        raise StepRefused(
            "document_invalid",
            Text(
                "A document has a kind and a reference of at most 160 characters.",
                "单证须有类型和不超过 160 个字符的编号。",
                "單證須有類型和不超過 160 個字元的編號。",
            ),
            path="$.reference",
        )
    document, _ = OrderDocument.objects.update_or_create(
        order=order, kind=kind, defaults={"reference": reference, "by": by[:120], "at": now()}
    )
    if kind == RETURN_PAPER:
        release_quota(order)
    return document


def transition(order: Order, target: str, *, by: str, reason: str = "", actor: str = "") -> Order:
    """Take one step and return the order as it then is.

    Stock, history and events are written with it. Raises StepRefused when the flow does not allow
    it from the state that the order really is in, ``by`` may not ask for it, or a paper is
    missing. Asking for the state that the order is in already changes nothing.
    """
    with transaction.atomic():
        order.refresh_from_db()
        if order.state == target:
            return order
        step = _allowed(order, target, by)
        _take(order, step, by=by, reason=reason, actor=actor)
    return order


def _allowed(order: Order, target: str, by: str) -> Transition:
    ways = [
        step
        for step in flow_of(order).transitions
        if step.source == order.state and step.target == target
    ]
    if not ways:
        raise StepRefused(
            "step_not_in_flow",
            Text(
                f"An order cannot go from {order.state} to {target[:20]} in this channel.",
                f"此渠道的订单不能从 {order.state} 变为 {target[:20]}。",
                f"此通路的訂單不能從 {order.state} 變為 {target[:20]}。",
            ),
            path="$.target",
        )
    step = ways[0]
    if by not in step.by:
        raise StepRefused(
            "step_not_permitted",
            Text(
                f"This step is taken by {', '.join(step.by)}.",
                f"此步骤由 {', '.join(step.by)} 执行。",
                f"此步驟由 {', '.join(step.by)} 執行。",
            ),
            path="$.by",
        )
    missing = [kind for kind in step.requires_documents if kind not in documents_of(order)]
    if missing:
        names = ", ".join(missing)
        raise StepRefused(
            "documents_missing",
            Text(
                f"Before {target}, attach: {names}.",
                f"变为 {target} 之前须提供：{names}。",
                f"變為 {target} 之前須提供：{names}。",
            ),
            path="$.documents",
        )
    return step


def _take(order: Order, step: Transition, *, by: str, reason: str, actor: str) -> None:
    moment = now()
    changes: dict[str, object] = {"state": step.target, "updated_at": moment}
    if step.target == "delivered" and order.delivered_at is None:
        changes["delivered_at"] = moment
    moved = Order.objects.filter(pk=order.pk, state=step.source).update(**changes)
    if not moved:
        raise StepRefused(
            "step_overtaken",
            Text(
                "Someone else moved this order meanwhile; look again.",
                "订单状态刚被他人变更，请刷新后重试。",
                "訂單狀態剛被他人變更，請重新整理後再試。",
            ),
        )
    write_step(order, step.source, step.target, by=by, reason=reason, actor=actor)
    if step.releases_stock:
        move_stock(order, "released")
    if step.target == LEAVES:
        move_stock(order, "taken")
    order.refresh_from_db()
    release_quota(order)


def write_step(
    order: Order, source: str, target: str, *, by: str, reason: str = "", actor: str = ""
) -> None:
    """Add to the history and tell the others, in the caller's transaction."""
    OrderTransition.objects.create(
        order=order, source=source, target=target, by=by, actor=actor[:120], reason=reason[:300]
    )
    payload = {"order": str(order.pk), "previous": source, "state": target}
    channel, subject = order.channel.key, str(order.pk)
    emit(f"order.{EVENTS.get(target, target)}", payload, channel=channel, subject=subject)
    emit("order.transitioned", payload, channel=channel, subject=subject)


def move_stock(order: Order, to: str) -> None:
    """Release or take what the lines reserved, each line once; ``to`` is released or taken."""
    move = release_stock if to == "released" else take_stock
    for line in order.lines.order_by("offer"):
        if order.lines.filter(pk=line.pk, stock="reserved").update(stock=to):
            move(line.offer, line.quantity)
