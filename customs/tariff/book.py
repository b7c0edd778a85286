"""The tariff of one jurisdiction in memory: who wins, what holds on a day, what stands below.

For one code and one kind of rate an operator's override wins, then a suspension of an imported
edition, then the imported edition's ordinary rate, then what plug-ins ship. An edition that knows
a code at all, above it or below it, silences the plug-ins there: a subheading that is divided anew
must not be answered from an older table.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db.models import Q

from core.pluginapi import TariffRate, TariffView
from customs.models import TariffEdition, TariffLine, TariffOverride, standing

OVERRIDE, SUSPENSION, EDITION, SHIPPED = range(4)
SUBHEADING = 6
"""Below a shorter code not every national line is known, so that none can speak for it."""
KEPT_CODES = 4096
OF_GOODS = ("restricted", "positive_list", "label_en", "label_zh")
SHIPPED_CADENCE_DAYS = 366
"""Every tariff that is shipped here has an edition a year at least."""
COLUMNS = ("code", "kind", "value", "expression", "valid_from", "valid_to", "source", "confidence",
           "notes", "edition", "pk", "imported_id")  # fmt: skip


class Entry(NamedTuple):
    """One rate; ``answers`` is the kind that it is asked for as.

    It is ``relabelled`` when the edition in force speaks for it, whichever edition brought it.
    """

    code: str
    kind: str
    answers: str
    value: str
    expression: str
    valid_from: date
    valid_to: date | None
    rank: int
    source: str
    confidence: str
    notes: Mapping[str, str]
    edition: str
    pk: Any
    relabelled: bool

    def holds(self, on: date) -> bool:
        """Say whether it is in force on a day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class _Chain(NamedTuple):
    """What one code can meet on a day: its own lines and those above by code, those below."""

    above: tuple[tuple[str, tuple[TariffRate, ...]], ...]
    below: tuple[TariffRate, ...]


@dataclass(slots=True)
class Book:
    """All rates of a jurisdiction that stand, and the editions in force.

    ``current`` is the one that speaks for all codes, if there is one.
    """

    jurisdiction: str
    editions: tuple[TariffEdition, ...]
    current: TariffEdition | None
    entries: Mapping[str, tuple[Entry, ...]]
    codes: tuple[str, ...]
    _chains: dict[tuple[str, date], _Chain] = field(default_factory=dict)

    def view(self, codes: Iterable[str], on: date) -> TariffView:
        """Return what the codes can meet on a day."""
        above: dict[str, tuple[TariffRate, ...]] = {}
        below: dict[str, tuple[TariffRate, ...]] = {}
        for code in {code for code in codes if code}:
            chain = self._chain(code, on)
            above.update(chain.above)
            if chain.below:
                below[code] = chain.below
        return TariffView(on, self.jurisdiction, MappingProxyType(above), MappingProxyType(below))

    def found(self, code: str, on: date) -> Iterator[Entry]:
        """Yield the winning entries on a day at the code, above it (nearest first) and below."""
        for length in range(len(code), 1, -1):
            yield from self._at(code[:length], on)
        if len(code) >= SUBHEADING:
            for deeper in self._below(code):
                yield from self._at(deeper, on)

    def _chain(self, code: str, on: date) -> _Chain:
        known = self._chains.get((code, on))
        if known is None:
            if len(self._chains) >= KEPT_CODES:
                self._chains.clear()
            known = self._chains[code, on] = self._made(code, on)
        return known

    def _made(self, code: str, on: date) -> _Chain:
        above: dict[str, list[TariffRate]] = {}
        below: list[TariffRate] = []
        for entry in self.found(code, on):
            rate = self.rate(entry, on)
            if len(entry.code) > len(code):
                below.append(rate)
            else:
                above.setdefault(entry.code, []).append(rate)
        return _Chain(tuple((at, tuple(found)) for at, found in above.items()), tuple(below))

    def _at(self, code: str, on: date) -> Iterator[Entry]:
        for entry in self.entries.get(code, ()):
            if entry.holds(on) and not self._silenced(entry, on):
                yield entry

    def _silenced(self, entry: Entry, on: date) -> bool:
        if entry.rank == OVERRIDE:
            return False
        for length in range(len(entry.code), 1, -1):
            if self._outranked(entry, entry.code[:length], on, below=entry.rank):
                return True
        return entry.rank == SHIPPED and any(
            self._outranked(entry, code, on, below=SHIPPED, above=OVERRIDE)
            for code in self._below(entry.code)
        )

    def _outranked(self, entry: Entry, code: str, on: date, *, below: int, above: int = -1) -> bool:
        return any(
            above < other.rank < below and other.answers == entry.answers and other.holds(on)
            for other in self.entries.get(code, ())
        )

    def _below(self, code: str) -> Iterator[str]:
        for place in range(bisect_right(self.codes, code), len(self.codes)):
            if not self.codes[place].startswith(code):
                return
            yield self.codes[place]

    def rate(self, entry: Entry, on: date) -> TariffRate:
        """Return an entry as regimes see it on a day.

        An expression is a duty, or it is only a note; ``warning`` in the notes says that the
        edition is older than it should be.
        """
        is_duty = entry.answers == "duty"
        notes = {**self._shipped_notes(entry, on), **entry.notes}
        if entry.expression and not is_duty:
            notes[entry.kind] = entry.expression
        if entry.rank == SUSPENSION:
            notes["suspension"] = entry.value or entry.expression
        if edition := self._speaks(entry):
            notes["nomenclature"] = edition.nomenclature
        if warning := self.warning(entry, on):
            notes["warning"] = warning
        return TariffRate(
            jurisdiction=self.jurisdiction,
            code=entry.code,
            rates=MappingProxyType({entry.answers: Decimal(entry.value)} if entry.value else {}),
            valid_from=entry.valid_from,
            valid_to=entry.valid_to,
            source=entry.source,
            confidence=entry.confidence,
            id=str(entry.pk),
            expression=entry.expression if is_duty else "",
            edition=self._edition(entry),
            notes=MappingProxyType(notes),
        )

    def _shipped_notes(self, entry: Entry, on: date) -> Mapping[str, str]:
        """Return what shipped tables note of the goods: a rate that is newer says nothing of it."""
        if entry.rank == SHIPPED:
            return {}
        for length in range(len(entry.code), 3, -1):
            for other in self.entries.get(entry.code[:length], ()):
                if other.rank == SHIPPED and other.holds(on):
                    return {name: other.notes[name] for name in OF_GOODS if name in other.notes}
        return {}

    def age_days(self, entry: Entry, on: date) -> int:
        """Return for how long an entry's edition has been here, or a shipped line in force."""
        edition = self._speaks(entry)
        known = entry.valid_from if edition is None else edition.fetched_at.date()
        return max(0, (on - known).days)

    def warning(self, entry: Entry, on: date) -> str:
        """Return a sentence where the edition is older than editions appear, else ""."""
        edition = self._speaks(entry)
        cadence = SHIPPED_CADENCE_DAYS if edition is None else edition.cadence_days
        age = self.age_days(entry, on)
        if entry.rank == OVERRIDE or age <= cadence:
            return ""
        named = self._edition(entry) or "the shipped table"
        return f"{named} is {age} days old; a new edition appears every {cadence} days"

    def _speaks(self, entry: Entry) -> TariffEdition | None:
        named = self._edition(entry)
        return next((one for one in self.editions if one.edition == named), None)

    def _edition(self, entry: Entry) -> str:
        """Return the edition in force where that holds the entry, else the one that brought it."""
        current = self.current
        if entry.relabelled and current is not None and (
            entry.valid_to is None or entry.valid_to >= current.valid_from
        ):  # fmt: skip
            return current.edition
        return entry.edition


