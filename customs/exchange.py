"""By which publication and day customs of a country converts: a dated rule of its plug-in.

The rule's key is ``<jurisdiction>.fx``; see ``core.pluginapi.duty.reference_dates``.
"""

from __future__ import annotations

from datetime import date, datetime

from core.fx.closed_days import closed_before
from core.fx.types import Reference
from core.kernel import providers
from core.kernel.provided import Provided
from core.pluginapi import ChannelRef, DutyRegime, Rule
from core.pluginapi.duty.reference_dates import Occasion, reference_date
from customs import snapshot
from customs.services import state_with


def rule_of_country(
    channel: ChannelRef | None, country: str, on: date, *, known_at: datetime | None = None
) -> Rule | None:
    """Return the rule in force where goods are cleared into ``country``, None without one."""
    return _first(providers.regimes(channel, country), on, known_at)


def rule_of_jurisdiction(jurisdiction: str, on: date) -> Rule | None:
    """Return the rule in force of a jurisdiction (``CN``, ``EU``), None without one."""
    every = providers.all_regimes()
    return _first([one for one in every if one.object.jurisdiction == jurisdiction], on)


def reference_of(
    channel: ChannelRef | None,
    country: str,
    declared_on: date,
    *,
    exported_on: date | None = None,
    known_at: datetime | None = None,
) -> Reference | None:
    """Return by what customs of ``country`` converts, None where it has no rule of its own.

    Before anything is shipped the day of export is taken to be that of the declaration. Raises
    InvalidInput when the rule cannot be computed for that day.
    """
    rule = rule_of_country(channel, country, declared_on, known_at=known_at)
    if rule is None:
        return None
    calendar = rule.values.get("calendar")
    closed = closed_before(calendar, declared_on, known_at=known_at) if calendar else frozenset()
    occasion = Occasion(declared_on, exported_on or declared_on, closed)
    return Reference(
        day=reference_date(rule.values, occasion),
        declared_on=declared_on,
        sources=tuple(rule.values["sources"].split()),
        rule_id=rule.id,
        rule_source=rule.source,
    )


def _first(
    regimes: tuple[Provided[DutyRegime], ...] | list[Provided[DutyRegime]],
    on: date,
    known_at: datetime | None = None,
) -> Rule | None:
    state = state_with(regimes) if known_at is None else snapshot.known(known_at)
    for one in regimes:
        rule = state.rule_set(one.plugin, on).get(f"{one.object.jurisdiction.lower()}.fx")
        if rule is not None:
            return rule
    return None
