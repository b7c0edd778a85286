"""Rules and tariffs in memory, behind one query of the epoch. A snapshot never changes.

The tariff of a jurisdiction is read when it is first asked for, with one query.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from django.db import connection

from core.pluginapi import Rule, RuleSet, TariffView
from core.shared.clock import now
from core.shared.prepared import Prepared
from customs.models import (
    Epoch,
    RuleOverride,
    RuleRow,
    TariffEdition,
    TariffLine,
    TariffOverride,
    standing,
)
from customs.tariff.book import Book, read_book

KEPT_SETS = 256
KEPT_CODES = 200
"""What longer shipments ask of a tariff is not kept: few ask it twice."""

KEPT_MOMENTS = 8
TRUSTED_SECONDS = 0.005
"""For how long a thread goes by the epoch that it has read."""


@dataclass(slots=True)
class Snapshot:
    """All rules by plug-in and tariffs by jurisdiction; what was asked of a day is kept.

    ``known_at`` is the moment whose knowledge it is, None for the present.
    """

    token: str
    loaded: Mapping[str, str]
    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    overrides: Mapping[str, tuple[RuleOverride, ...]] = field(default_factory=dict)
    known_at: datetime | None = None
    _books: dict[str, Book] = field(default_factory=dict)
    _sets: dict[tuple[str, date], RuleSet] = field(default_factory=dict)
    _by_id: dict[tuple[str, date], Mapping[str, Rule]] = field(default_factory=dict)
    _whole: dict[tuple[frozenset[str], date], RuleSet] = field(default_factory=dict)
    _views: dict[tuple[str, date, tuple[str, ...]], TariffView] = field(default_factory=dict)

    def rule_set(self, plugin: str, on: date) -> RuleSet:
        """Return the rules of a plug-in that are in force on a day, overrides resolved."""
        known = self._sets.get((plugin, on))
        if known is None:
            if len(self._sets) >= KEPT_SETS:
                self._sets.clear()
            known = self._sets[plugin, on] = self._resolve(plugin, on)
        return known

    def rules_by_id(self, plugin: str, on: date) -> Mapping[str, Rule]:
        """Return the same rules by their ids."""
        known = self._by_id.get((plugin, on))
        if known is None:
            if len(self._by_id) >= KEPT_SETS:
                self._by_id.clear()
            rules = self.rule_set(plugin, on).rules.values()
            known = self._by_id[plugin, on] = {rule.id: rule for rule in rules}
        return known

    def book(self, jurisdiction: str) -> Book:
        """Return the whole tariff of a jurisdiction, read once."""
        known = self._books.get(jurisdiction)
        if known is None:
            with _lock:
                known = self._books.get(jurisdiction) or read_book(jurisdiction, self.known_at)
                self._books[jurisdiction] = known
        return known

    def rules_of(self, jurisdictions: frozenset[str], on: date) -> RuleSet:
        """Return the rules of some jurisdictions in force on a day, of whichever plug-in."""
        known = self._whole.get((jurisdictions, on))
        if known is None:
            if len(self._whole) >= KEPT_SETS:
                self._whole.clear()
            found = {
                key: rule
                for plugin in sorted(self.rules)
                for key, rule in self.rule_set(plugin, on).rules.items()
                if rule.jurisdiction in jurisdictions
            }
            known = self._whole[jurisdictions, on] = RuleSet(on, MappingProxyType(found))
        return known

    def view(self, jurisdiction: str, codes: Iterable[str], on: date) -> TariffView:
        """Return the lines of a jurisdiction's tariff that ``codes`` can meet on a day."""
        asked = (jurisdiction, on, tuple(codes))
        known = self._views.get(asked)
        if known is None and len(asked[2]) > KEPT_CODES:
            return self.book(jurisdiction).view(asked[2], on)
        if known is None:
            if len(self._views) >= KEPT_SETS:
                self._views.clear()
            known = self._views[asked] = self.book(jurisdiction).view(asked[2], on)
        return known

    def _resolve(self, plugin: str, on: date) -> RuleSet:
        rules = {r.key or r.id: r for r in self.rules.get(plugin, ()) if _holds(r, on)}
        for override in self.overrides.get(plugin, ()):
            rule = rules.get(override.key)
            if rule and override.holds(on):
                rules[override.key] = overridden(rule, override)
        return RuleSet(on, MappingProxyType({key: _fixed(rule) for key, rule in rules.items()}))


