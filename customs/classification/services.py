"""Which code counts for an item in a destination, and people's decisions about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import F

from core.accounts.services import record
from core.pluginapi import ItemView, Text
from core.shared.clock import now
from core.shared.prepared import Prepared
from customs.classification.codes import CodeRefused, checked_code, is_ruled_out, stated_code
from customs.classification.errors import DecisionRefused
from customs.classification.models import Change, Classification, Doubt, State, Step
from customs.classification.plausibility import Doubted, doubt_of
from customs.classification.suggesting import SUPPLIER, Suggestion, sure_codes
from customs.classification.sweeping import change_of, save_if_unchanged, suggest

MOST_AT_ONCE = 500
GONE = Text("This item is not sold any more.", "该商品已不再销售。", "該商品已不再銷售。")


class ItemCode(NamedTuple):
    """The code that a destination may go by, "" when none may be used, and why so.

    ``state``: ``confirmed`` by a person; ``stated`` by the supplier and not contradicted;
    ``doubted`` or ``rejected``, which is the supplier's code that may not be used; or
    ``unclassified``.
    """

    code: str
    state: str


def code_for(items: Iterable[ItemView], jurisdiction: str) -> dict[UUID, ItemCode]:
    """Return the code of each item in a jurisdiction, by item; one query for all of them.

    The code confirmed for the jurisdiction counts. Without one the item's own code does, as far as
    it is the jurisdiction's (see ``stated_code``), unless a person rejected it or its chapter
    contradicts the goods. What plug-ins suggest never counts by itself.
    """
    views = {view.ref: view for view in items}
    rows = _KNOWN.rows(list(views), [jurisdiction])
    known = {item: _Known(*rest) for item, *rest in rows}
    return {ref: _code_of(view, jurisdiction, known.get(ref)) for ref, view in views.items()}


class _Known(NamedTuple):
    state: str
    code: str
    source: str
    rejected: list[str]
    stated: str
    doubt: str


_KNOWN = Prepared(
    lambda items, jurisdictions: Classification.objects.filter(
        item__in=items, jurisdiction__in=jurisdictions
    ).values_list("item_id", *_Known._fields),
    UUID,
    str,
)


def _code_of(view: ItemView, jurisdiction: str, known: _Known | None) -> ItemCode:
    if known is not None and known.state == State.CONFIRMED:
        return ItemCode(known.code, State.CONFIRMED.value)
    stated = stated_code(view.hs_code, jurisdiction)
    if not stated:
        return ItemCode("", State.UNCLASSIFIED.value)
    if known is None:
        return ItemCode(stated, "stated")
    if is_ruled_out(stated, known.rejected):
        return ItemCode("", "rejected")
    is_judged = known.source == SUPPLIER and known.stated == view.hs_code
    if is_judged and known.doubt == Doubt.CHAPTER:
        return ItemCode("", "doubted")
    return ItemCode(stated, "stated")


def doubt_about(row: Classification, code: str) -> Doubted | None:
    """Return why ``code`` looks wrong for the row's item, or None."""
    product = row.item.product
    found = [Suggestion.from_json(one) for one in row.candidates]
    return doubt_of(code, product.titles.values(), product.category, sure_codes(found))


def confirm(
    pk: UUID, raw: str, *, actor: str, version: int, note: str = "", deliberate: bool = False
) -> Classification:
    """Confirm a code for an item in a jurisdiction, as a person decided; returns the row.

    ``version`` is that of the row which the person saw: of two decisions on one sight the second
    is refused. A code that looks wrong is held until it is said ``deliberate``. Confirming the
    confirmed code again settles a contradiction. Raises DecisionRefused.
    """
    row = _row(pk)
    code = _checked(raw, row.jurisdiction)
    doubted = doubt_about(row, code)
    if doubted and not deliberate:
        raise DecisionRefused("doubtful", doubted.message)
    before = row.code
    row.state, row.code, row.source, row.confidence = State.CONFIRMED, code, "", None
    row.reason, row.conflict, row.rejected = (
        {},
        "",
        [one for one in row.rejected if not code.startswith(one)],
    )
    row.doubt = doubted.kind if doubted else Doubt.NONE
    row.decided_by, row.decided_at, row.note = actor, now(), note
    said = {"by": actor, "note": note, "deliberate": doubted is not None}
    _decide(row, change_of(row, Step.CONFIRMED, before, **said), version)
    return row


