"""Conversion: the rate of the day, its age, the margin, the rounding; or a refusal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal

from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from core.fx.errors import RateMissing, RateStale
from core.fx.models import RateRow
from core.fx.types import Conversion
from core.kernel import hooks, providers
from core.pluginapi import ChannelRef, Margin, Money, MoneyError, Pair, Purpose, Rate, RoundingRule
from core.shared.money import checked_decimal, exponent
from core.shared.text import Text

PRECISE = Context(prec=40)
PLACES = Decimal("1E-12")
COMMON_BASES = ("EUR", "USD", "CNY")
USABLE = {
    Purpose.DISPLAY: (Purpose.DISPLAY.value, Purpose.QUOTE.value),
    Purpose.QUOTE: (Purpose.QUOTE.value,),
    Purpose.SETTLEMENT: (Purpose.SETTLEMENT.value, Purpose.QUOTE.value),
    Purpose.CUSTOMS: (Purpose.CUSTOMS.value,),
}
"""Which published rates serve a purpose; an authority's customs rate serves customs alone."""

HUNDRED = Decimal(100)
MARGIN_LIMIT = Decimal(50)
FIRST = "operator"


def convert(
    amount: Money,
    to: str,
    *,
    at: datetime,
    purpose: Purpose,
    channel: ChannelRef | None = None,
    rounding: RoundingRule = RoundingRule.HALF_UP,
) -> Conversion:
    """Convert ``amount`` into ``to`` by the rate that holds at ``at``.

    Order: ``offer_rate`` of plug-ins, then the store: latest on or before ``at`` and not older
    than the source allows, direct, inverse, or over a common base. Margins of plug-ins are added
    except for customs. One currency converts 1:1 without a rate; nothing else ever does. Raises
    RateMissing, RateStale, and MoneyError when ``to`` is no currency.
    """
    exponent(to)
    pair = Pair(amount.currency, to)
    if pair.base == pair.quote:
        return _unconverted(amount, at, purpose, rounding)
    rate, path = find(pair, at=at, purpose=purpose, channel=channel)
    margins = () if purpose is Purpose.CUSTOMS else _margins(pair, amount, purpose, channel)
    percent = sum((margin.percent for margin in margins), Decimal(0))
    factor = PRECISE.multiply(rate.value, PRECISE.add(1, PRECISE.divide(percent, HUNDRED)))
    product = checked_decimal(PRECISE.multiply(amount.amount, factor))
    unrounded = product.quantize(PLACES, context=PRECISE)
    result = Money(unrounded, to).rounded(rounding)
    return Conversion(amount, result, unrounded, rate, percent, margins, rounding, path)


def find(
    pair: Pair, *, at: datetime, purpose: Purpose, channel: ChannelRef | None = None
) -> tuple[Rate, tuple[Rate, ...]]:
    """Return the rate of ``pair`` at ``at`` and the stored rates that it is derived from.

    Raises RateMissing or RateStale.
    """
    day = at.astimezone(UTC).date()
    offered = hooks.offer_rate(channel, pair=pair, at=at, purpose=purpose)
    if offered and _fits(offered.value, pair, day):
        return offered.value, (offered.value,)
    rates = _candidates(pair, day, purpose)
    usable = _best(rates, day, _ranks(channel))
    found = _derive(pair, usable)
    if found is None:
        raise _refusal(pair, day, rates)
    return found


def _fits(rate: Rate, pair: Pair, day: date) -> bool:
    return rate.pair == pair and timedelta(0) <= _age(rate, day) <= rate.max_age


def _age(rate: Rate, day: date) -> timedelta:
    return day - rate.as_of


def _candidates(pair: Pair, day: date, purpose: Purpose) -> list[Rate]:
    """Return each source's newest rate of every pair that could lead from base to quote."""
    ends = (pair.base, pair.quote)
    bases = (*ends, *COMMON_BASES)
    newest = Window(
        RowNumber(),
        partition_by=[F("source"), F("base"), F("quote")],
        order_by=[F("as_of").desc(), F("revision").desc()],
    )
    rows = (
        RateRow.objects.filter(
            Q(base__in=bases, quote__in=ends) | Q(base__in=ends, quote__in=bases),
            purpose__in=USABLE[purpose],
            held=False,
            as_of__lte=day,
        )
        .annotate(age=newest)
        .filter(age=1)
        .order_by()
    )
    return [row.rate for row in rows]


