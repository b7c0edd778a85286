"""Quotes: one immutable landed price for each channel that sells to the destination."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from core.buyers.models import Buyer
from core.buyers.queries import buyer_view
from core.catalog.errors import CatalogError
from core.catalog.shelf import offers_of, resolve_items
from core.fx.book import stamps
from core.kernel import providers
from core.kernel.activation import is_on
from core.kernel.models import Channel
from core.orders.errors import QuoteInvalid, QuoteNotFound
from core.orders.models import StoredQuote
from core.orders.quoting.building import Builder
from core.orders.quoting.document import intact, sealed
from core.orders.quoting.facts import facts_for
from core.orders.quoting.imports import counted_in
from core.orders.quoting.types import (
    Asked,
    BasketLine,
    QuoteRequest,
    Situation,
    WantedLine,
    instant,
)
from core.orders.quoting.versions import kind_of, versions
from core.pluginapi import BuyerRef, BuyerView, ChannelKind, ChannelRef, Text
from core.shared.clock import now
from core.shared.ids import new_id
from core.shared.localtime import local_day
from core.shared.prepared import Prepared, insert_all
from customs.classification.jurisdictions import jurisdiction_of
from customs.classification.services import ItemCode, code_for
from customs.services import state_with
from customs.snapshot import one_state

LIFETIME = timedelta(minutes=30)
_COLUMNS = [field.attname for field in Channel._meta.concrete_fields]
_OPEN = Prepared(
    lambda markets: Channel.objects.filter(market__in=markets, is_open=True).values_list(*_COLUMNS),
    str,
)

__all__ = [
    "QuoteRequest",
    "WantedLine",
    "load_quote",
    "make_quote",
    "preview_quote",
    "stored_bytes",
]


def make_quote(request: QuoteRequest) -> list[StoredQuote]:
    """Price a basket in every open channel of the destination, and store each result.

    A channel that cannot sell it gives a stored refusal with code and sentence. Raises
    QuoteInvalid when the request itself has no answer: unknown SKU, unknown channel, nobody sells
    there.
    """
    quotes = preview_quote(request)
    insert_all(quotes)
    return quotes


def preview_quote(request: QuoteRequest) -> list[StoredQuote]:
    """Price a basket as :func:`make_quote` does and store nothing: for pages that compare.

    Raises QuoteInvalid.
    """
    basket = _basket(request.lines)
    channels = _channels(request)
    buyer = _buyer(request.buyer)
    with one_state():
        return _quotes(request, basket, channels, buyer)


def _quotes(
    request: QuoteRequest,
    basket: Sequence[BasketLine],
    channels: Sequence[Channel],
    buyer: BuyerView | None,
) -> list[StoredQuote]:
    places = [channel.ref for channel in channels]
    for place in places:
        # What is loaded at its first use must be known before the moment of the quote.
        state_with(providers.regimes(place, request.country))
    moment = now()
    on = request.on or local_day(request.country, moment)
    asked = Asked(
        request=request,
        basket=_classified(basket, request.country),
        shelf=offers_of([one.pk for one in channels], [line.item.ref for line in basket]),
        facts=facts_for(request.country, buyer, basket, on),
        buyer=buyer,
        moment=moment,
        on=on,
        stamps=stamps(),
    )
    return [_quote(asked, *one) for one in zip(channels, places, strict=True)]


def load_quote(quote_id: UUID | str, *, buyer: BuyerRef | UUID | None = None) -> StoredQuote:
    """Return a stored quote that ``buyer`` may see: their own, or one made for nobody.

    Raises QuoteNotFound, also for another buyer's.
    """
    quote = _find(quote_id)
    if quote is None or (quote.buyer is not None and quote.buyer != buyer):
        raise _unknown(quote_id)
    return quote


def stored_bytes(quote_id: UUID | str) -> bytes:
    """Return the bytes that were stored, for operators. Raises QuoteNotFound."""
    return bytes(stored_quote(quote_id).body)


def stored_quote(quote_id: UUID | str) -> StoredQuote:
    """Return a stored quote with its channel, whoever's it is. Raises QuoteNotFound."""
    quote = _find(quote_id)
    if quote is None:
        raise _unknown(quote_id)
    return quote


