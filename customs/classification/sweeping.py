"""Looks at what is on sale: asks for suggestions, notes contradictions. Never decides."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.catalog.models import Item, Offer, OfferState
from core.catalog.words import text_of
from core.kernel import hooks
from core.kernel.registry import registry
from core.pluginapi import ItemFacts
from core.shared.clock import now
from customs.classification.codes import agree, is_ruled_out, stated_code
from customs.classification.models import Change, Classification, Doubt, State, Step
from customs.classification.plausibility import doubt_of
from customs.classification.suggesting import (
    SUPPLIER,
    Proposed,
    Suggestion,
    suggestions,
    sure_codes,
)

BATCH = 100
LATE = timedelta(minutes=1)
"""How much later than it says a change of a product may be committed: such are seen again."""

HOOK = "add_hs_candidates"
SHOWN = (OfferState.PUBLISHED, OfferState.HELD)


class Glance(NamedTuple):
    """One run's view: who suggests (the plug-ins that are on, by version), and when it began."""

    asked: str
    at: datetime


def glance() -> Glance:
    """Return the view of a run that begins now."""
    plugins = registry().plugins
    known = [
        f"{key}@{manifest.version}"
        for key in sorted(hooks.implementers(HOOK, None))
        if key in plugins and (manifest := plugins[key].manifest)
    ]
    asked = hashlib.sha256("\n".join(known).encode()).hexdigest()[:16]
    return Glance(asked, now() - LATE)


def batches(jurisdiction: str, channels: Sequence[str], view: Glance) -> Iterator[list[Item]]:
    """Yield items on sale in ``channels`` that were not looked at yet as they are now."""
    seen = Classification.objects.filter(
        Q(asked=view.asked, looked_at__gte=OuterRef("product__updated_at"))
        | Q(state=State.CONFIRMED),
        item=OuterRef("pk"),
        jurisdiction=jurisdiction,
        stated=OuterRef("hs_code"),
    )
    offered = Offer.objects.filter(item=OuterRef("pk"), channel__key__in=channels, state__in=SHOWN)
    items = (
        Item.objects.filter(Exists(offered), ~Exists(seen)).select_related("product").order_by("pk")
    )
    after: UUID | None = None
    while batch := list((items.filter(pk__gt=after) if after else items)[:BATCH]):
        after = batch[-1].pk
        yield batch


def ask(items: Iterable[Item]) -> dict[UUID, list[Proposed]]:
    """Return what plug-ins propose for each item. What a plug-in breaks costs its answer alone."""
    return {
        item.pk: [
            Proposed(answer.plugin, answer.value)
            for answer in hooks.add_hs_candidates(None, item=facts_of(item))
        ]
        for item in items
    }


def facts_of(item: Item) -> ItemFacts:
    """Return what classification may go by."""
    return ItemFacts(
        title=text_of(item.product.titles).en,
        brand=item.product.brand,
        category=item.product.category,
        hs_code=item.hs_code,
        origin=item.origin,
    )


def store(
    jurisdiction: str, items: Sequence[Item], proposed: Mapping[UUID, list[Proposed]], view: Glance
) -> None:
    """Store what was found. A confirmed code stays; a row that changed meanwhile is left alone."""
    rows = {row.item_id: row for row in _rows(items).filter(jurisdiction=jurisdiction)}
    elsewhere = _elsewhere(items, jurisdiction)
    fresh: list[Classification] = []
    same: list[UUID] = []
    changes: list[Change] = []
    for item in items:
        row = rows.get(item.pk) or Classification(item=item, jurisdiction=jurisdiction, version=0)
        if row.state == State.CONFIRMED:
            changes += _contradicted(row, item)
            continue
        others = elsewhere.get(item.pk, ())
        found = suggestions(
            jurisdiction, item.hs_code, proposed[item.pk], elsewhere=others, rejected=row.rejected
        )
        before = _decisive(row)
        suggest(row, item, found)
        row.stated, row.asked, row.looked_at = item.hs_code, view.asked, view.at
        if not row.version:
            row.version = 1
            fresh.append(row)
        elif before == _decisive(row):
            same.append(row.pk)
            continue
        elif not save_if_unchanged(row):
            continue
        if before[:2] != _decisive(row)[:2]:
            step = Step.SUGGESTED if row.code else Step.WITHDRAWN
            changes.append(change_of(row, step, before[0]))
    Classification.objects.filter(pk__in=same).update(asked=view.asked, looked_at=view.at)
    Classification.objects.bulk_create(fresh)
    Change.objects.bulk_create(changes)


def _decisive(row: Classification) -> tuple[Any, ...]:
    """Return what a person decides by; a look that changes none of it leaves the version."""
    return row.code, row.source, row.candidates, row.doubt, row.stated


def suggest(row: Classification, item: Item, found: Sequence[Suggestion]) -> None:
    """Set the row to the best of ``found``, or to unclassified; nothing is saved."""
    best = found[0] if found else None
    doubted = (
        doubt_of(best.code, item.product.titles.values(), item.product.category, sure_codes(found))
        if best
        else None
    )
    row.state = State.SUGGESTED if best else State.UNCLASSIFIED
    row.code = best.code if best else ""
    row.source = best.source if best else ""
    row.confidence = best.confidence if best else None
    row.reason = dict(best.reason.as_dict()) if best else {}
    row.candidates = [one.as_json() for one in found]
    row.doubt = doubted.kind if doubted else Doubt.NONE


def save_if_unchanged(row: Classification) -> bool:
    """Write the row by one conditional update, unless it changed since it was read."""
    kept = {"id", "item", "jurisdiction", "created_at", "version", "updated_at"}
    columns = {
        field.name: getattr(row, field.name)
        for field in Classification._meta.concrete_fields
        if field.name not in kept
    }
    same = Classification.objects.filter(pk=row.pk, version=row.version)
    if not same.update(**columns, version=row.version + 1, updated_at=now()):
        return False
    row.version += 1
    return True


def change_of(row: Classification, step: Step, before: str, **given: Any) -> Change:
    """Return the history's entry of a row as it is now; ``by`` is who suggests when left out."""
    values: dict[str, Any] = {
        "code": row.code,
        "by": row.source or "rules",
        "reason": row.reason,
        "doubt": row.doubt,
    }
    identity = {"item": row.item_id, "jurisdiction": row.jurisdiction}
    return Change(step=step, before=before, **identity, **(values | given))


def _contradicted(row: Classification, item: Item) -> list[Change]:
    """Note a supplier's new code beside a confirmed one, which stays."""
    stated = stated_code(item.hs_code, row.jurisdiction)
    row.stated = item.hs_code
    ruled_out = is_ruled_out(stated, row.rejected)
    contradicts = stated and not ruled_out and not agree(stated, row.code)
    row.conflict = stated if contradicts else ""
    if not save_if_unchanged(row) or not row.conflict:
        return []
    said = {"code": row.conflict, "by": SUPPLIER, "reason": {}}
    return [change_of(row, Step.CONTRADICTED, row.code, **said)]


def _elsewhere(items: Sequence[Item], jurisdiction: str) -> dict[UUID, list[tuple[str, str]]]:
    """Return what is confirmed for the items in other jurisdictions, the newest first."""
    found: dict[UUID, list[tuple[str, str]]] = {}
    others = _rows(items).filter(state=State.CONFIRMED).exclude(jurisdiction=jurisdiction)
    for row in others.order_by("-decided_at"):
        found.setdefault(row.item_id, []).append((row.jurisdiction, row.code))
    return found


def _rows(items: Sequence[Item]) -> QuerySet[Classification]:
    return Classification.objects.filter(item__in=[item.pk for item in items])
