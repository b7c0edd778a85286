"""What it costs to bring a basket home: every carrier of the channel is asked, the cheapest goes.

One carrier that fails costs its own answer; only when none answers is there no quote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.kernel import providers
from core.kernel.errors import ProviderFailed
from core.orders.errors import Refusal
from core.orders.quoting.rates import Rates
from core.orders.quoting.types import Component, PricedLine, Situation
from core.pluginapi import ImportMode, Money, RateRequest, ServiceQuote, Text, total


@dataclass(frozen=True, slots=True)
class Freight:
    """The chosen services, one for each country that goods leave from, and the days they take."""

    components: tuple[Component, ...]
    days: tuple[int, int]
    carriers: tuple[str, ...]
    unanswered: tuple[dict[str, str], ...]


def freight_of(situation: Situation, lines: Sequence[PricedLine], rates: Rates) -> Freight:
    """Ask for freight. Raises Refusal (weight_missing, origin_missing, no_freight)."""
    groups: dict[str, list[PricedLine]] = {}
    for line in lines:
        groups.setdefault(_ship_from(line, situation), []).append(line)
    components: list[Component] = []
    carriers: list[str] = []
    unanswered: list[dict[str, str]] = []
    shortest, longest = situation.kind.delivery_days
    for number, (ship_from, group) in enumerate(sorted(groups.items()), start=1):
        offered = _ask(situation, _request(situation, ship_from, group), unanswered)
        chosen = _cheapest(offered, ship_from, situation, rates)
        code = "freight" if len(groups) == 1 else f"freight.{number}"
        components.append(_component(code, chosen, situation, rates))
        carriers.append(chosen.carrier)
        wait = max(line.offer.lead_time_days for line in group)
        shortest = max(shortest, wait + chosen.days[0])
        longest = max(longest, wait + chosen.days[1])
    return Freight(
        tuple(components),
        (shortest, max(shortest, longest)),
        tuple(dict.fromkeys(carriers)),
        tuple(unanswered),
    )


def _ship_from(line: PricedLine, situation: Situation) -> str:
    """Return the country that a line leaves from: a bonded zone lies in the destination."""
    if situation.kind.import_mode is ImportMode.BONDED and line.offer.facts.get("warehouse"):
        return situation.country
    country = line.offer.ship_from or line.offer.supplier.country
    if country:
        return country
    raise Refusal(
        "ship_from_missing",
        Text(
            f"It is not known from where {line.offer.sku} ships.",
            f"{line.offer.sku} 的发货国未知。",
            f"{line.offer.sku} 的出貨國未知。",
        ),
    )


def _request(situation: Situation, ship_from: str, lines: Sequence[PricedLine]) -> RateRequest:
    grams = 0
    for line in lines:
        weight = line.basket.item.gross_grams
        if not weight:
            raise Refusal(
                "weight_missing",
                Text(
                    f"The gross weight of {line.offer.sku} is not known.",
                    f"{line.offer.sku} 的毛重未知。",
                    f"{line.offer.sku} 的毛重未知。",
                ),
            )
        grams += weight * line.basket.quantity
    goods = total((line.goods for line in lines), situation.currency)
    return RateRequest(ship_from, situation.country, grams, goods)


def _ask(
    situation: Situation, request: RateRequest, unanswered: list[dict[str, str]]
) -> list[ServiceQuote]:
    channel = situation.place
    offered: list[ServiceQuote] = []
    for provided in providers.carriers(channel):
        if not hasattr(provided.object, "quote"):
            continue
        try:
            offered.extend(providers.carrier_quote(channel, provided.key, request=request))
        except ProviderFailed as problem:
            unanswered.append({"carrier": provided.key, "reason": str(problem)[:200]})
    return [service for service in offered if service.freight.amount >= 0]


def _cheapest(
    offered: Sequence[ServiceQuote], ship_from: str, situation: Situation, rates: Rates
) -> ServiceQuote:
    priced: list[tuple[Money, ServiceQuote]] = []
    refusal = Refusal(
        "no_freight",
        Text(
            f"No carrier of this channel goes from {ship_from} to {situation.country}.",
            f"此渠道没有从 {ship_from} 到 {situation.country} 的承运商。",
            f"此通路沒有從 {ship_from} 到 {situation.country} 的承運商。",
        ),
    )
    for service in offered:
        try:
            priced.append((rates.exact(service.freight, situation.currency), service))
        except Refusal as problem:
            refusal = problem
    if not priced:
        raise refusal
    return min(priced, key=lambda pair: (pair[0].amount, pair[1].days, pair[1].service))[1]


def _component(code: str, service: ServiceQuote, situation: Situation, rates: Rates) -> Component:
    amount = rates.rounded(service.freight, situation.currency)
    rate, _, fx_source = rates.basis_of(service.freight.currency, situation.currency)
    source = f"{service.source}; {fx_source}" if fx_source else service.source
    return Component(
        code=code,
        kind="freight",
        label=service.title,
        amount=amount,
        basis=service.freight,
        rate=rate,
        rule_id=f"freight.{service.carrier}.{service.service}",
        source=source,
        inputs={"carrier": service.carrier, "service": service.service},
        plugin=_plugin_of(service.carrier, situation),
        order=20,
    )


def _plugin_of(carrier: str, situation: Situation) -> str:
    known = providers.carriers(situation.place)
    return next((one.plugin for one in known if one.key == carrier), "")
