"""What the tariff says of one code on one day, with source, edition, confidence and age."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.pluginapi import Ambiguous, TariffRate, TariffView
from customs import snapshot
from customs.tariff.book import Book, Entry
from customs.tariff.cells import shown, understood


@dataclass(frozen=True, slots=True)
class Answer:
    """One rate: ``code`` is that of its line, ``rate`` is ``5%`` or the whole expression.

    ``understood`` is what the expression was read as, "" where it is not understood and a quote
    that needs it is refused. ``age_days`` counts from when the edition was fetched, or from the
    first day of a shipped line; ``warning`` says when that is older than editions appear.
    """

    code: str
    kind: str
    rate: str
    understood: str
    valid_from: date
    valid_to: date | None
    source: str
    edition: str
    confidence: str
    age_days: int
    warning: str
    notes: dict[str, str]
    id: str

    def as_json(self) -> dict[str, Any]:
        """Return the answer as JSON."""
        return {
            "code": self.code,
            "kind": self.kind,
            "rate": self.rate,
            "understood": self.understood,
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "source": self.source,
            "edition": self.edition,
            "confidence": self.confidence,
            "age_days": self.age_days,
            "warning": self.warning,
            "notes": self.notes,
            "id": self.id,
        }


@dataclass(frozen=True, slots=True)
class LookedUp:
    """The answers for a code by kind; ``ambiguous`` lists the deeper lines where they differ."""

    jurisdiction: str
    code: str
    on: date
    answers: tuple[Answer, ...]
    ambiguous: dict[str, tuple[Answer, ...]]


def look_up(
    jurisdiction: str, code: str, on: date, *, known_at: datetime | None = None
) -> LookedUp:
    """Return what holds for ``code`` on a day: the longest known code first, never a guess."""
    state = snapshot.current() if known_at is None else snapshot.known(known_at)
    book = state.book(jurisdiction)
    view = state.view(jurisdiction, (code,), on)
    entries = {str(one.pk): one for one in book.found(code, on)}
    answers: list[Answer] = []
    ambiguous: dict[str, tuple[Answer, ...]] = {}
    for kind in sorted({one.answers for one in entries.values()}):
        found = _found(view, code, kind, entries)
        if isinstance(found, Ambiguous):
            ambiguous[kind] = tuple(_answers(book, kind, found.lines, entries, on))
        elif found is not None:
            answers += _answers(book, kind, (found,), entries, on)
    return LookedUp(jurisdiction, code, on, tuple(answers), ambiguous)


def _found(
    view: TariffView, code: str, kind: str, entries: dict[str, Entry]
) -> TariffRate | Ambiguous | None:
    """Return what a regime finds; a text that is no rate is shown to people all the same."""
    found = view.find(code, kind)
    if found is not None:
        return found
    mine = [one for one in entries.values() if one.answers == kind and code.startswith(one.code)]
    nearest = max(mine, key=lambda one: len(one.code), default=None)
    lines = (line for group in view.lines.values() for line in group)
    return next((one for one in lines if nearest and one.id == str(nearest.pk)), None)


def _answers(
    book: Book, kind: str, lines: tuple[TariffRate, ...], entries: dict[str, Entry], on: date
) -> Iterator[Answer]:
    for line in lines:
        entry = entries[line.id]
        expression = entry.expression
        age = book.age_days(entry, on)
        yield Answer(
            code=line.code,
            kind=kind,
            rate=shown(kind, entry.value, expression),
            understood=understood(entry.kind, expression, book.jurisdiction),
            valid_from=line.valid_from,
            valid_to=line.valid_to,
            source=line.source,
            edition=line.edition,
            confidence=line.confidence,
            age_days=age,
            warning=book.warning(entry, on),
            notes=dict(line.notes),
            id=line.id,
        )
