"""What changes the store of rates: tables of sources, rates set by an operator, releases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet

from core.accounts.services import record
from core.fx import guard
from core.fx.conversion import OPERATOR, anyhow, convert
from core.fx.errors import RateRefused, RateUnconfirmed
from core.fx.judging import Judge, Key, key_of
from core.fx.models import RateRow, RateSeries, SourceState
from core.fx.types import StoreReport
from core.kernel import providers
from core.kernel.errors import ProviderFailed, ProviderMissing
from core.pluginapi import Pair, Purpose, Rate, RateTable, Verdict
from core.shared.clock import now, today
from core.shared.ids import new_id

__all__ = ["OPERATOR", "backfill", "convert", "fetch", "release", "set_rate", "store_table"]

DAY = timedelta(days=1)
CHUNK = 2_000
"""Rates of a back-fill that are stored in one transaction, but whole days."""

Told = Callable[[date, StoreReport], None]


def store_table(table: RateTable) -> StoreReport:
    """Add what is new in ``table``; a rate that is known writes nothing, a corrected one a row.

    Each new rate is judged: by the jump guard against the one before it of its source (or against
    what the other sources say when it is the first), against the others of its day, and by
    ``check_rate``. What is held is stored but not used until :func:`release`. Raises RateRefused
    when a rate cannot be used at all; nothing is stored then.
    """
    rates = sorted(guard.checked_table(table, today=today()), key=lambda rate: rate.as_of)
    if not rates:
        return StoreReport(table.source, 0, 0, 0)
    with transaction.atomic():
        _lock(table.source)
        stored = _stored(table.source, rates)
        fresh, revisions = _fresh(rates, stored)
        judge = Judge(table.source, [row for row in stored if not row.held], rates[0].as_of)
        rows = [
            _row(rate, judge.reasons(rate), revisions.get((key_of(rate), rate.as_of), -1))
            for rate in fresh
        ]
        _add(table.source, rows)
    held = sum(row.held for row in rows)
    return StoreReport(table.source, len(rows) - held, len(rates) - len(rows), held)


def set_rate(
    pair: Pair,
    value: Decimal,
    *,
    as_of: date,
    max_age: timedelta,
    actor: str,
    purpose: Purpose,
    confirmed: bool = False,
) -> RateRow:
    """Store a rate that a person vouches for; it comes before every source's.

    Raises RateUnconfirmed when it is more than a quarter away from what is known, or upside down,
    and is not ``confirmed``; a confirmed one is stored and the audit log says so. Raises
    RateRefused or MoneyError when it cannot be used at all.
    """
    rate = Rate(pair, value, OPERATOR, as_of, now(), max_age, purpose)
    guard.checked_table(RateTable(OPERATOR, (rate,)), today=today())
    with transaction.atomic():
        _lock(OPERATOR)
        stored = _stored(OPERATOR, [rate])
        fresh, revisions = _fresh([rate], stored)
        if fresh:
            doubt = _doubt(rate, stored)
            if doubt and not confirmed:
                raise RateUnconfirmed(doubt.message.en, path="$.value", code=doubt.code)
            row = _row(rate, [], revisions.get((key_of(rate), as_of), -1))
            _add(OPERATOR, [row])
            confirming = {"confirmed": doubt.code} if doubt else {}
            name = f"{pair.base}/{pair.quote}"
            record(actor, "fx.set", str(row.pk), pair=name, value=str(value), **confirming)
        return RateRow.objects.filter(
            source=OPERATOR, base=pair.base, quote=pair.quote, purpose=purpose.value, as_of=as_of
        ).latest("revision")


def release(row_id: UUID, *, actor: str, reason: str) -> bool:
    """Let a held rate be used. Returns False when it was not held."""
    with transaction.atomic():
        held = RateRow.objects.filter(pk=row_id, held=True)
        if not held.update(held=False, released_by=actor, released_at=now()):
            return False
        _touch(RateRow.objects.values_list("source", flat=True).get(pk=row_id))
        record(actor, "fx.release", str(row_id), reason=reason)
    return True


def fetch(source: str, *, since: date | None = None) -> StoreReport:
    """Ask a source and store what it says. ``since`` defaults to its newest day, exclusive.

    Raises ProviderFailed when the source does not answer or answers rubbish, RateRefused when a
    rate cannot be used; what was stored before stays in use until it is too old, and the source's
    state says since when it fails.
    """
    newest = RateRow.objects.filter(source=source).aggregate(day=Max("as_of"))["day"]
    # Yesterday's figure is asked for again, so that a correction is seen.
    begin = newest - DAY if newest and since is None else since
    with _watched(source):
        return store_table(_asked(source, begin))


def backfill(source: str, since: date, *, tell: Told | None = None) -> StoreReport:
    """Store every day from ``since`` to today, chunk by chunk, and return the sums.

    One that was broken off goes on where it was; what is known writes nothing. ``tell`` is called
    after each chunk with its last day and what it did. Raises as :func:`fetch`.
    """
    state, _ = SourceState.objects.get_or_create(source=source)
    goes_on = state.backfill_since == since and state.backfilled_to is not None
    begin: date | None = state.backfilled_to if goes_on else since - DAY
    here = _state(source)
    here.update(backfill_since=since, backfilled_to=begin if goes_on else None)
    whole = StoreReport(source, 0, 0, 0)
    with _watched(source):
        while begin is not None:
            table = _asked(source, begin)
            for day, chunk in _chunks(table):
                report = store_table(chunk)
                here.update(backfilled_to=day)
                whole = whole.plus(report)
                if tell:
                    tell(day, report)
            newest = max((rate.as_of for rate in table.rates), default=begin)
            begin = newest if newest > begin else None  # nothing newer is left
    here.update(backfill_since=None, backfilled_to=None)
    return whole


def _asked(source: str, since: date | None) -> RateTable:
    table = providers.fx_fetch_rates(None, source, since=since)
    if table.source != source:
        raise RateRefused(f"{source} answered for {table.source[:40]!r}", code="rate_source")
    return table


@contextmanager
def _watched(source: str) -> Iterator[None]:
    """Write into the source's state whether it answers."""
    try:
        yield
    except ProviderMissing:
        raise
    except (ProviderFailed, RateRefused) as error:
        state, _ = SourceState.objects.get_or_create(source=source)
        since = state.failing_since or now()
        _state(source).update(failing_since=since, problem=str(error)[:1000])
        raise
    SourceState.objects.get_or_create(source=source)
    _state(source).update(checked_at=now(), failing_since=None, problem="")


