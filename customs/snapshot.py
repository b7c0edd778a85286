"""Rules and tariffs in memory, behind one query of the epoch. A snapshot never changes."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from core.pluginapi import Rule, RuleSet, TariffRate, TariffView
from customs.models import Epoch, RuleOverride, RuleRow, TariffLine

KEPT_SETS = 256
SUBHEADING = 6
"""Below a shorter code not every national line is known, so that none can speak for it."""


@dataclass(slots=True)
class Snapshot:
    """All rules by plug-in and tariff lines by jurisdiction; what was asked of a day is kept."""

    token: str
    loaded: Mapping[str, str]
    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    overrides: Mapping[str, tuple[RuleOverride, ...]] = field(default_factory=dict)
    tariff: Mapping[str, Mapping[str, tuple[TariffRate, ...]]] = field(default_factory=dict)
    _sets: dict[tuple[str, date], RuleSet] = field(default_factory=dict)
    _views: dict[tuple[str, date, tuple[str, ...]], TariffView] = field(default_factory=dict)

    def rule_set(self, plugin: str, on: date) -> RuleSet:
        """Return the rules of a plug-in that are in force on a day, overrides resolved."""
        known = self._sets.get((plugin, on))
        if known is None:
            if len(self._sets) >= KEPT_SETS:
                self._sets.clear()
            known = self._sets[plugin, on] = self._resolve(plugin, on)
        return known

    def view(self, jurisdiction: str, codes: Iterable[str], on: date) -> TariffView:
        """Return the lines of a jurisdiction's tariff that ``codes`` can meet on a day."""
        asked = (jurisdiction, on, tuple(codes))
        known = self._views.get(asked)
        if known is None:
            if len(self._views) >= KEPT_SETS:
                self._views.clear()
            known = self._views[asked] = self._read_view(*asked)
        return known

    def _read_view(self, jurisdiction: str, on: date, codes: tuple[str, ...]) -> TariffView:
        lines = self.tariff.get(jurisdiction, {})
        met: dict[str, tuple[TariffRate, ...]] = {}
        below: dict[str, tuple[TariffRate, ...]] = {}
        for code in {code for code in codes if code}:
            for length in range(2, len(code) + 1):
                found = lines.get(code[:length])
                if found:
                    met[code[:length]] = tuple(line for line in found if _holds(line, on))
            deeper = [one for other, found in lines.items() if len(other) > len(code)
                      and other.startswith(code) for one in found if _holds(one, on)]  # fmt: skip
            if deeper and len(code) >= SUBHEADING:
                below[code] = tuple(deeper)
        return TariffView(on, jurisdiction, met, below)

    def _resolve(self, plugin: str, on: date) -> RuleSet:
        rules = {r.key or r.id: r for r in self.rules.get(plugin, ()) if _holds(r, on)}
        for override in self.overrides.get(plugin, ()):
            rule = rules.get(override.key)
            if rule and override.holds(on):
                rules[override.key] = overridden(rule, override)
        return RuleSet(on, rules)


def overridden(rule: Rule, override: RuleOverride) -> Rule:
    """Return ``rule`` with an operator's values; its id and source say whose they are."""
    return replace(
        rule,
        id=f"{rule.id}+{override.pk}",
        values={**rule.values, **override.values},
        source=f"override by {override.author}: {override.reason} (in place of: {rule.source})",
        confidence="override",
    )


_lock = threading.Lock()
_current = Snapshot("", {})


def current() -> Snapshot:
    """Return the state in force: one query, and a read of everything when it has changed."""
    global _current
    epoch = Epoch.objects.filter(pk=1).values_list("token", "loaded").first()
    token, loaded = epoch or ("", {})
    if token == _current.token:
        return _current
    with _lock:
        fresh = _read(token, loaded)
        _current = fresh
        return fresh


def _read(token: str, loaded: Mapping[str, str]) -> Snapshot:
    rules: dict[str, list[Rule]] = defaultdict(list)
    for row in RuleRow.objects.filter(superseded_at=None).order_by("valid_from"):
        rules[row.plugin].append(row.rule)
    overrides: dict[str, list[RuleOverride]] = defaultdict(list)
    for override in RuleOverride.objects.filter(superseded_at=None).order_by("valid_from"):
        overrides[override.plugin].append(override)
    tariff: dict[str, dict[str, list[TariffRate]]] = defaultdict(lambda: defaultdict(list))
    for line in TariffLine.objects.filter(superseded_at=None).order_by("code", "valid_from"):
        tariff[line.jurisdiction][line.code].append(line.rate)
    return Snapshot(
        token,
        loaded,
        {plugin: tuple(found) for plugin, found in rules.items()},
        {plugin: tuple(found) for plugin, found in overrides.items()},
        {
            jurisdiction: {code: tuple(found) for code, found in codes.items()}
            for jurisdiction, codes in tariff.items()
        },
    )


def _holds(dated: Any, day: date) -> bool:
    return dated.valid_from <= day and (dated.valid_to is None or day <= dated.valid_to)
