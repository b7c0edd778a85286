"""Judges new rates of one source, oldest first, each by the one before it and those of its day."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import OuterRef, Subquery

from core.fx import guard
from core.fx.conversion import anyhow
from core.fx.models import RateRow, RateSeries
from core.kernel import hooks
from core.pluginapi import Level, Pair, Purpose, Rate, Verdict

Key = tuple[Pair, Purpose]
AHEAD = timedelta(days=31)
"""How far a period may begin after the day of observation; it lets the index be used."""


def key_of(rate: Rate) -> Key:
    """Return what makes two rates of a source members of one series."""
    return rate.pair, rate.purpose


class Judge:
    """Holds what a new rate is compared with: usable rows, and new ones that were not held.

    ``stored`` are the usable rows of the days to be judged, oldest first; ``first`` is the first
    of these days. A series without an earlier rate is compared with its own next one, and without
    any with what the other sources say.
    """

    def __init__(self, source: str, stored: Sequence[RateRow], first: date) -> None:
        self.source = source
        self.waiting = deque(row.rate for row in stored)
        self.last = {key_of(rate): rate for rate in _before(source, first)}
        self.days: dict[tuple[Purpose, date], dict[Pair, Rate]] = defaultdict(dict)
        for row in stored:
            self.days[row.rate.purpose, row.as_of][row.rate.pair] = row.rate

    def reasons(self, rate: Rate) -> list[Verdict]:
        """Return why ``rate`` is to be held, or nothing; call in order of ``as_of``."""
        while self.waiting and self.waiting[0].as_of < rate.as_of:
            earlier = self.waiting.popleft()
            self.last[key_of(earlier)] = earlier
        day = self.days[rate.purpose, rate.as_of]
        others = {pair: one for pair, one in day.items() if pair != rate.pair}
        last = self._compared(rate)
        own = [guard.jump(rate, last), guard.triangle(rate, others)]
        judged = hooks.check_rate(None, new=rate, last=self.last.get(key_of(rate)))
        theirs = [answer.value for answer in judged.reasons if answer.value.level >= Level.HOLD]
        found = [*(one for one in own if one), *theirs]
        if not found:
            self.last[key_of(rate)] = day[rate.pair] = rate
        return found

    def _compared(self, rate: Rate) -> Rate | None:
        turned = Pair(rate.pair.quote, rate.pair.base)
        known = self.last.get(key_of(rate)) or self.last.get((turned, rate.purpose))
        return known or self._next(rate) or self._elsewhere(rate)

    def _next(self, rate: Rate) -> Rate | None:
        row = (
            RateRow.objects.filter(
                source=self.source,
                base=rate.pair.base,
                quote=rate.pair.quote,
                purpose=rate.purpose.value,
                held=False,
                valid_from__gt=rate.as_of,
            )
            .order_by("valid_from", "-revision")
            .first()
        )
        return row.rate if row else None

    def _elsewhere(self, rate: Rate) -> Rate | None:
        return anyhow(rate.pair, rate.as_of, rate.purpose, apart_from=self.source)


def _before(source: str, day: date) -> list[Rate]:
    """Return the last usable rate of each series of a source before ``day``."""
    newest = RateRow.objects.filter(
        source=source,
        base=OuterRef("base"),
        quote=OuterRef("quote"),
        purpose=OuterRef("purpose"),
        held=False,
        valid_from__lte=day + AHEAD,
        as_of__lt=day,
    ).order_by("-valid_from", "-as_of", "-revision")
    series = RateSeries.objects.filter(source=source)
    found = series.annotate(row=Subquery(newest.values("pk")[:1])).values("row")
    return [row.rate for row in RateRow.objects.filter(pk__in=found)]
