"""Which offer fills each line of a quote, and what it costs in the quote's currency."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from core.kernel import hooks
from core.orders.errors import Refusal
from core.orders.quoting.rates import Rates, plain
from core.orders.quoting.types import BasketLine, Component, Offers, PricedLine, Situation
from core.pluginapi import Line, OfferView, Text

CHEAPEST = Text("The cheapest offer in stock", "有货报价中最便宜", "有貨報價中最便宜")


def price_lines(
    situation: Situation, basket: Sequence[BasketLine], offers: Offers, rates: Rates
) -> tuple[PricedLine, ...]:
    """Choose an offer for every line and convert it. Raises Refusal when a line has none."""
    return tuple(_priced(situation, line, offers.get(line.item.ref, ()), rates) for line in basket)


def goods_components(lines: Sequence[PricedLine], rates: Rates, to: str) -> list[Component]:
    """Return one component a line; the basis is the offer's own price, the rate the exchange's."""
    found = []
    for number, line in enumerate(lines, start=1):
        offer = line.offer
        rate, rule, source = rates.basis_of(offer.price.currency, to)
        found.append(
            Component(
                code=f"goods.{number}",
                kind="goods",
                label=line.basket.item.title,
                amount=line.goods,
                basis=offer.price * line.basket.quantity,
                rate=rate,
                rule_id=rule or "catalog.price",
                source=source or f"offer {offer.sku} of {offer.supplier.name}",
                formula="unit_price * quantity; unit_price = offer * rate * (1 + margin / 100)",
                inputs={
                    "offer": plain(offer.price.amount),
                    "margin": rates.margin_of(offer.price.currency, to),
                    "unit_price": plain(line.unit_price.amount),
                    "quantity": str(line.basket.quantity),
                },
                line=number,
                order=0,
            )
        )
    return found


def _priced(
    situation: Situation, line: BasketLine, offers: Sequence[OfferView], rates: Rates
) -> PricedLine:
    name = line.item.title
    if not offers:
        raise Refusal(
            "no_offer",
            Text(
                f"{name.en} is not sold in this channel.",
                f"此渠道不销售「{name.in_language('zh-hans')}」。",
                f"此通路不銷售「{name.in_language('zh-hant')}」。",
            ),
        )
    stocked = [o for o in offers if o.available is None or o.available >= line.quantity]
    if not stocked:
        raise Refusal(
            "out_of_stock",
            Text(
                f"There are fewer than {line.quantity} of {name.en}.",
                f"「{name.in_language('zh-hans')}」库存不足 {line.quantity} 件。",
                f"「{name.in_language('zh-hant')}」庫存不足 {line.quantity} 件。",
            ),
        )
    offer, reason = _choose(situation, line, stocked, rates)
    unit = rates.exact(offer.price, situation.currency).rounded()
    return PricedLine(
        basket=line, offer=offer, reason=reason, unit_price=unit, goods=unit * line.quantity
    )


def _choose(
    situation: Situation, line: BasketLine, offers: Sequence[OfferView], rates: Rates
) -> tuple[OfferView, Text]:
    """Ask the channel's plug-ins; an answer that is not on sale counts as none."""
    answer = hooks.offer_sourcing(
        situation.place, line=Line(line.item, line.quantity), offers=tuple(offers)
    )
    if answer:
        for offer in offers:
            if offer.ref == answer.value.offer:
                return offer, answer.value.reason
    return _cheapest(offers, rates, situation.currency), CHEAPEST


def _cheapest(offers: Sequence[OfferView], rates: Rates, currency: str) -> OfferView:
    """Compare in the quote's currency; an offer without a rate is only taken when all lack one."""
    priced: list[tuple[Decimal, OfferView]] = []
    missing: Refusal | None = None
    for offer in offers:
        try:
            priced.append((rates.exact(offer.price, currency).amount, offer))
        except Refusal as problem:
            missing = problem
    if not priced and missing is not None:
        raise missing
    return min(priced, key=lambda pair: pair[0])[1]