def reject(pk: UUID, raw: str, *, actor: str, version: int, note: str = "") -> Classification:
    """Rule a code out for an item in a jurisdiction; what else is suggested takes its place.

    A confirmed code that is rejected is confirmed no more. Raises DecisionRefused.
    """
    row = _row(pk)
    code, before = _checked(raw, row.jurisdiction), row.code
    row.rejected = [*(one for one in row.rejected if one != code), code]
    row.conflict = "" if row.conflict.startswith(code) else row.conflict
    if row.state != State.CONFIRMED or row.code.startswith(code):
        found = [Suggestion.from_json(one) for one in row.candidates]
        suggest(row, row.item, [one for one in found if not is_ruled_out(one.code, row.rejected)])
        row.decided_by, row.decided_at, row.note = actor, now(), note
    said = {"by": actor, "note": note, "code": code, "reason": {}, "doubt": Doubt.NONE}
    _decide(row, change_of(row, Step.REJECTED, before, **said), version)
    return row


def confirm_alike(
    jurisdiction: str, code: str, source: str, *, seen: datetime, actor: str, note: str = ""
) -> int:
    """Confirm one suggestion wherever it was made alike and is not doubted; returns how many.

    Only rows as they were at ``seen`` are confirmed, so that nobody confirms what was not shown;
    at most 500 at once. Raises DecisionRefused.
    """
    code = _checked(code, jurisdiction)
    alike = Classification.objects.filter(
        jurisdiction=jurisdiction,
        state=State.SUGGESTED,
        code=code,
        source=source,
        doubt=Doubt.NONE,
        updated_at__lte=seen,
    )
    decided = {"decided_by": actor, "decided_at": now(), "note": note, "updated_at": now()}
    with transaction.atomic():
        rows = list(alike.select_for_update().order_by("pk")[:MOST_AT_ONCE])
        chosen = Classification.objects.filter(pk__in=[row.pk for row in rows])
        chosen.update(
            state=State.CONFIRMED,
            source="",
            confidence=None,
            reason={},
            version=F("version") + 1,
            **decided,
        )
        Change.objects.bulk_create(
            change_of(row, Step.CONFIRMED, code, by=actor, note=note) for row in rows
        )
        _look_again_elsewhere([row.item_id for row in rows], jurisdiction)
        if rows:
            subject = f"classification:{jurisdiction}:{code}"
            record(actor, "classification.confirmed_alike", subject, rows=len(rows), source=source)
    return len(rows)


def _row(pk: UUID) -> Classification:
    row = Classification.objects.select_related("item__product").filter(pk=pk).first()
    if row is None:
        raise DecisionRefused("gone", GONE)
    return row


def _checked(raw: str, jurisdiction: str) -> str:
    try:
        return checked_code(raw, jurisdiction)
    except CodeRefused as refused:
        raise DecisionRefused("code_invalid", refused.text) from None


def _decide(row: Classification, entry: Change, version: int) -> None:
    """Store a decision by one conditional update, with its history and the audit log."""
    row.version = version
    with transaction.atomic():
        if not save_if_unchanged(row):
            raise _decided_meanwhile(row.pk)
        entry.save(force_insert=True)
        _look_again_elsewhere([row.item_id], row.jurisdiction)
        record(
            entry.by,
            f"classification.{entry.step}",
            f"item:{row.item_id}",
            jurisdiction=row.jurisdiction,
            code=entry.code,
            before=entry.before,
            deliberate=entry.deliberate,
        )


def _look_again_elsewhere(items: Iterable[UUID], jurisdiction: str) -> None:
    """Have the next look at these items' open rows of other jurisdictions see the decision."""
    open_rows = Classification.objects.filter(item__in=list(items)).exclude(state=State.CONFIRMED)
    open_rows.exclude(jurisdiction=jurisdiction).update(asked="")


def _decided_meanwhile(pk: UUID) -> DecisionRefused:
    current = Classification.objects.filter(pk=pk).first()
    if current is None:
        return DecisionRefused("gone", GONE)
    code, by = current.code or "—", current.decided_by or current.source or "—"
    return DecisionRefused(
        "decided_meanwhile",
        Text(
            f"This changed meanwhile: {code} ({by}). Look at it again before you decide.",
            f"期间已有变更：{code}（{by}）。请重新查看后再决定。",
            f"期間已有變更：{code}（{by}）。請重新查看後再決定。",
        ),
    )
