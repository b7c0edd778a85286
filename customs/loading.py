"""Stores the rules and tariff lines that regimes bring: adds, supersedes, never edits."""

from __future__ import annotations

import hashlib
import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from core.kernel.models import Activation
from core.kernel.provided import Provided
from core.kernel.registry import registry
from core.pluginapi import DutyRegime, HsTable, InvalidInput, Rule, TariffRate
from core.shared.clock import now
from customs.models import Dated, Epoch, RuleRow, TariffLine
from customs.snapshot import look_now, new_token
from customs.types import LoadReport

log = logging.getLogger(__name__)

TABLES = "register_hs_tables"
Dates = TypeVar("Dates", Rule, TariffRate)
FAULTS = (IntegrityError, ValueError, ArithmeticError, TypeError, AttributeError, LookupError,
          OSError, InvalidInput)  # fmt: skip
"""What rules, and the files that they are read from, can be wrong in."""


def load_rules(
    regimes: Iterable[Provided[DutyRegime]] | None = None,
) -> tuple[LoadReport, ...]:
    """Store what the regimes bring, by default those of every plug-in that is on somewhere.

    With a plug-in's regimes go the tariff tables that it hands over apart from them. Idempotent.
    One plug-in is one transaction: rules that overlap, or that have no source, cost that plug-in's
    update alone and are reported.
    """
    grouped: dict[str, list[DutyRegime]] = defaultdict(list)
    for provided in regimes if regimes is not None else _switched_on():
        grouped[provided.plugin].append(provided.object)
    tables: dict[str, list[HsTable]] = defaultdict(list)
    for table in registry().provided.get(TABLES, {}).values():
        if table.plugin in grouped or regimes is None:
            tables[table.plugin].append(table.object)
    plugins = sorted({*grouped, *(tables if regimes is not None else _on(tables))})
    return tuple(_load(plugin, grouped[plugin], tables[plugin]) for plugin in plugins)


def _switched_on() -> list[Provided[Any]]:
    provided = registry().provided.get("register_duty_regimes", {}).values()
    on = _on(one.plugin for one in provided)
    return [one for one in provided if one.plugin in on]


def _on(plugins: Iterable[str]) -> set[str]:
    on = set(Activation.objects.filter(enabled=True).values_list("plugin", flat=True))
    forced = {key for key, plugin in registry().plugins.items() if plugin.forced}
    return set(plugins) & (on | forced)


def _load(plugin: str, regimes: list[DutyRegime], tables: list[HsTable]) -> LoadReport:
    try:
        rules = [_rule_row(plugin, rule) for rule in _once(one.rules() for one in regimes)]
        brought = _once([*(one.tariff() for one in regimes), *map(_table_lines, tables)])
        lines = [row for line in brought for row in _line_rows(plugin, line)]
        fingerprint = _fingerprint([*rules, *lines])
        with transaction.atomic():
            epoch, _ = Epoch.objects.select_for_update().get_or_create(pk=1)
            if epoch.loaded.get(plugin) == fingerprint:
                return LoadReport(plugin, 0, 0)
            counts = [_store(RuleRow, plugin, rules), _store(TariffLine, plugin, lines)]
            loaded = {**epoch.loaded, plugin: fingerprint}
            Epoch.objects.filter(pk=1).update(token=new_token(), loaded=loaded)
            look_now()
    except FAULTS as error:
        log.exception("the rules of %s were not loaded", plugin)
        return LoadReport(plugin, 0, 0, problem=str(error)[:400])
    added, superseded = (sum(pair) for pair in zip(*counts, strict=True))
    return LoadReport(plugin, added, superseded)


def _table_lines(table: HsTable) -> list[TariffRate]:
    """Return the lines of a table, each named after its edition."""
    if any(line.jurisdiction != table.jurisdiction for line in table.rates):
        raise ValueError(f"the table {table.edition} has lines of another jurisdiction")
    return [replace(line, edition=line.edition or table.edition) for line in table.rates]


def _once(brought: Iterable[Iterable[Dates]]) -> list[Dates]:
    """Return what regimes of one plug-in brought; those that share their data bring it once."""
    return list({id(one): one for each in brought for one in each}.values())


def touch() -> None:
    """Say, inside the caller's transaction, that rules changed: every process reads them anew."""
    look_now()
    token = new_token()
    if not Epoch.objects.filter(pk=1).update(token=token):
        Epoch.objects.create(pk=1, token=token)


def _rule_row(plugin: str, rule: Rule) -> RuleRow:
    if not rule.source or not rule.id:
        raise ValueError(f"the rule {rule.id!r} has no source")
    return RuleRow(
        plugin=plugin,
        key=rule.key or rule.id,
        rule_id=rule.id,
        jurisdiction=rule.jurisdiction,
        title=rule.title.as_dict(),
        valid_from=rule.valid_from,
        valid_to=rule.valid_to,
        values=dict(rule.values),
        source=rule.source,
        confidence=rule.confidence,
        unverified=list(rule.unverified),
    )


def _line_rows(plugin: str, line: TariffRate) -> Iterator[TariffLine]:
    """Yield one row for each rate, so that the database can keep the days of each apart."""
    if not line.source:
        raise ValueError(f"the tariff line {line.jurisdiction} {line.code} has no source")
    stated = {kind: (f"{rate:f}", "") for kind, rate in line.rates.items()}
    if line.expression:
        stated["duty"] = ("", line.expression)
    for kind, (value, expression) in (stated or {"note": ("", "")}).items():
        yield TariffLine(
            plugin=plugin,
            key=line_key(line.jurisdiction, line.code, kind),
            jurisdiction=line.jurisdiction,
            code=line.code,
            kind=kind,
            value=value,
            expression=expression,
            notes=dict(line.notes),
            valid_from=line.valid_from,
            valid_to=line.valid_to,
            source=line.source,
            confidence=line.confidence,
            edition=line.edition,
        )


def line_key(jurisdiction: str, code: str, kind: str) -> str:
    """Return the key under which the database keeps the days of one rate apart."""
    return f"{jurisdiction}:{code}:{kind}"


def _content(row: Dated) -> tuple[str, ...]:
    skipped = {"id", "created_at", "superseded_at"}
    names = [f.attname for f in row._meta.concrete_fields if f.attname not in skipped]
    return tuple(_told(getattr(row, name)) for name in names)


def _told(value: object) -> str:
    """Return a value as text; a mapping without its order, which PostgreSQL does not keep."""
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else repr(value)


def _fingerprint(rows: Iterable[Dated]) -> str:
    digest = hashlib.sha256()
    for content in sorted((type(row).__name__, *_content(row)) for row in rows):
        digest.update(repr(content).encode())
    return digest.hexdigest()


def _store(model: Any, plugin: str, wanted: list[Any]) -> tuple[int, int]:
    """Supersede the rows that are no longer wanted, add those that are new; return both counts.

    All bear one moment, so that at none of them two rows of one key stand.
    """
    moment = now()
    stored = {_content(row): row for row in model.objects.filter(plugin=plugin, superseded_at=None)}
    fresh = {_content(row): row for row in wanted}
    gone = [row.pk for content, row in stored.items() if content not in fresh]
    added = [row for content, row in fresh.items() if content not in stored]
    for start in range(0, len(gone), 500):
        model.objects.filter(pk__in=gone[start : start + 500]).update(superseded_at=moment)
    for row in added:
        row.created_at = moment
    model.objects.bulk_create(added, batch_size=200)
    return len(added), len(gone)
