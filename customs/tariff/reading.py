"""Reads a whole file into spans of days for each rate, and keeps what was noticed in its rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from customs.tariff.cells import BARE_SIGNS, cell
from customs.tariff.facts import (
    FINDINGS_KEPT,
    ROW_LIMIT,
    Change,
    Fact,
    Finding,
    Passed,
    Said,
    Scope,
    TariffRefused,
)
from customs.tariff.formats import Format
from customs.tariff.opening import opened
from customs.tariff.timeline import Content, Span, laid, span

Progress = Callable[[str, int, int], None]
"""Called with a stage, how much is done, and of how much (0 where that is not known)."""
EVERY = 1000
KIND_LENGTH, MEASURE_LENGTH = 80, 40
SHOWN = 200
KEPT = "kept as it is written; a quote that needs it is refused"
NOT_STATED = "not stated in the file"
"""Stands for an empty cell of a rate that there is: a rate above it must not be taken instead."""


class Key(NamedTuple):
    """What one rate is of."""

    code: str
    kind: str


def silent(stage: str, done: int, total: int) -> None:
    """Report nothing."""


@dataclass(slots=True)
class Gathered:
    """What a file says: spans by rate, or changes of measures, and findings by row.

    ``rates`` counts those in the file, ``harmed`` the rows of which something was lost;
    ``currency`` is that of a bare ``$``.
    """

    currency: str = ""
    rates: int = 0
    harmed: int = 0
    spans: dict[Key, list[Span]] = field(default_factory=lambda: defaultdict(list))
    changes: list[tuple[Change, Key | None, Span | None]] = field(default_factory=list)
    scopes: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    passed: Counter[str] = field(default_factory=Counter)

    def note(self, finding: Finding) -> None:
        """Keep a finding; beyond a bound they are only counted."""
        self.harmed += finding.harm
        if len(self.findings) < FINDINGS_KEPT:
            self.findings.append(finding)
        else:
            self.passed["a finding that is not listed, since there are too many"] += 1


def gather(
    path: Path, form: Format, jurisdiction: str, start: date, progress: Progress = silent
) -> Gathered:
    """Read the file; rates without a day of their own hold from ``start``. Raises TariffRefused."""
    found = Gathered(currency=BARE_SIGNS.get(jurisdiction, ""))
    rows: dict[Key, int] = {}
    with opened(path) as stream:
        for number, said in enumerate(form.read(stream), 1):
            if number % EVERY == 0:
                progress("reading", number, 0)
            _keep(found, said, form, start, rows)
            if found.rates > ROW_LIMIT:
                raise TariffRefused(f"the file holds more than {ROW_LIMIT} rates; divide it")
    _settle(found, rows)
    return found


def _keep(found: Gathered, said: Said, form: Format, start: date, rows: dict[Key, int]) -> None:
    if isinstance(said, Finding):
        found.note(said)
    elif isinstance(said, Passed):
        found.passed[said.why] += 1
    elif isinstance(said, Scope):
        found.scopes.add(said.code)
    elif isinstance(said, Change):
        found.rates += 1
        made = _span(found, said.fact, form, start, restated=said.restated) if said.fact else None
        key = Key(said.fact.code, said.fact.kind) if said.fact else None
        found.changes.append((said, key, made))
    elif (made := _span(found, said, form, start)) is not None:
        found.rates += 1
        key = Key(said.code, said.kind)
        found.spans[key].append(made)
        rows[key] = said.row


def _span(
    found: Gathered, fact: Fact, form: Format, start: date, *, restated: bool = True
) -> Span | None:
    first, last = fact.valid_from or start, fact.valid_to
    if unfit := _unfit(fact):
        found.note(Finding(fact.row, fact.code, unfit, "left out", harm=True))
        return None
    if last is not None and last < first:
        problem = f"it ends on {last}, before it begins on {first}"
        found.note(Finding(fact.row, fact.code, problem, "left out"))
        return None
    if not fact.text and fact.kind != "note" and restated:
        found.note(Finding(fact.row, fact.code, f"it states no rate of kind {fact.kind}", KEPT))
        fact = replace(fact, text=NOT_STATED)
    read = cell(fact.kind, fact.text, found.currency)
    if read.problem and fact.text != NOT_STATED:
        found.note(Finding(fact.row, fact.code, f"not understood: {read.problem}", KEPT))
    content = Content(
        value=read.value,
        expression=read.expression,
        notes=tuple(sorted(fact.notes.items())),
        source=fact.source or form.source,
        confidence=fact.confidence or ("high" if form.is_checked else "medium"),
        measure=fact.measure,
    )
    return span(first, last, content)


def _unfit(fact: Fact) -> str:
    """Return why no database can keep the fact, or ""."""
    if len(fact.kind) > KIND_LENGTH or len(fact.measure) > MEASURE_LENGTH:
        return "a code or number of its measure is too long"
    told = "".join((fact.kind, fact.text, fact.measure, fact.source, *fact.notes.values()))
    if "\0" in told or any("\ud800" <= one <= "\udfff" for one in told):
        return "it holds characters that are no text"
    return ""


def _settle(found: Gathered, rows: dict[Key, int]) -> None:
    """Take spans of one rate apart; what the file says twice and differently is no rate."""
    for key, spans in found.spans.items():
        clash = Clash()
        found.spans[key] = laid(spans, clash)
        if clash.text:
            problem = f"the file says differently of one day: {clash.text}"[:SHOWN]
            found.note(Finding(rows[key], key.code, problem, KEPT, harm=True))


class Clash:
    """Puts a text that is no rate in the place of contents that contradict each other."""

    def __init__(self) -> None:
        self.text = ""

    def __call__(self, held: list[Content]) -> Content:
        """Return what stands for them, and remember it."""
        self.text = "contradictory: " + " / ".join(one.expression or one.value for one in held)
        return held[0]._replace(value="", expression=self.text, confidence="low")
