"""Conversion: the rate of the day, its age, the margin, the rounding; or a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

from core.fx.book import Book, Stamps, book, stamps
from core.fx.errors import RateMissing, RateStale
from core.fx.routes import PRECISE, Look, best, derived
from core.fx.types import Conversion, Found, Reference
from core.kernel import hooks, providers
from core.pluginapi import (
    ChannelRef,
    FxSource,
    Margin,
    Money,
    MoneyError,
    Pair,
    Purpose,
    Rate,
    RoundingRule,
)
from core.shared.money import checked_decimal, exponent
from core.shared.text import Text

PLACES = Decimal("1E-12")
USABLE = {
    Purpose.DISPLAY: (Purpose.DISPLAY, Purpose.QUOTE),
    Purpose.QUOTE: (Purpose.QUOTE,),
    Purpose.SETTLEMENT: (Purpose.SETTLEMENT, Purpose.QUOTE),
    Purpose.CUSTOMS: (Purpose.CUSTOMS,),
}
"""Which published rates serve a purpose, best first; a customs rate serves customs alone."""

HUNDRED = Decimal(100)
MARGIN_LIMIT = Decimal(50)
OPERATOR = "operator"
"""The source of rates that a person set."""

TYPED = "*"
"""The base of sources whose rates people type."""


def convert(
    amount: Money,
    to: str,
    *,
    at: datetime,
    purpose: Purpose,
    channel: ChannelRef | None = None,
    rounding: RoundingRule = RoundingRule.HALF_UP,
    reference: Reference | None = None,
    known_at: datetime | None = None,
    seen: Stamps | None = None,
) -> Conversion:
    """Convert ``amount`` into ``to`` by the rate that holds at ``at``.

    Order: ``offer_rate`` of plug-ins, then the store, source by source in the operator's order:
    the newest rate on or before ``at`` that is not older than its source allows, direct, inverse,
    or over a base of the same source and day. ``reference`` binds a customs conversion to the
    authority's publications and days instead; ``known_at`` computes by what was stored then;
    ``seen`` are the store's stamps, read once for several conversions. Margins of plug-ins are
    added except for customs. One currency converts 1:1 without a rate; nothing else ever does.
    Raises RateMissing, RateStale, and MoneyError when ``to`` is no currency.
    """
    exponent(to)
    pair = Pair(amount.currency, to)
    if pair.base == pair.quote:
        return _unconverted(amount, at, purpose, rounding)
    found = find(
        pair,
        at=at,
        purpose=purpose,
        channel=channel,
        reference=reference,
        known_at=known_at,
        seen=seen,
    )
    margins = () if purpose is Purpose.CUSTOMS else _margins(pair, amount, purpose, channel)
    percent = sum((margin.percent for margin in margins), Decimal(0))
    factor = PRECISE.multiply(found.rate.value, PRECISE.add(1, PRECISE.divide(percent, HUNDRED)))
    product = checked_decimal(PRECISE.multiply(amount.amount, factor))
    unrounded = product.quantize(PLACES, context=PRECISE)
    return Conversion(
        amount=amount,
        result=Money(unrounded, to).rounded(rounding),
        unrounded=unrounded,
        rate=found.rate,
        margin_percent=percent,
        margins=margins,
        rounding=rounding,
        path=found.path,
        age_days=found.age_days,
        reference=reference,
    )


def find(
    pair: Pair,
    *,
    at: datetime,
    purpose: Purpose,
    channel: ChannelRef | None = None,
    reference: Reference | None = None,
    known_at: datetime | None = None,
    seen: Stamps | None = None,
) -> Found:
    """Return the rate of ``pair`` at ``at`` and the stored rates that it is derived from.

    Raises RateMissing or RateStale.
    """
    day = at.astimezone(UTC).date()
    offered = _offered(pair, at, purpose, channel, reference)
    if offered:
        return Found(*derived(pair, [(offered, False)]), day)
    registered = {one.key: one.object for one in providers.fx_sources(channel)}
    seen = stamps() if seen is None else seen
    if reference:
        looks = list(_by_reference(reference, registered, known_at, seen))
    else:
        rates = book(day, known_at=known_at, seen=seen)
        looks = list(_by_rank(rates, USABLE[purpose], registered))
    found = best(looks, pair)
    if found is None:
        raise _refusal(pair, day, best(looks, pair, stale=True), reference)
    return found


def anyhow(pair: Pair, day: date, purpose: Purpose, *, apart_from: str = "") -> Rate | None:
    """Return what the store last knew of ``pair`` on ``day``, stale or not: to compare with."""
    registered = {one.key: one.object for one in providers.fx_sources(None)}
    purposes = tuple(dict.fromkeys((*USABLE[purpose], *Purpose)))
    looks = _by_rank(book(day), purposes, registered)
    found = best([look for look in looks if look.source != apart_from], pair, stale=True)
    return found.rate if found else None


def _offered(
    pair: Pair,
    at: datetime,
    purpose: Purpose,
    channel: ChannelRef | None,
    reference: Reference | None,
) -> Rate | None:
    """Ask plug-ins; where customs is bound to publications, another source is no answer."""
    answer = hooks.offer_rate(channel, pair=pair, at=at, purpose=purpose)
    if not answer or answer.value.pair != pair:
        return None
    rate = answer.value
    if reference and rate.source not in reference.sources:
        return None
    day = reference.day if reference else at.astimezone(UTC).date()
    return rate if rate.holds(day) else None


def _by_rank(
    rates: Book, purposes: tuple[Purpose, ...], registered: dict[str, FxSource]
) -> Iterator[Look]:
    """Look into every source: what a person set, then the operator's order, then the others."""
    ranks = {key: rank for rank, key in enumerate((OPERATOR, *registered))}
    for source in rates.rates:
        base = registered[source].base if source in registered else ""
        yield Look(ranks.get(source, len(ranks)), source, purposes, rates, base)


