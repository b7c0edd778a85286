"""One global rate on the value of the shipment, by origin and value in US dollars."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from core.pluginapi import Assessment, ChargeKind, Json, Rule
from core.pluginapi.duty import (
    HUNDRED,
    ZERO,
    DutyData,
    Found,
    NotOpen,
    Refusal,
    Regime,
    Sheet,
    Valued,
    decimal_of,
    outcome_of,
    refuse_excise,
    rounded,
)
from core.shared.money import split
from plugins.duty_mx import words

LIMIT = "USD"


class SimplifiedCourier(Regime):
    """Import into Mexico by a registered courier, in US dollars or pesos."""

    key = "mx.courier"
    title = words.COURIER
    countries = frozenset({"MX"})
    jurisdiction = "MX"
    currencies = ("USD", "MXN")
    foreign = (LIMIT,)
    data = DutyData(Path(__file__).parent, "MX")
    order = 10

    def compute(self, sheet: Sheet) -> Assessment:
        """Compute the tax of each line, or answer that the value is above the limit."""
        rule = sheet.rule(self.key)
        sheet.customs_value = sheet.cif
        if not _within(sheet, rule, "usd_max"):
            raise NotOpen("above_limit")
        refuse_excise(sheet, "mx.excise")
        stated = _group_fact(sheet)
        by_rate: dict[Decimal, list[Valued]] = defaultdict(list)
        for item in sheet.items:
            by_rate[_rate(sheet, rule, stated or _origin(sheet, item))].append(item)
        for rate, items in by_rate.items():
            _charge(sheet, rule, rate, items)
        return _closed(sheet, by_rate, bool(stated))


def _closed(sheet: Sheet, by_rate: dict[Decimal, list[Valued]], stated: bool) -> Assessment:
    facts: dict[str, Json] = {}
    if len(by_rate) == 1:
        facts["global_rate_percent"] = f"{next(iter(by_rate)):f}"
    if not stated and not all(_origin(sheet, item) for item in sheet.items):
        sheet.notes.append(words.NO_ORIGIN)
    due = sheet.total(ChargeKind.DUTY)
    return sheet.close(
        outcome_of(sheet), customs_value=sheet.cif, facts=facts, incoterm="DAP" if due else "DDP",
        notes=(words.AT_DELIVERY if due else words.FREE, words.PROCESSING),
    )  # fmt: skip


def _charge(sheet: Sheet, rule: Rule, rate: Decimal, items: list[Valued]) -> None:
    """Charge the tax of the lines of one rate, rounded once and shared by value."""
    bases = [item.cif for item in items]
    total = sum(bases, ZERO)
    tax = rounded(total * rate / HUNDRED, rule.values["rounding"])
    for item, share in zip(items, split(tax, bases, places=2), strict=True):
        sheet.charge(
            ChargeKind.DUTY, share, rule, basis=item.cif, formula="total × rate × value ÷ total",
            inputs={"value": item.cif, "total": total}, item=item, code="global",
            found=Found(rate, f"{rule.id}: {rule.source}"), label=words.GLOBAL,
        )  # fmt: skip


def _within(sheet: Sheet, rule: Rule, name: str) -> bool:
    return sheet.within(sheet.cif, decimal_of(rule.values[name]), LIMIT)


def _rate(sheet: Sheet, rule: Rule, group: tuple[str, ...]) -> Decimal:
    """Return the rate in percent for goods of ``group``, by the value of the shipment."""
    values = rule.values
    if set(group) & set(values["near_origins"].split()):
        if _within(sheet, rule, "near_free_usd"):
            return ZERO
        middle = _within(sheet, rule, "near_middle_usd")
        return decimal_of(values["near_middle" if middle else "near_high"])
    treaty = bool(set(group) & set(values["treaty_origins"].split()))
    free = treaty and _within(sheet, rule, "treaty_free_usd")
    return ZERO if free else decimal_of(values["global"])


def _group_fact(sheet: Sheet) -> tuple[str, ...]:
    """Return the stated group of origins, or nothing. Raises Refusal (invalid_input)."""
    stated = sheet.shipment.facts.get("origin_group")
    if stated is None:
        return ()
    names = [stated] if isinstance(stated, str) else stated
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return tuple(str(name) for name in names)
    raise Refusal("invalid_input", path="$.shipment.facts.origin_group")


def _origin(sheet: Sheet, item: Valued) -> tuple[str, ...]:
    found = item.line.origin or sheet.shipment.shipped_from
    return (found,) if found else ()