def _state(source: str) -> QuerySet[SourceState]:
    return SourceState.objects.filter(source=source)


def _chunks(table: RateTable) -> Iterator[tuple[date, RateTable]]:
    """Yield the table in whole days, oldest first, with the last day of each part."""
    rates = sorted(table.rates, key=lambda rate: rate.as_of)
    part: list[Rate] = []
    for day, found in groupby(rates, key=lambda rate: rate.as_of):
        part.extend(found)
        if len(part) >= CHUNK:
            yield day, RateTable(table.source, tuple(part))
            part = []
    if part:
        yield part[-1].as_of, RateTable(table.source, tuple(part))


def _stored(source: str, rates: Iterable[Rate]) -> list[RateRow]:
    """Return the rows of a source in the days of ``rates``, oldest first, held ones too."""
    days = [rate.as_of for rate in rates]
    found = RateRow.objects.filter(source=source, as_of__range=(min(days), max(days)))
    return list(found.order_by("as_of", "revision"))


def _fresh(
    rates: Iterable[Rate], stored: Iterable[RateRow]
) -> tuple[list[Rate], dict[tuple[Key, date], int]]:
    """Return the rates that say something new, once each, and the last revision of each day."""
    wanted = {(key_of(rate), rate.as_of): _as_stored(rate) for rate in rates}
    known = {(key_of(row.rate), row.as_of): row for row in stored}
    fresh = [
        rate
        for key, rate in wanted.items()
        if key not in known or _says(known[key].rate) != _says(rate)
    ]
    return fresh, {key: row.revision for key, row in known.items()}


def _as_stored(rate: Rate) -> Rate:
    start = rate.valid_from or rate.as_of
    return replace(rate, value=rate.value.quantize(guard.PLACES), valid_from=start)


def _says(rate: Rate) -> tuple[object, ...]:
    return rate.value, rate.quantity, rate.valid_from, rate.valid_to


def _add(source: str, rows: list[RateRow]) -> None:
    """Add rows with the series that they are of, and say that the source has new ones."""
    series = {(row.base, row.quote, row.purpose) for row in rows}
    RateSeries.objects.bulk_create(
        [
            RateSeries(source=source, base=base, quote=quote, purpose=purpose)
            for base, quote, purpose in sorted(series)
        ],
        ignore_conflicts=True,
    )
    RateRow.objects.bulk_create(rows, batch_size=500)
    if rows:
        _touch(source)


def _lock(source: str) -> None:
    """Let one transaction at a time add rates of a source, so that no correction is lost."""
    SourceState.objects.get_or_create(source=source)
    list(_state(source).select_for_update())


def _touch(source: str) -> None:
    _state(source).update(stamp=new_id())


def _row(rate: Rate, reasons: list[Verdict], revision: int) -> RateRow:
    return RateRow(
        source=rate.source,
        base=rate.pair.base,
        quote=rate.pair.quote,
        value=rate.value.quantize(guard.PLACES),
        quantity=rate.quantity,
        as_of=rate.as_of,
        valid_from=rate.valid_from or rate.as_of,
        valid_to=rate.valid_to,
        purpose=rate.purpose.value,
        revision=revision + 1,
        published=rate.published,
        max_age_days=rate.max_age.days,
        held=bool(reasons),
        held_for=[{"code": one.code, "message": one.message.as_dict()} for one in reasons],
    )


def _doubt(rate: Rate, stored: Iterable[RateRow]) -> Verdict | None:
    """Compare a person's rate with what is known, and with what was set for the same day."""
    known = anyhow(rate.pair, rate.as_of, rate.purpose)
    others = {row.rate.pair: row.rate for row in stored if row.purpose == rate.purpose.value}
    return guard.jump(rate, known) or guard.triangle(rate, others)
