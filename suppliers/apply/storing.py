"""Stores what a batch came to: offers, deletions, held prices, issues, rejected rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from core.shared.clock import now
from core.shared.ids import new_id
from suppliers.apply.judge import Verdicts, Write
from suppliers.apply.tally import Issue
from suppliers.apply.writing import Row, upsert
from suppliers.models import Feed, FeedIssue, RejectedRow, StagedOffer

EMPTY = b""


def store(feed: Feed, verdicts: Verdicts) -> None:
    """Write offers, deletions and held prices of a batch, in the caller's transaction."""
    moment = now()
    upsert([_row(feed, write, moment) for write in verdicts.writes])
    gone = [known.id for known in verdicts.deletes if known.state != StagedOffer.State.ARCHIVED]
    if gone:
        StagedOffer.objects.filter(pk__in=gone).update(
            state=StagedOffer.State.ARCHIVED,
            raw_hash=EMPTY,
            changed_by=feed.id,
            updated_at=moment,
        )
    if verdicts.held_prices:
        StagedOffer.objects.bulk_update(
            [StagedOffer(pk=key, held_price=price) for key, price in verdicts.held_prices],
            ["held_price"],
            batch_size=500,
        )


def store_issues(feed: Feed, issues: Sequence[Issue], verdicts: Verdicts | None) -> None:
    """Write the findings of a batch and the rows that were refused."""
    FeedIssue.objects.bulk_create(
        [
            FeedIssue(
                feed=feed,
                row=issue.row,
                line=issue.line,
                locator=issue.locator,
                sku=issue.sku,
                code=issue.code,
                severity=issue.severity.value,
                attribute=issue.attribute,
                value=issue.value,
                expected=issue.expected,
                action=issue.action.value,
                message=issue.message or {},
            )
            for issue in issues
        ],
        batch_size=500,
    )
    if verdicts and verdicts.refused:
        RejectedRow.objects.bulk_create(
            [
                RejectedRow(feed=feed, row=one.row, raw=one.raw, codes=one.codes)
                for one in verdicts.refused
            ],
            batch_size=500,
        )


def _row(feed: Feed, write: Write, moment: datetime) -> Row:
    draft, known = write.draft, write.known
    sale = draft.sale_price
    return {
        "id": known.id if known else new_id(),
        "supplier_id": feed.supplier_id,
        "scope": feed.scope,
        "sku": draft.sku,
        "group_id": draft.group_id,
        "titles": draft.titles,
        "descriptions": draft.descriptions,
        "brand": draft.brand,
        "gtin": draft.gtin,
        "mpn": draft.mpn,
        "condition": draft.condition,
        "category": draft.category,
        "price_currency": draft.price.currency,
        "price": draft.price.amount,
        "sale_price_currency": sale.currency if sale else None,
        "sale_price": sale.amount if sale else None,
        "availability": draft.availability,
        "quantity": draft.quantity,
        "hs_code": draft.hs_code,
        "origin": draft.origin,
        "ship_from": draft.ship_from,
        "lead_time_days": draft.lead_time_days,
        "net_grams": draft.net_grams,
        "gross_grams": draft.gross_grams,
        "net_content": draft.net_content,
        "images": draft.images,
        "link": draft.link,
        "facts": draft.facts,
        "extra": draft.extra,
        "blocked_for": write.blocked_for,
        "raw_hash": write.raw_hash,
        "canonical_hash": write.found.canonical,
        "content_hash": write.found.content,
        "offer_hash": write.found.offer,
        "state": StagedOffer.State.ACTIVE.value,
        "missing_count": 0,
        "held_price": "",
        "changed_by": _author(feed, write),
        "row": write.row,
        "created_at": known.created_at if known else moment,
        "updated_at": moment,
    }


def _author(feed: Feed, write: Write) -> UUID | None:
    """Only a change of substance is news for the channels."""
    return feed.id if write.is_change or write.known is None else write.known.changed_by


__all__ = ["store", "store_issues"]
