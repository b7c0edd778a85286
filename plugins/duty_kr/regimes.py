"""Goods for personal use (rule R-KR): free up to a limit in US dollars, else taxed in whole."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from core.pluginapi import Assessment, Outcome, Rule, Text
from core.pluginapi.duty import (
    DutyData,
    Regime,
    Sheet,
    charge_duties,
    decimal_of,
    has_excise,
    outcome_of,
    refuse_excise,
    rounded,
    tax_by_rate,
    taxed_lines,
    vat_facts,
)

DOLLAR = "USD"


class Personal(Regime):
    """The limit is on the goods alone; above it duty and VAT are on goods, freight, insurance."""

    key, order = "kr.personal", 10
    title = Text("Goods for personal use", "个人自用物品", "個人自用物品")
    countries = frozenset({"KR"})
    jurisdiction = "KR"
    currencies = ("KRW", DOLLAR)
    foreign = (DOLLAR,)
    data = DutyData(Path(__file__).parent, "KR")

    def compute(self, sheet: Sheet) -> Assessment:
        """Collect nothing up to the limit, else duty and VAT."""
        sheet.customs_value = sheet.cif
        limit = sheet.rule("kr.limit")
        refuse_excise(sheet, "kr.excise")
        small = self._in_dollars(sheet, limit) <= self._limit(sheet, limit)
        if small and not has_excise(sheet, "kr.excise"):
            return sheet.close(Outcome.EXEMPT, customs_value=sheet.cif, incoterm="DAP")
        rule = sheet.rule("kr.vat")
        duty = sheet.rule("kr.duty")
        duties = charge_duties(sheet, duty, rounding=_rounding(sheet, duty), once=True)
        taxed = taxed_lines(sheet, rule, duties=duties)
        tax_by_rate(sheet, rule, taxed, rounding=_rounding(sheet, rule))
        return sheet.close(
            outcome_of(sheet), customs_value=sheet.cif, facts=vat_facts(taxed), incoterm="DAP"
        )

    def _in_dollars(self, sheet: Sheet, limit: Rule) -> Decimal:
        """Return the goods in dollars: the rounding of won does not lift them, a whole won does."""
        return rounded(sheet.into(sheet.goods, DOLLAR), limit.values["rounding"])

    def _limit(self, sheet: Sheet, limit: Rule) -> Decimal:
        listed = sheet.is_true("list_clearance")
        near = sheet.shipment.shipped_from == limit.values["list_clearance_from"]
        return decimal_of(limit.values["usd_list_clearance" if listed and near else "usd"])


def _rounding(sheet: Sheet, rule: Rule) -> str:
    return rule.values[f"rounding_{sheet.currency.lower()}"]
