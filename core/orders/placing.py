"""Turns a quote into an order: everything in one transaction, or nothing."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from core.buyers.errors import BuyerError
from core.buyers.models import Buyer
from core.buyers.queries import address_card, address_view, view_of
from core.catalog.models import Offer
from core.catalog.queries import item_view, offer_view
from core.catalog.stock import reserve_stock
from core.kernel import hooks
from core.kernel.models import Channel
from core.orders.errors import OrderError, QuoteRefused
from core.orders.flow import write_step
from core.orders.models import Order, OrderLine, StoredQuote
from core.orders.quotes import is_intact, load_quote
from core.orders.quoting.versions import kind_of
from core.pluginapi import ChannelKind, Level, Line, Money, Text
from core.shared.clock import now
from core.shared.columns import column_value
from core.shared.crypto import seal

ATTEMPTS = 5
DIGITS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def place_order(
    quote_id: UUID | str,
    *,
    buyer: Buyer,
    address_id: UUID,
    idempotency_key: str,
    actor: str = "",
    by: str = "buyer",
) -> Order:
    """Turn an unexpired quote into a placed order and reserve its stock.

    The same key of the same buyer gives the same order. Raises QuoteNotFound for an unknown quote
    or another buyer's; QuoteRefused when it was refused, has expired, was used or was altered;
    OrderError (out_of_stock, limits, identity_required, address_unknown, address_elsewhere).
    """
    _check_key(idempotency_key)
    known = _known(buyer, idempotency_key, quote_id)
    if known:
        return known
    quote = load_quote(quote_id, buyer=buyer.pk)
    document = quote.document
    kind = _check_quote(quote)
    card = _check_address(buyer, address_id, quote.country)
    _check_identity(buyer, kind, quote.country)
    _check_limits(buyer, quote.channel, document)
    try:
        with transaction.atomic():
            order = _write(quote, document, buyer, address_id, idempotency_key)
            order.address_sealed = seal(card, bound_to=order.bound_to("address"))
            order.save(update_fields=["address_sealed"])
            _reserve(document["lines"])
            write_step(order, "draft", "placed", by=by, actor=actor)
    except IntegrityError:
        return _after_conflict(buyer, idempotency_key, quote)
    return order


def _known(buyer: Buyer, key: str, quote_id: UUID | str) -> Order | None:
    order = Order.objects.filter(buyer=buyer, idempotency_key=key).first()
    if order and str(order.quote_id) != str(quote_id):
        raise OrderError(
            "idempotency_key_reused",
            Text(
                "This key was used for another quote.",
                "该幂等键已用于另一份报价单。",
                "該冪等鍵已用於另一份報價單。",
            ),
            path="$.idempotency_key",
        )
    return order


def _after_conflict(buyer: Buyer, key: str, quote: StoredQuote) -> Order:
    """Another request won: with our key it is our order, else the quote was used."""
    known = _known(buyer, key, quote.pk)
    if known:
        return known
    raise _used()


def _used() -> QuoteRefused:
    return QuoteRefused(
        "quote_used",
        Text(
            "This quote was already ordered; ask for a new one.",
            "该报价单已下单，请重新询价。",
            "該報價單已下單，請重新詢價。",
        ),
    )


def _check_key(key: str) -> None:
    if not 1 <= len(key) <= 80 or not key.isascii() or not key.isprintable():
        raise OrderError(
            "idempotency_key_invalid",
            Text(
                "An idempotency key has 1 to 80 printable ASCII characters.",
                "幂等键须为 1 至 80 个 ASCII 字符。",
                "冪等鍵須為 1 至 80 個 ASCII 字元。",
            ),
            path="$.idempotency_key",
        )


def _check_quote(quote: StoredQuote) -> ChannelKind:
    if not quote.is_ok:
        raise QuoteRefused("quote_refused", Text.from_dict(quote.document["message"]))
    if not is_intact(quote):
        raise QuoteRefused(
            "quote_altered",
            Text(
                "The quote does not match its hash.",
                "报价单与其哈希不符。",
                "報價單與其雜湊不符。",
            ),
        )
    if quote.is_expired or not quote.orderable:
        raise QuoteRefused(
            "quote_expired",
            Text(
                "This quote has expired; ask for a new one.",
                "该报价单已过期，请重新询价。",
                "該報價單已過期，請重新詢價。",
            ),
        )
    if Order.objects.filter(quote=quote).exists():
        raise _used()
    kind, _ = kind_of(quote.channel.kind)
    if kind is None or not quote.channel.is_open:
        raise QuoteRefused(
            "channel_closed",
            Text("This channel is closed.", "此渠道已关闭。", "此通路已關閉。"),
        )
    return kind


def _check_address(buyer: Buyer, address_id: UUID, country: str) -> str:
    try:
        shown = address_view(buyer, address_id)
        card = address_card(buyer, address_id)
    except BuyerError as problem:
        text = Text(str(problem), "没有此地址。", "沒有此地址。")
        raise OrderError("address_unknown", text, path="$.address") from None
    if shown.country != country:
        raise OrderError(
            "address_elsewhere",
            Text(
                f"The quote is for {country}, the address is in {shown.country}.",
                f"报价单目的地为 {country}，地址位于 {shown.country}。",
                f"報價單目的地為 {country}，地址位於 {shown.country}。",
            ),
            path="$.address",
        )
    return card.as_json()


def _check_identity(buyer: Buyer, kind: ChannelKind, country: str) -> None:
    needed = kind.identity_required and country in (kind.identity_countries or (country,))
    if not needed or buyer.identities.exists():
        return
    raise OrderError(
        "identity_required",
        Text(
            "Customs needs a real name and identity number: add your identity first.",
            "海关要求实名信息：请先添加姓名和身份证号。",
            "海關要求實名資訊：請先新增姓名和身分證號。",
        ),
        path="$.identity",
    )


def _check_limits(buyer: Buyer, channel: Channel, document: dict[str, Any]) -> None:
    offers = {
        str(offer.pk): offer
        for offer in Offer.objects.filter(
            pk__in=[line["offer"] for line in document["lines"]]
        ).select_related("item__product")
    }
    lines: list[Line] = []
    for line in document["lines"]:
        offer = offers.get(line["offer"])
        if offer is None:
            raise _gone(line)
        lines.append(Line(item_view(offer.item), line["quantity"], offer_view(offer)))
    judged = hooks.check_purchase_limits(
        channel.ref, buyer=view_of(buyer), lines=tuple(lines), at=now()
    )
    for answer in judged.reasons:
        if answer.value.level == judged.level >= Level.HOLD:
            raise OrderError(answer.value.code, answer.value.message, path="$.lines")


def _gone(line: dict[str, Any]) -> OrderError:
    name = line["sku"]
    return OrderError(
        "out_of_stock",
        Text(
            f"{name} is no longer available in this quantity.",
            f"{name} 已无足够库存。",
            f"{name} 已無足夠庫存。",
        ),
        path="$.lines",
    )


def _reserve(lines: Sequence[dict[str, Any]]) -> None:
    """Reserve in one order of rows, so that two baskets never wait for each other."""
    for line in sorted(lines, key=lambda one: one["offer"]):
        if not reserve_stock(UUID(line["offer"]), line["quantity"]):
            raise _gone(line)


def _write(
    quote: StoredQuote, document: dict[str, Any], buyer: Buyer, address_id: UUID, key: str
) -> Order:
    order = Order.objects.create(
        number=_new_number(),
        channel=quote.channel,
        buyer=buyer,
        quote=quote,
        state="placed",
        idempotency_key=key,
        address=address_id,
        address_shown=_shown(buyer, address_id),
        country=quote.country,
        regime=document["regime"],
        incoterm=document["incoterm"],
        total=column_value(Money(Decimal(document["payable"]), document["currency"])),
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            position=position,
            item=line["item"],
            offer=line["offer"],
            supplier=line["supplier"],
            sku=line["sku"],
            title=line["title"],
            quantity=line["quantity"],
            unit_price=column_value(Money(Decimal(line["unit_price"]), document["currency"])),
        )
        for position, line in enumerate(document["lines"], start=1)
    )
    return order


def _shown(buyer: Buyer, address_id: UUID) -> dict[str, str]:
    view = address_view(buyer, address_id)
    return {"recipient": view.recipient, "phone": view.phone, "line": view.line}


def _new_number() -> str:
    """Return a number that people can read aloud; the unique column catches the rare twin."""
    for _ in range(ATTEMPTS):
        tail = "".join(secrets.choice(DIGITS) for _ in range(6))
        number = f"H{now():%y%m%d}{tail}"
        if not Order.objects.filter(number=number).exists():
            return number
    raise OrderError("busy", Text("Please try again.", "请重试。", "請重試。"))