def _fixed(rule: Rule) -> Rule:
    """Return a rule that nobody can change: every regime of the day is handed the same one."""
    return replace(rule, values=MappingProxyType(dict(rule.values)))


def overridden(rule: Rule, override: RuleOverride) -> Rule:
    """Return ``rule`` with an operator's values; its id and source say whose they are."""
    return replace(
        rule,
        id=f"{rule.id}+{override.pk}",
        values={**rule.values, **override.values},
        source=f"override by {override.author}: {override.reason} (in place of: {rule.source})",
        confidence="override",
    )


_lock = threading.RLock()
_current = Snapshot("", {})


class _Seen(threading.local):
    until = 0.0
    state = _current


_seen = _Seen()


def current() -> Snapshot:
    """Return the state in force: one query, and a read of everything when it has changed.

    Outside transactions a thread trusts what it has read for five milliseconds.
    """
    moment = time.monotonic()
    if moment < _seen.until:
        return _seen.state
    _seen.state = _newest()
    _seen.until = 0.0 if connection.in_atomic_block else moment + TRUSTED_SECONDS
    return _seen.state


def look_now() -> None:
    """Let this thread read the epoch at its next question: it has just changed it."""
    _seen.until = 0.0


@contextmanager
def one_state() -> Iterator[None]:
    """Let all that this thread asks meanwhile go by one state, even inside a transaction."""
    current()
    before, _seen.until = _seen.until, float("inf")
    try:
        yield
    finally:
        # Rules that were loaded meanwhile have ended it already.
        _seen.until = min(before, _seen.until)


_EPOCH = Prepared(lambda: Epoch.objects.filter(pk=1).values_list("token", "loaded"))


def _newest() -> Snapshot:
    global _current
    token, loaded = next(iter(_EPOCH.rows()), ("", {}))
    if token == _current.token:
        return _current
    with _lock:
        fresh = _read(token, loaded, None)
        _current = fresh
        return fresh


def new_token() -> str:
    """Return a name for the state that the caller's transaction makes: its moment, and chance."""
    return f"{now().replace(tzinfo=None).isoformat(timespec='microseconds')} {uuid4().hex[:8]}"


def moment_of(token: str) -> datetime | None:
    """Return the moment whose knowledge a state holds, None for a token that names none.

    What was computed by it is computed again by :func:`known` of this moment, not of its own: a
    change bears the moment at which its transaction wrote, and is seen only when that has ended.
    """
    try:
        return datetime.fromisoformat(token.partition(" ")[0]).replace(tzinfo=UTC)
    except ValueError:
        return None


def known(at: datetime) -> Snapshot:
    """Return what was known at a moment, so that what was computed then can be computed again.

    Moments between which nothing changed share one snapshot.
    """
    token = current().token
    moments = _moments(token)
    place = bisect_right(moments, at)
    return _known(moments[place - 1] if place else at, token)


@lru_cache(maxsize=1)
def _moments(token: str) -> tuple[datetime, ...]:
    """Return when rules or tariffs were stored, superseded or switched."""
    found: set[datetime] = set()
    for model in (RuleRow, RuleOverride, TariffLine, TariffOverride):
        for name in ("created_at", "superseded_at"):
            found.update(model.objects.order_by().values_list(name, flat=True).distinct())
    for name in ("activated_at", "superseded_at"):
        found.update(TariffEdition.objects.order_by().values_list(name, flat=True).distinct())
    return tuple(sorted(found - {None}))


@lru_cache(maxsize=KEPT_MOMENTS)
def _known(at: datetime, token: str) -> Snapshot:
    loaded = Epoch.objects.filter(pk=1).values_list("loaded", flat=True).first() or {}
    return _read(token, loaded, at)


def _read(token: str, loaded: Mapping[str, str], at: datetime | None) -> Snapshot:
    rules: dict[str, list[Rule]] = defaultdict(list)
    for row in RuleRow.objects.filter(standing(at)).order_by("valid_from"):
        rules[row.plugin].append(row.rule)
    overrides: dict[str, list[RuleOverride]] = defaultdict(list)
    for override in RuleOverride.objects.filter(standing(at)).order_by("valid_from"):
        overrides[override.plugin].append(override)
    return Snapshot(
        token,
        loaded,
        {plugin: tuple(found) for plugin, found in rules.items()},
        {plugin: tuple(found) for plugin, found in overrides.items()},
        at,
    )


def _holds(dated: Any, day: date) -> bool:
    return dated.valid_from <= day and (dated.valid_to is None or day <= dated.valid_to)
