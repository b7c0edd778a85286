"""What a full feed no longer names: counted, guarded, and only then taken down, softly."""

from __future__ import annotations

import statistics
from collections.abc import Container, Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F

from core.shared.clock import now
from suppliers.apply.known import key_hash
from suppliers.apply.tally import Tally
from suppliers.limits import limit
from suppliers.models import Feed, FeedScope, StagedOffer

State = StagedOffer.State
ARCHIVED_AFTER = 2
FULLS = 5


class Vanished(NamedTuple):
    """How many offers of the scope are active, and which of the living were not named."""

    active: int
    gone_active: list[UUID]
    gone_missing: list[UUID]


class Hold(NamedTuple):
    """Why deletions wait."""

    code: str
    value: str


def find_vanished(feed: Feed, seen: Container[int]) -> Vanished:
    """Compare the scope's offers with the SKUs of the feed; rejected rows count as seen."""
    active = 0
    gone_active: list[UUID] = []
    gone_missing: list[UUID] = []
    living = StagedOffer.objects.filter(
        supplier_id=feed.supplier_id, scope=feed.scope, state__in=(State.ACTIVE, State.MISSING)
    ).exclude(changed_by=feed.id, state=State.MISSING)
    for key, sku, state in living.values_list("id", "sku", "state").iterator():
        active += state == State.ACTIVE
        if key_hash(sku) in seen:
            continue
        (gone_active if state == State.ACTIVE else gone_missing).append(key)
    return Vanished(active, gone_active, gone_missing)


def guard(feed: Feed, tally: Tally, vanished: Vanished) -> Hold | None:
    """Return why nothing may be taken down because of this feed, or None."""
    gone = len(vanished.gone_active)
    if not gone and not vanished.gone_missing:
        return None
    rows = tally.counts["rows_read"]
    if gone > max(vanished.active * limit("VANISH_PERCENT") / 100, limit("VANISH_ITEMS")):
        return Hold("FEED_DROP_HELD", str(gone))
    if rows == 0 or _shrank(feed, rows):
        return Hold("FEED_DROP_HELD", str(gone))
    if tally.counts["rejected"] * 100 > rows * limit("REJECTED_PERCENT"):
        return Hold("FEED_ERROR_RATE_HELD", str(gone))
    return _reformatted(feed, tally)


def take_down(keys: Sequence[UUID], feed: Feed, *, archive: bool) -> int:
    """Make offers unbuyable: missing at first, archived when a second full feed agrees."""
    offers = StagedOffer.objects.filter(pk__in=keys)
    moment = now()
    if not archive:
        return offers.filter(state=State.ACTIVE).update(
            state=State.MISSING, missing_count=1, changed_by=feed.id, updated_at=moment
        )
    return offers.filter(state=State.MISSING, missing_count__gte=ARCHIVED_AFTER - 1).update(
        state=State.ARCHIVED,
        missing_count=F("missing_count") + 1,
        changed_by=feed.id,
        updated_at=moment,
    )


def batches(keys: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    """Cut ``keys`` into what one transaction takes."""
    size = min(limit("BATCH"), 1000)
    for start in range(0, len(keys), size):
        yield keys[start : start + size]


def _shrank(feed: Feed, rows: int) -> bool:
    earlier: list[dict[str, Any]] = list(
        Feed.objects.filter(
            supplier_id=feed.supplier_id,
            scope=feed.scope,
            type=Feed.Type.FULL,
            dry_run=False,
            status__in=Feed.APPLIED,
        )
        .exclude(pk=feed.pk)
        .order_by("-received_at")
        .values_list("summary", flat=True)[:FULLS]
    )
    counts = [int(summary.get("rows_read", 0)) for summary in earlier]
    return bool(counts) and rows * 2 < statistics.median(counts)


def _reformatted(feed: Feed, tally: Tally) -> Hold | None:
    gate = FeedScope.objects.filter(supplier_id=feed.supplier_id, scope=feed.scope)
    last = gate.select_related("last_applied").first()
    before = last.last_applied if last else None
    if before is None:
        return None
    if before.dialect.partition("@")[0] != feed.dialect.partition("@")[0]:
        return Hold("FEED_FORMAT_CHANGED_HELD", "format")
    if before.encoding != feed.encoding:
        return Hold("FEED_FORMAT_CHANGED_HELD", "encoding")
    currencies = before.summary.get("currencies") or []
    if currencies and tally.currencies and set(currencies) != set(tally.currencies):
        return Hold("FEED_FORMAT_CHANGED_HELD", "currency")
    return None
