"""What an import would write: each rate of the file against what stands of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from customs.models import TariffLine
from customs.tariff.cells import shown
from customs.tariff.facts import Extent, Finding
from customs.tariff.formats import Format
from customs.tariff.reading import Clash, Gathered, Key
from customs.tariff.timeline import Content, Span, cut, laid, span, spliced

PLUGIN = "edition"
"""What stands in ``plugin`` of imported lines, so that each keeps its days apart from a file's."""
TOLERANCE_PERCENT = 5
HEADING = 4
STORED = ("pk", "code", "kind", "value", "expression", "notes", "source", "confidence", "measure",
          "valid_from", "valid_to")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """What an operator asks to import. ``partial``: only the headings in the file are spoken for.

    ``confirm`` accepts a file from which rows were lost, or that is much larger or smaller than
    what stands.
    """

    form: Format
    path: Path
    jurisdiction: str
    edition: str
    valid_from: date
    author: str
    fetched_at: datetime
    partial: bool = False
    confirm: bool = False

    @property
    def extent(self) -> Extent:
        """Return for how much the file speaks."""
        return Extent.PART if self.partial else self.form.extent


class Difference(NamedTuple):
    """One rate before and after; "" is none."""

    code: str
    kind: str
    old: str
    new: str


class Stored(NamedTuple):
    """A line that stands."""

    pk: Any
    key: Key
    span: Span


@dataclass(slots=True)
class Plan:
    """Keys of rows that end, spans that begin, and the same as differences of rates."""

    gone: list[Any] = field(default_factory=list)
    fresh: list[tuple[Key, Span]] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


def planned(wish: Wish, found: Gathered) -> Plan:
    """Return what the file changes of what stands, and why it would need a confirmation."""
    stored = _stored(wish.jurisdiction)
    if wish.extent is Extent.CHANGES:
        return _plan_changes(found, stored)
    return _plan_spans(wish, found, stored)


def _stored(jurisdiction: str) -> list[Stored]:
    rows = TariffLine.objects.filter(
        jurisdiction=jurisdiction, plugin=PLUGIN, superseded_at=None
    ).values_list(*STORED)
    return [
        Stored(pk, Key(code, kind), span(first, last, Content(
            value, expression, tuple(sorted(notes.items())), source, confidence, measure)))
        for pk, code, kind, value, expression, notes, source, confidence, measure, first, last
        in rows.iterator(chunk_size=5000)
    ]  # fmt: skip


def _plan_spans(wish: Wish, found: Gathered, stored: list[Stored]) -> Plan:
    """Plan a file that speaks for all codes, or for those of its scopes."""
    scopes = _scopes(wish, found)
    held: dict[Key, list[Stored]] = defaultdict(list)
    for one in stored:
        if scopes is None or _within(one.key.code, scopes):
            held[one.key].append(one)
    plan, start = Plan(), wish.valid_from.toordinal()
    for key in sorted({*held, *found.spans}):
        before = held.get(key, [])
        after = spliced([one.span for one in before], found.spans.get(key, []), start)
        _compare(plan, key, before, after, start)
    if scopes is None:
        _count(plan, held, found, start)
    return plan


def _scopes(wish: Wish, found: Gathered) -> frozenset[str] | None:
    if wish.extent is Extent.WHOLE:
        return None
    if wish.form.extent is Extent.PART:
        return frozenset(found.scopes)
    return frozenset(key.code[:HEADING] for key in found.spans)


def _within(code: str, scopes: frozenset[str]) -> bool:
    return any(code[:length] in scopes for length in range(2, len(code) + 1))


def _count(plan: Plan, held: dict[Key, list[Stored]], found: Gathered, start: int) -> None:
    """Ask for a confirmation when the number of codes is far from what stands."""
    stand = {key.code for key, group in held.items() if any(one.span.end > start for one in group)}
    brought = {key.code for key in found.spans}
    if stand and abs(len(brought) - len(stand)) * 100 > TOLERANCE_PERCENT * len(stand):
        plan.reasons.append(
            f"the file holds {len(brought)} codes where {len(stand)} stand: more than "
            f"{TOLERANCE_PERCENT} percent apart; is it the whole tariff?"
        )


def _plan_changes(found: Gathered, stored: list[Stored]) -> Plan:
    """Plan a file that names measures: each is replaced, ended or added as a whole."""
    held: dict[Key, list[Stored]] = defaultdict(list)
    of_measure: dict[str, list[Stored]] = defaultdict(list)
    for one in stored:
        held[one.key].append(one)
        if one.span.content.measure:
            of_measure[one.span.content.measure].append(one)
    named = {change.measure for change, _, _ in found.changes}
    fresh: dict[Key, list[Span]] = defaultdict(list)
    for change, key, made in found.changes:
        before = of_measure.get(change.measure, [])
        if change.fact is None:
            if not before:
                found.note(Finding(0, "", f"measure {change.measure}, which is not here, ends",
                                   "nothing to end"))  # fmt: skip
        elif key is not None and made is not None:
            fresh[key] += _restated(found, change.restated, change.measure, before, made)
    touched = {one.key for measure in named for one in of_measure.get(measure, [])} | set(fresh)
    plan = Plan()
    for key in sorted(touched):
        rest = [one.span for one in held[key] if one.span.content.measure not in named]
        clash = Clash()
        after = laid([*rest, *fresh[key]], clash)
        if clash.text:
            action = "kept as unknown; is a file in between missing?"
            found.note(Finding(0, key.code, clash.text[:200], action, harm=True))
        _compare(plan, key, held[key], after, 0)
    return plan


def _restated(
    found: Gathered, restated: bool, measure: str, before: list[Stored], made: Span
) -> list[Span]:
    if restated:
        return [made]
    if not before:
        problem = f"measure {measure} is changed, but neither the file nor what stands has its duty"
        found.note(Finding(0, "", problem, "left out; import what brought it first", harm=True))
        return []
    known = before[-1].span.content
    content = made.content._replace(value=known.value, expression=known.expression)
    return [made._replace(content=content)]


def _compare(plan: Plan, key: Key, before: list[Stored], after: list[Span], start: int) -> None:
    wanted = set(after)
    plan.gone += [one.pk for one in before if one.span not in wanted]
    stand = {one.span for one in before}
    plan.fresh += [(key, one) for one in after if one not in stand]
    old = told(key.kind, (one.span for one in before), start)
    new = told(key.kind, after, start)
    if old != new:
        plan.differences.append(Difference(key.code, key.kind, old, new))


def told(kind: str, spans: Iterable[Span], start: int) -> str:
    """Return the rates from a day on as text, with days where there are several."""
    found = [
        (shown(kind, one.content.value, one.content.expression) or "noted", one)
        for one in cut(sorted(spans), start)
    ]
    if len(found) == 1 and found[0][1].last is None:
        return found[0][0]
    return "; ".join(f"{text} ({one.first} – {one.last or '…'})" for text, one in found)