def is_intact(quote: StoredQuote) -> bool:
    """Say whether a stored quote still is what its hash says."""
    return intact(bytes(quote.body), quote.sha256)


def _find(quote_id: UUID | str) -> StoredQuote | None:
    try:
        key = quote_id if isinstance(quote_id, UUID) else uuid.UUID(quote_id)
    except ValueError:
        return None
    return StoredQuote.objects.select_related("channel").filter(pk=key).first()


def _unknown(quote_id: UUID | str) -> QuoteNotFound:
    return QuoteNotFound(
        "quote_unknown",
        Text("There is no such quote.", "没有此报价单。", "沒有此報價單。"),
        path="$.quote",
    )


def _basket(lines: Sequence[WantedLine]) -> list[BasketLine]:
    """Return the items that are meant, once each. Raises QuoteInvalid with the line's path."""
    paths = {line.reference: f"$.lines[{place}].sku" for place, line in enumerate(lines)}
    try:
        meant = resolve_items(paths)
    except CatalogError as problem:
        raise QuoteInvalid(problem.code, Text(str(problem)), path=paths[problem.field]) from None
    for reference, item in meant.items():
        if item is None:
            name = reference[:80]
            raise QuoteInvalid(
                "sku_unknown",
                Text(f"There is no {name}.", f"没有商品 {name}。", f"沒有商品 {name}。"),
                path=paths[reference],
            )
    if not lines:
        raise QuoteInvalid(
            "lines_invalid",
            Text("The basket is empty.", "购物篮是空的。", "購物籃是空的。"),
            path="$.lines",
        )
    basket: dict[UUID, BasketLine] = {}
    for line in lines:
        item = meant[line.reference]
        assert item is not None  # noqa: S101  # or it was refused above
        known = basket.get(item.ref)
        quantity = line.quantity + (known.quantity if known else 0)
        named = known.reference if known else line.reference
        basket[item.ref] = BasketLine(item, quantity, named)
    return list(basket.values())


def _classified(basket: Sequence[BasketLine], country: str) -> tuple[BasketLine, ...]:
    """Return the basket with the codes that count in the destination."""
    codes = code_for([line.item for line in basket], jurisdiction_of(country))
    return tuple(_coded(line, codes[line.item.ref]) for line in basket)


def _coded(line: BasketLine, found: ItemCode) -> BasketLine:
    item = line.item if line.item.hs_code == found.code else replace(line.item, hs_code=found.code)
    return replace(line, item=item, hs_state=found.state)


def _channels(request: QuoteRequest) -> list[Channel]:
    rows = _OPEN.rows([request.country])
    channels = [Channel.from_db(connection.alias, _COLUMNS, row) for row in rows]
    if request.channels is not None:
        known = {name for channel in channels for name in (channel.key, channel.kind)}
        for index, name in enumerate(request.channels):
            if name not in known:
                raise QuoteInvalid(
                    "channel_unknown",
                    Text(
                        f"No open channel {name} sells to {request.country}.",
                        f"没有面向 {request.country} 的渠道 {name}。",
                        f"沒有面向 {request.country} 的通路 {name}。",
                    ),
                    path=f"$.channels[{index}]",
                )
        wanted = set(request.channels)
        channels = [one for one in channels if one.key in wanted or one.kind in wanted]
    if channels:
        return channels
    raise QuoteInvalid(
        "no_channel",
        Text(
            f"No channel sells to {request.country}.",
            f"没有面向 {request.country} 的渠道。",
            f"沒有面向 {request.country} 的通路。",
        ),
        path="$.destination.country",
    )


