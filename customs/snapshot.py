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


@dataclass(slots=True)
class Snapshot:
    """All rules and tariff lines in force, by plug-in; what was asked of a day is kept."""

    token: str
    loaded: Mapping[str, str]
    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    overrides: Mapping[str, tuple[RuleOverride, ...]] = field(default_factory=dict)
    tariff: Mapping[str, Mapping[str, tuple[TariffRate, ...]]] = field(default_factory=dict)
    _sets: dict[tuple[str, date], RuleSet] = field(default_factory=dict)

    def rule_set(self, plugin: str, on: date) -> RuleSet:
        """Return the rules of a plug-in that are in force on a day, overrides resolved."""
        known = self._sets.get((plugin, on))
        if known is None:
            if len(self._sets) >= KEPT_SETS:
                self._sets.clear()
            known = self._sets[plugin, on] = self._resolve(plugin, on)
        return known

    def view(self, plugin: str, codes: Iterable[str], on: date) -> TariffView:
        """Return the lines of a plug-in that ``codes`` can meet on a day."""
        lines = self.tariff.get(plugin, {})
        met: dict[str, tuple[TariffRate, ...]] = {}
        for code in codes:
            for length in range(2, len(code) + 1):
                found = lines.get(code[:length])
                if found:
                    met[code[:length]] = tuple(line for line in found if _holds(line, on))
        return TariffView(on, met)

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
        tariff[line.plugin][line.code].append(line.rate)
    return Snapshot(
        token,
        loaded,
        {plugin: tuple(found) for plugin, found in rules.items()},
        {plugin: tuple(found) for plugin, found in overrides.items()},
        {
            plugin: {code: tuple(found) for code, found in codes.items()}
            for plugin, codes in tariff.items()
        },
    )


def _holds(dated: Any, day: date) -> bool:
    return dated.valid_from <= day and (dated.valid_to is None or day <= dated.valid_to)