def _ranks(channel: ChannelRef | None) -> dict[str, int]:
    keys = [FIRST, *(one.key for one in providers.fx_sources(channel))]
    return {key: rank for rank, key in enumerate(keys)}


def _best(rates: Iterable[Rate], day: date, ranks: dict[str, int]) -> dict[Pair, Rate]:
    """Return one usable rate a pair: the operator's first choice of sources, then the newest."""
    usable = [rate for rate in rates if _age(rate, day) <= rate.max_age]
    usable.sort(key=lambda rate: (-ranks.get(rate.source, len(ranks)), rate.as_of, rate.source))
    return {rate.pair: rate for rate in usable}


def _derive(pair: Pair, rates: dict[Pair, Rate]) -> tuple[Rate, tuple[Rate, ...]] | None:
    direct = _one_step(pair, rates)
    if direct:
        return _derived(pair, direct)
    for base in COMMON_BASES:
        first = _one_step(Pair(pair.base, base), rates)
        second = _one_step(Pair(base, pair.quote), rates)
        if first and second:
            return _derived(pair, [*first, *second])
    return None


def _one_step(pair: Pair, rates: dict[Pair, Rate]) -> list[tuple[Rate, bool]] | None:
    found = rates.get(pair)
    if found:
        return [(found, False)]
    inverse = rates.get(Pair(pair.quote, pair.base))
    return [(inverse, True)] if inverse else None


def _derived(
    pair: Pair, steps: Sequence[tuple[Rate, bool]]
) -> tuple[Rate, tuple[Rate, ...]] | None:
    """Multiply the steps, divisions last, so that one rounding at 40 digits is all there is."""
    over, under = Decimal(1), Decimal(1)
    for rate, inverted in steps:
        if inverted:
            under = PRECISE.multiply(under, rate.value)
        else:
            over = PRECISE.multiply(over, rate.value)
    path = tuple(rate for rate, _ in steps)
    if len(path) == 1 and not steps[0][1]:
        return path[0], path
    value = PRECISE.divide(over, under).quantize(Decimal("1E-20"), context=PRECISE)
    derived = Rate(
        pair=pair,
        value=value,
        source=" + ".join(dict.fromkeys(rate.source for rate in path)),
        as_of=min(rate.as_of for rate in path),
        max_age=min(rate.max_age for rate in path),
        purpose=path[0].purpose,
        id=" ".join(rate.id for rate in path),
    )
    return derived, path


def _refusal(pair: Pair, day: date, rates: list[Rate]) -> RateMissing | RateStale:
    name = f"{pair.base}/{pair.quote}"
    old = _derive(pair, {rate.pair: rate for rate in sorted(rates, key=lambda one: one.as_of)})
    if old is None:
        return RateMissing(
            Text(
                f"There is no exchange rate {name} for {day}. Fetch one (fx fetch) or set one "
                f"(fx set).",
                f"没有 {day} 的 {name} 汇率。请获取（fx fetch）或设定（fx set）汇率。",
                f"沒有 {day} 的 {name} 匯率。請擷取（fx fetch）或設定（fx set）匯率。",
            )
        )
    rate = old[0]
    return RateStale(
        Text(
            f"The newest exchange rate {name} is of {rate.as_of} and may be used for "
            f"{rate.max_age.days} days, not on {day}. Fetch a newer one (fx fetch).",
            f"最新的 {name} 汇率为 {rate.as_of}，仅可使用 {rate.max_age.days} 天，"
            f"{day} 已过期。请获取新汇率（fx fetch）。",
            f"最新的 {name} 匯率為 {rate.as_of}，僅可使用 {rate.max_age.days} 天，"
            f"{day} 已過期。請擷取新匯率（fx fetch）。",
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