def _buyer(ref: BuyerRef | None) -> BuyerView | None:
    if ref is None:
        return None
    try:
        return buyer_view(ref)
    except Buyer.DoesNotExist:
        raise QuoteInvalid(
            "buyer_unknown",
            Text("There is no such buyer.", "没有此买家。", "沒有此買家。"),
            path="$.buyer",
        ) from None


def _quote(asked: Asked, channel: Channel, place: ChannelRef) -> StoredQuote:
    identifier = new_id()
    moment, on = asked.moment, asked.on
    expires = moment + timedelta(minutes=lifetime_minutes())
    document = {**_frame(asked, place), **_priced(asked, channel, place)}
    document |= {"id": str(identifier), "expires_at": expires.isoformat()}
    today = local_day(asked.request.country, moment)
    document["orderable"] = document["outcome"] == "ok" and on == today
    body, digest = sealed(document)
    return StoredQuote(
        id=identifier,
        channel=channel,
        buyer=asked.buyer.ref if asked.buyer else None,
        outcome=document["outcome"],
        code=document["code"],
        country=asked.request.country,
        currency=document["currency"],
        sha256=digest,
        body=body,
        orderable=document["orderable"],
        created_at=moment,
        expires_at=expires,
    )


def _priced(asked: Asked, channel: Channel, place: ChannelRef) -> dict[str, Any]:
    """Return the channel's terms, components and total, or its refusal."""
    kind, plugin = kind_of(channel.kind)
    if kind is None or not is_on(plugin, channel):
        return _no_kind(channel)
    request = asked.request
    currency = request.currency or channel.currency
    situation = Situation(
        channel=channel,
        place=place,
        kind=kind,
        kind_plugin=plugin,
        country=request.country,
        region=request.region,
        currency=currency,
        customs_currency=counted_in(place, request.country, currency),
        at=instant(asked.moment, asked.on, asked.request.country),
        on=asked.on,
        buyer=asked.buyer,
        stamps=asked.stamps,
    )
    builder = Builder(situation, asked.basket, asked.shelf[channel.pk], asked.facts)
    built = builder.build()
    return {
        **_terms(kind),
        **built,
        "facts": asked.facts,
        "plugins": versions(builder.plugins),
    }


def lifetime_minutes() -> int:
    """Return for how many minutes a quote can be ordered."""
    return int(getattr(settings, "HAITAO_QUOTE_MINUTES", LIFETIME.total_seconds() // 60))


def _frame(asked: Asked, place: ChannelRef) -> dict[str, Any]:
    request = asked.request
    return {
        "version": 1,
        "channel": place.key,
        "channel_kind": place.kind,
        "channel_name": place.name.as_dict(),
        "demonstration": place.demonstration,
        "destination": {"country": request.country, "region": request.region},
        "currency": request.currency or place.currency,
        "on": asked.on.isoformat(),
        "created_at": asked.moment.isoformat(),
        "lines": [],
        "components": [],
        "regimes_considered": [],
    }


def _terms(kind: ChannelKind) -> dict[str, Any]:
    return {
        "kind_title": kind.title.as_dict(),
        "seller": kind.seller.value,
        "import_mode": kind.import_mode.value,
        "documents": list(kind.documents),
        "returns": kind.returns.as_dict(),
        "limits": kind.limits.as_dict(),
        "money_released": kind.money_released,
        "days": list(kind.delivery_days),
        "regimes_preferred": list(kind.regimes),
    }


def _no_kind(channel: Channel) -> dict[str, Any]:
    message = Text(
        f"The plug-in of the kind {channel.kind} is not switched on in this channel.",
        f"此渠道未启用类型 {channel.kind} 的插件。",
        f"此通路未啟用類型 {channel.kind} 的外掛。",
    )
    return {
        "outcome": "refused",
        "code": "kind_missing",
        "message": message.as_dict(),
        "total": None,
        "payable": None,
        "due_at_border": None,
        "plugins": {},
    }
