"""What changes the store of rates: tables of sources, rates set by an operator, releases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from core.accounts.services import record
from core.fx import guard
from core.fx.conversion import convert
from core.fx.errors import RateRefused
from core.fx.models import RateRow
from core.fx.types import StoreReport
from core.kernel import hooks, providers
from core.pluginapi import Level, Pair, Purpose, Rate, RateTable, Verdict
from core.shared.clock import now, today

__all__ = ["OPERATOR", "convert", "fetch", "release", "set_rate", "store_table"]

OPERATOR = "operator"
"""The source of rates that a person set."""

Key = tuple[str, str, str]


def store_table(table: RateTable) -> StoreReport:
    """Add what is new in ``table``; a rate that is known writes nothing, a corrected one a row.

    Each new rate is judged against the newest usable one of its source: by the jump guard and by
    ``check_rate``. What they hold is stored but not used until :func:`release`. Raises RateRefused
    when a rate cannot be used at all; nothing is stored then.
    """
    rates = sorted(guard.checked_table(table, today=today()), key=lambda rate: rate.as_of)
    with transaction.atomic():
        fresh, revisions = _fresh(table.source, rates)
        last = _newest(table.source)
        rows = []
        for rate in fresh:
            row = _row(rate, last.get(_key(rate)), revisions.get((*_key(rate), rate.as_of), -1))
            rows.append(row)
            if not row.held:
                last[_key(rate)] = rate
        RateRow.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    held = sum(row.held for row in rows)
    return StoreReport(table.source, len(rows) - held, len(rates) - len(rows), held)


def set_rate(
    pair: Pair, value: Decimal, *, as_of: date, max_age: timedelta, actor: str, purpose: Purpose
) -> RateRow:
    """Store a rate that a person vouches for; it comes before every source's.

    The jump guard does not apply: a person said so, and the audit log names them. Raises
    RateRefused or MoneyError.
    """
    rate = Rate(pair, value, OPERATOR, as_of, now(), max_age, purpose)
    guard.checked_table(RateTable(OPERATOR, (rate,)), today=today())
    with transaction.atomic():
        fresh, revisions = _fresh(OPERATOR, [rate])
        if fresh:
            row = _row(rate, None, revisions.get((*_key(rate), as_of), -1), judge=False)
            row.save(force_insert=True)
            record(actor, "fx.set", str(row.pk), pair=f"{pair.base}/{pair.quote}", value=str(value))
        return RateRow.objects.filter(
            source=OPERATOR, base=pair.base, quote=pair.quote, purpose=purpose.value, as_of=as_of
        ).latest("revision")


def release(row_id: UUID, *, actor: str, reason: str) -> bool:
    """Let a held rate be used. Returns False when it was not held."""
    with transaction.atomic():
        held = RateRow.objects.filter(pk=row_id, held=True)
        if not held.update(held=False, released_by=actor, released_at=now()):
            return False
        record(actor, "fx.release", str(row_id), reason=reason)
    return True


def fetch(source: str, *, since: date | None = None) -> StoreReport:
    """Ask a source and store what it says. ``since`` defaults to its newest day, exclusive.

    Raises ProviderFailed when the source does not answer, RateRefused when it answers rubbish;
    what was stored before stays in use until it is too old.
    """
    newest = RateRow.objects.filter(source=source).aggregate(day=Max("as_of"))["day"]
    begin = since if since is not None else newest
    # Yesterday's figure is asked for again, so that a correction is seen.
    begin = begin - timedelta(days=1) if begin and since is None else begin
    table = providers.fx_fetch_rates(None, source, since=begin)
    if table.source != source:
        raise RateRefused(f"{source} answered for {table.source[:40]!r}", code="rate_source")
    return store_table(table)


def _fresh(
    source: str, rates: Iterable[Rate]
) -> tuple[list[Rate], dict[tuple[str, str, str, date], int]]:
    """Return the rates that say something new, once each, and the last revision of each day."""
    wanted = {(*_key(rate), rate.as_of): _stored(rate) for rate in rates}
    if not wanted:
        return [], {}
    days = [key[3] for key in wanted]
    known: dict[tuple[str, str, str, date], tuple[int, Decimal]] = {}
    found = RateRow.objects.filter(source=source, as_of__range=(min(days), max(days)))
    columns = ("base", "quote", "purpose", "as_of", "revision", "value")
    for *key, revision, value in found.order_by("revision").values_list(*columns):
        known[(key[0], key[1], key[2], key[3])] = (revision, value)
    fresh = [rate for key, rate in wanted.items() if known.get(key, (0, None))[1] != rate.value]
    return fresh, {key: revision for key, (revision, _) in known.items()}


def _stored(rate: Rate) -> Rate:
    return replace(rate, value=rate.value.quantize(guard.PLACES))


def _newest(source: str) -> dict[Key, Rate]:
    rows = RateRow.objects.filter(source=source, held=False)
    days = dict(
        (tuple(key), day)
        for *key, day in rows.values_list("base", "quote", "purpose").annotate(day=Max("as_of"))
    )
    newest = rows.filter(as_of__in=set(days.values())).order_by("as_of", "revision")
    return {_key(row.rate): row.rate for row in newest if days[_key(row.rate)] == row.as_of}


def _key(rate: Rate) -> Key:
    return rate.pair.base, rate.pair.quote, rate.purpose.value


def _row(rate: Rate, last: Rate | None, revision: int, *, judge: bool = True) -> RateRow:
    reasons = _reasons(rate, last) if judge else []
    return RateRow(
        source=rate.source,
        base=rate.pair.base,
        quote=rate.pair.quote,
        value=rate.value.quantize(guard.PLACES),
        as_of=rate.as_of,
        purpose=rate.purpose.value,
        revision=revision + 1,
        published=rate.published,
        max_age_days=rate.max_age.days,
        held=bool(reasons),
        held_for=[{"code": one.code, "message": one.message.as_dict()} for one in reasons],
    )


def _reasons(rate: Rate, last: Rate | None) -> list[Verdict]:
    own = guard.jump(rate, last)
    judged = hooks.check_rate(None, new=rate, last=last)
    theirs = [answer.value for answer in judged.reasons if answer.value.level >= Level.HOLD]
    return [own, *theirs] if own else theirs
