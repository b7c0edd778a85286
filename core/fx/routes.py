"""From one currency to another by the rates of one source: directly, inversely, over a base.

A cross rate takes both legs from one source and one day, so that rates of several sources or days
never mix. It is derived when it is asked for, and never stored. Pure but for ``Book.on_day``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from itertools import groupby

from core.fx.book import Book, Rates
from core.fx.types import Found
from core.pluginapi import Pair, Purpose, Rate

PRECISE = Context(prec=40)
PLACES = Decimal("1E-20")
COMMON_BASES = ("EUR", "USD", "CNY")


@dataclass(frozen=True, slots=True)
class Look:
    """Where a rate is looked for: one source's rates for some purposes, as they hold on a day.

    ``rank`` orders several places, lowest first. ``base`` is the source's own, or "".
    """

    rank: int
    source: str
    purposes: tuple[Purpose, ...]
    book: Book
    base: str = ""

    def route(self, pair: Pair, *, stale: bool = False) -> tuple[Rate, tuple[Rate, ...]] | None:
        """Return the rate of ``pair`` for one unit and its path, or None; ``stale`` ones too."""
        rates = self._fitting(self.book.rates.get(self.source, {}), stale=stale)
        step = _step(pair, rates)
        if step:
            return derived(pair, [step])
        for base in self._bases(pair, rates):
            legs = self._legs(pair, base, rates, stale=stale)
            if legs:
                return derived(pair, legs)
        return None

    def _fitting(self, given: Rates, *, stale: bool) -> dict[Pair, Rate]:
        fitting: dict[Pair, Rate] = {}
        for purpose in reversed(self.purposes):
            for (pair, own), rate in given.items():
                if own is purpose and (stale or rate.holds(self.book.day)):
                    fitting[pair] = rate
        return fitting

    def _bases(self, pair: Pair, rates: Mapping[Pair, Rate]) -> list[str]:
        shared = _neighbours(pair.base, rates) & _neighbours(pair.quote, rates)
        order = [base for base in (self.base, *COMMON_BASES) if base in shared]
        return list(dict.fromkeys([*order, *sorted(shared)]))

    def _legs(
        self, pair: Pair, base: str, rates: Mapping[Pair, Rate], *, stale: bool
    ) -> list[tuple[Rate, bool]] | None:
        found = _both(pair, base, rates)
        if found is None or _one_day(found):
            return found
        day = min(rate.as_of for rate, _ in found)
        earlier = self._fitting(self.book.on_day(self.source, day), stale=stale)
        found = _both(pair, base, earlier)
        return found if found and _one_day(found) else None


def best(looks: Iterable[Look], pair: Pair, *, stale: bool = False) -> Found | None:
    """Return the rate of the lowest rank that leads to ``pair``; of equal ones the newest."""
    for _, equal in groupby(sorted(looks, key=_rank), key=_rank):
        found = [(look, made) for look in equal if (made := look.route(pair, stale=stale))]
        if found:
            look, (rate, path) = min(
                found, key=lambda one: (-one[1][0].as_of.toordinal(), one[0].source)
            )
            return Found(rate, path, look.book.day)
    return None


def derived(pair: Pair, steps: Sequence[tuple[Rate, bool]]) -> tuple[Rate, tuple[Rate, ...]]:
    """Multiply the steps, each inverted or not, into the rate for one unit of ``pair.base``.

    Divisions come last, so that one rounding at 40 digits is all there is.
    """
    over, under = Decimal(1), Decimal(1)
    for rate, inverted in steps:
        units, value = Decimal(rate.quantity), rate.value
        over = PRECISE.multiply(over, units if inverted else value)
        under = PRECISE.multiply(under, value if inverted else units)
    path = tuple(rate for rate, _ in steps)
    if len(path) == 1 and path[0].pair == pair and path[0].quantity == 1:
        return path[0], path
    starts = [rate.valid_from or rate.as_of for rate in path]
    ends = [rate.valid_to for rate in path if rate.valid_to is not None]
    return Rate(
        pair=pair,
        value=PRECISE.divide(over, under).quantize(PLACES, context=PRECISE),
        source=path[0].source,
        as_of=min(rate.as_of for rate in path),
        max_age=min(rate.max_age for rate in path),
        purpose=path[0].purpose,
        id=" ".join(rate.id for rate in path),
        valid_from=max(starts),
        valid_to=min(ends) if ends else None,
    ), path


def _rank(look: Look) -> int:
    return look.rank


def _step(pair: Pair, rates: Mapping[Pair, Rate]) -> tuple[Rate, bool] | None:
    found = rates.get(pair)
    if found:
        return found, False
    inverse = rates.get(Pair(pair.quote, pair.base))
    return (inverse, True) if inverse else None


def _both(pair: Pair, base: str, rates: Mapping[Pair, Rate]) -> list[tuple[Rate, bool]] | None:
    first, second = _step(Pair(pair.base, base), rates), _step(Pair(base, pair.quote), rates)
    return [first, second] if first and second else None


def _one_day(legs: Sequence[tuple[Rate, bool]]) -> bool:
    return len({rate.as_of for rate, _ in legs}) == 1


def _neighbours(currency: str, rates: Iterable[Pair]) -> set[str]:
    return {
        pair.quote if pair.base == currency else pair.base
        for pair in rates
        if currency in (pair.base, pair.quote)
    }