def _by_reference(
    reference: Reference,
    registered: dict[str, FxSource],
    known_at: datetime | None,
    seen: Stamps,
) -> Iterator[Look]:
    declared = book(reference.declared_on, known_at=known_at, seen=seen)
    observed = book(reference.day, known_at=known_at, seen=seen)
    for number, name in enumerate(reference.sources):
        for source in _named(name, registered):
            base = registered[source].base if source in registered else ""
            yield Look(2 * number, source, (Purpose.CUSTOMS,), declared, base)
            if name != OPERATOR:
                yield Look(2 * number + 1, source, (Purpose.QUOTE,), observed, base)


def _named(name: str, registered: dict[str, FxSource]) -> list[str]:
    if name != OPERATOR:
        return [name]
    return [OPERATOR, *(key for key, source in registered.items() if source.base == TYPED)]


def _refusal(
    pair: Pair, day: date, old: Found | None, reference: Reference | None
) -> RateMissing | RateStale:
    name = f"{pair.base}/{pair.quote}"
    if reference:
        names = ", ".join(reference.sources)
        return _customs_refusal(name, reference, names, stale=old is not None)
    if old is None:
        return RateMissing(
            Text(
                f"There is no exchange rate {name} for {day}. Fetch one (fx fetch) or set one "
                f"(fx set).",
                f"没有 {day} 的 {name} 汇率。请获取（fx fetch）或设定（fx set）汇率。",
                f"沒有 {day} 的 {name} 匯率。請擷取（fx fetch）或設定（fx set）匯率。",
            )
        )
    rate = old.rate
    until = rate.valid_to or rate.as_of + rate.max_age
    return RateStale(
        Text(
            f"The newest exchange rate {name} is of {rate.as_of} and may be used until {until}, "
            f"not on {day}. Fetch a newer one (fx fetch).",
            f"最新的 {name} 汇率为 {rate.as_of}，仅可使用至 {until}，"
            f"{day} 已过期。请获取新汇率（fx fetch）。",
            f"最新的 {name} 匯率為 {rate.as_of}，僅可使用至 {until}，"
            f"{day} 已過期。請擷取新匯率（fx fetch）。",
        )
    )


def _customs_refusal(
    name: str, reference: Reference, names: str, *, stale: bool
) -> RateMissing | RateStale:
    kind = RateStale if stale else RateMissing
    day, declared = reference.day, reference.declared_on
    return kind(
        Text(
            f"Customs converts {name} on {declared} by {names}, rate of {day} "
            f"({reference.rule_id}), and there is none that may be used. Fetch it (fx backfill) or "
            f"set the customs rate (fx set --purpose customs).",
            f"海关于 {declared} 按 {names} 在 {day} 的汇率（{reference.rule_id}）折算 {name}，"
            f"目前没有可用汇率。请补取（fx backfill）或设定海关汇率（fx set --purpose customs）。",
            f"海關於 {declared} 按 {names} 在 {day} 的匯率（{reference.rule_id}）折算 {name}，"
            f"目前沒有可用匯率。請補取（fx backfill）或設定海關匯率（fx set --purpose customs）。",
        )
    )


def _margins(
    pair: Pair, amount: Money, purpose: Purpose, channel: ChannelRef | None
) -> tuple[Margin, ...]:
    answers = hooks.add_fx_margin(channel, pair=pair, amount=amount, purpose=purpose)
    margins = tuple(answer.value for answer in answers)
    for margin in margins:
        if not margin.percent.is_finite() or abs(margin.percent) > MARGIN_LIMIT:
            raise MoneyError(f"the margin of {margin.source[:40]} is not between -50 and 50 %")
    return margins


def _unconverted(
    amount: Money, at: datetime, purpose: Purpose, rounding: RoundingRule
) -> Conversion:
    rate = Rate(
        Pair(amount.currency, amount.currency),
        Decimal(1),
        "one currency",
        at.astimezone(UTC).date(),
        purpose=purpose,
    )
    result = amount.rounded(rounding)
    return Conversion(amount, result, amount.amount, rate, Decimal(0), (), rounding, ())
