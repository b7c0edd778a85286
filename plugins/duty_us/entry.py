"""De minimis, informal and formal entry."""

from __future__ import annotations

from abc import abstractmethod
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

from core.pluginapi import Assessment, Json, Outcome, Rule
from core.pluginapi.duty import (
    ZERO,
    DutyData,
    NotOpen,
    Regime,
    Sheet,
    Valued,
    charge_layer,
    decimal_of,
    refuse_excise,
    rounded,
)
from plugins.duty_us import words
from plugins.duty_us.additional import Due, dues_of
from plugins.duty_us.fees import MPF, charge_flat_mpf, charge_hmf, charge_mpf, no_fees

DATA = DutyData(Path(__file__).parent, "US")


class UnitedStates(Regime):
    """A way of import into the United States, in US dollars."""

    countries = frozenset({"US"})
    jurisdiction = "US"
    currencies = ("USD",)
    data = DATA
    words = words.REFUSALS


class DeMinimis(UnitedStates):
    """Goods worth up to USD 800, until 2025-08-28: nothing is collected."""

    key = "us.de_minimis"
    title = words.DE_MINIMIS
    order = 10

    def compute(self, sheet: Sheet) -> Assessment:
        """Exempt, or answer that the value is above the limit."""
        rule = sheet.rule(self.key)
        sheet.customs_value = sheet.goods
        if sheet.goods > decimal_of(rule.values["usd"]):
            raise NotOpen("above_limit")
        refuse_excise(sheet, "us.excise")
        no_fees(sheet, rule)
        notes = (words.FREE, words.CHINA_EARLIER) if _unsettled(sheet, rule) else (words.FREE,)
        return sheet.close(Outcome.EXEMPT, customs_value=sheet.goods, notes=notes)


def _unsettled(sheet: Sheet, rule: Rule) -> bool:
    origins = {item.line.origin for item in sheet.items}
    named = origins & set(rule.values["unsettled_origins"].split())
    return bool(named) and sheet.at >= date.fromisoformat(rule.values["unsettled_from"])


class Entry(UnitedStates):
    """Layers of duty on the value of the goods, processing fee, harbour fee by sea."""

    def compute(self, sheet: Sheet) -> Assessment:
        """Compute every layer of every line and both fees, or refuse."""
        entry = sheet.rule("us.entry")
        sheet.customs_value = sheet.goods
        self.check(sheet, decimal_of(entry.values["informal_max_usd"]))
        refuse_excise(sheet, "us.excise")
        facts = charge_duties(sheet, entry)
        if not self.charge_mpf(sheet):
            facts["fees_unknown"] = [MPF]
            sheet.notes.append(words.FEE_UNKNOWN)
        charge_hmf(sheet, entry)
        return sheet.close(
            customs_value=sheet.goods, facts=facts, incoterm="DAP", notes=(words.AT_ENTRY,)
        )

    @abstractmethod
    def check(self, sheet: Sheet, limit: Decimal) -> None:
        """Let a shipment through that this kind of entry is for. Raises NotOpen."""

    @abstractmethod
    def charge_mpf(self, sheet: Sheet) -> bool:
        """Charge the processing fee; return False where it is not known."""


class Informal(Entry):
    """Goods worth up to USD 2,500: a flat processing fee."""

    key = "us.informal"
    title = words.INFORMAL
    order = 30

    def check(self, sheet: Sheet, limit: Decimal) -> None:
        """Take goods up to the limit, unless a formal entry is asked for."""
        if sheet.goods > limit:
            raise NotOpen("above_limit")
        if not self.is_asked(sheet.shipment) and sheet.shipment.facts.get("entry") == "formal":
            raise NotOpen("formal_entry_asked")

    def charge_mpf(self, sheet: Sheet) -> bool:
        """Charge the flat fee."""
        return charge_flat_mpf(sheet)


class Formal(Entry):
    """Goods above USD 2,500, or by choice: a processing fee by value."""

    key = "us.formal"
    title = words.FORMAL
    order = 40

    def check(self, sheet: Sheet, limit: Decimal) -> None:
        """Take goods above the limit, and others where a formal entry is asked for."""
        asked = self.is_asked(sheet.shipment) or sheet.shipment.facts.get("entry") == "formal"
        if sheet.goods <= limit and not asked:
            raise NotOpen("within_limit")

    def charge_mpf(self, sheet: Sheet) -> bool:
        """Charge the fee by value, between its bounds."""
        return charge_mpf(sheet)


def charge_duties(sheet: Sheet, entry: Rule) -> dict[str, Json]:
    """Charge every layer, each to 0.01, and return the sums by layer. Raises Refusal."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    added: set[Decimal] = set()
    for item in sheet.items:
        dues = list(dues_of(sheet, item, entry))
        for due in dues:
            sums[due.layer.code] += _charge(sheet, item, due, entry)
        if item.line.caps:
            added.add(_added(item, dues))
    if any(item.line.rates is None for item in sheet.items):
        sheet.notes.append(words.LISTS)
    facts: dict[str, Json] = {"duty_lines": {code: f"{sum_:f}" for code, sum_ in sums.items()}}
    if len(added) == 1:
        facts["additional_rate_percent"] = f"{added.pop():f}"
    return facts


def _charge(sheet: Sheet, item: Valued, due: Due, entry: Rule) -> Decimal:
    layer = due.layer
    amount, name = rounded(layer.amount, entry.values["rounding"]), words.layer(layer.code)
    return charge_layer(sheet, due.rule, item, layer, amount, basis=item.goods, label=name)


def _added(item: Valued, dues: list[Due]) -> Decimal:
    """Return the percentage that the given caps add to the ordinary duty."""
    layers = (due.layer for due in dues)
    return sum((layer.found.rate for layer in layers
                if layer.code in item.line.caps and layer.found), ZERO)  # fmt: skip