def read_book(jurisdiction: str, at: datetime | None = None) -> Book:
    """Read what stands of a jurisdiction, or stood at a moment: three queries, none for a line."""
    editions = list(TariffEdition.objects.filter(_in_force(at), jurisdiction=jurisdiction))
    current = next((one for one in editions if not one.partial), None)
    kept: dict[Any, Any] = {one.pk: False for one in editions if one.partial}
    found: dict[str, list[Entry]] = {}
    lines = TariffLine.objects.filter(standing(at), jurisdiction=jurisdiction).order_by("plugin")
    for row in lines.values_list(*COLUMNS).iterator(chunk_size=5000):
        found.setdefault(row[0], []).append(_entry(row, kept))
    for override in TariffOverride.objects.filter(standing(at), jurisdiction=jurisdiction):
        found.setdefault(override.code, []).append(_of_override(override))
    entries = {code: tuple(sorted(group, key=_order)) for code, group in found.items()}
    return Book(jurisdiction, tuple(editions), current, entries, tuple(sorted(entries)))


def _in_force(at: datetime | None) -> Q:
    if at is None:
        return Q(state=TariffEdition.State.IN_FORCE)
    return Q(activated_at__lte=at) & (Q(superseded_at=None) | Q(superseded_at__gt=at))


def _order(entry: Entry) -> tuple[int, str, date]:
    return entry.rank, entry.kind, entry.valid_from


def _entry(row: tuple[Any, ...], kept: dict[Any, Any]) -> Entry:
    """Return a row as an entry; what rows share is held once, by way of ``kept``."""
    code, kind, value, expression, start, end, source, confidence, notes, edition, pk, by = row
    answers, rank = kind, SHIPPED
    if by is not None:
        rank = EDITION
        if kind == "suspension":
            answers, rank = "duty", SUSPENSION
    one = kept.setdefault
    noted = one(repr(sorted(notes.items())), notes)
    return Entry(
        one(code, code), one(kind, kind), one(answers, answers), one(value, value),
        one(expression, expression), one(start, start), end and one(end, end), rank,
        one(source, source), one(confidence, confidence), noted, one(edition, edition), pk,
        rank != SHIPPED and kept.get(by, True),
    )  # fmt: skip


def _of_override(row: TariffOverride) -> Entry:
    return Entry(
        row.code, row.kind, row.kind, row.value, row.expression, row.valid_from, row.valid_to,
        OVERRIDE, f"override by {row.author}: {row.reason}", "override", {}, "", row.pk, False,
    )  # fmt: skip
