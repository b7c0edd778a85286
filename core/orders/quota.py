"""What an order takes of its buyer's year of imports, and when it gives that back.

The quote says what the customs regime counts (``quota`` in its document). It is reserved in the
transaction that books the payment and released by customs' dated rule; the ledger is customs'.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.buyers.queries import quota_index
from core.orders.models import Order, StoredQuote
from core.pluginapi import QuotaUse, Text
from core.shared.clock import now
from core.shared.localtime import local_day
from customs.quota.errors import QuotaRefused
from customs.quota.queries import room_of
from customs.quota.services import refusal, release, reserve
from customs.quota.types import Passage, Room

VOID = frozenset({"cancelled", "refunding", "refunded"})
PAST_CUSTOMS = ("cleared", "shipped", "delivered", "completed")
RETURN_PAPER = "customs_return"
"""The paper by which customs says that the goods came back."""


def quota_json(uses: Sequence[QuotaUse]) -> list[dict[str, Any]]:
    """Return what a shipment takes of a person's year as a quote's document holds it."""
    return [
        {
            "subject": use.subject,
            "label": use.label.as_dict(),
            "amount": f"{use.amount:f}",
            "unit": use.unit,
            "rule": use.rule,
            "value": use.value,
            "refusal_code": use.refusal_code,
        }
        for use in uses
    ]


def uses_of(document: dict[str, Any]) -> list[QuotaUse]:
    """Return what a quote takes of a person's year; nothing where no regime counts."""
    return [
        QuotaUse(
            **{**entry, "label": Text.from_dict(entry["label"]), "amount": Decimal(entry["amount"])}
        )
        for entry in document.get("quota", ())
    ]


def rooms(quote: StoredQuote, buyer: UUID) -> list[tuple[QuotaUse, Room]]:
    """Return what is left of the buyer's year now, for everything that the quote counts to.

    Raises QuotaRefused when nobody can say whose year it is, or no rule holds.
    """
    uses = uses_of(quote.document)
    person = _person(buyer) if uses else b""
    return [(use, room_of(person, use, jurisdiction=quote.country, at=now())) for use in uses]


def check_room(order: Order) -> None:
    """Refuse an order that the year has no room for, before anybody pays. Raises QuotaRefused."""
    for use, room in rooms(order.quote, order.buyer_id):
        if use.amount > room.left:
            raise refusal(use, room)


def reserve_quota(order: Order) -> None:
    """Take what the order needs of the year, in the caller's transaction. Raises QuotaRefused."""
    uses = uses_of(order.quote.document)
    if uses:
        reserve(
            _person(order.buyer_id),
            uses,
            jurisdiction=order.country,
            reference=order.number,
            at=now(),
        )


def release_quota(order: Order) -> None:
    """Give back what a void order reserved, where customs' rule allows it; else do nothing."""
    if order.state in VOID:
        release(order.number, _passage(order), at=now())


def _person(buyer: UUID) -> bytes:
    person = quota_index(buyer)
    if person is None:
        raise QuotaRefused(
            "identity_required",
            Text(
                "Customs counts this order by person: add your identity first.",
                "海关按个人计算此订单额度：请先添加姓名和身份证号。",
                "海關按個人計算此訂單額度：請先新增姓名和身分證號。",
            ),
        )
    return person


def _passage(order: Order) -> Passage:
    reached: dict[str, date] = {}
    for step in order.transitions.order_by("at", "id"):
        reached.setdefault(step.target, local_day(order.country, step.at))
    paper = order.documents.filter(kind=RETURN_PAPER).first()
    return Passage(
        cleared=min((reached[name] for name in PAST_CUSTOMS if name in reached), default=None),
        returned=reached.get("refunding"),
        arrived=local_day(order.country, paper.at) if paper else None,
    )
