"""Postal and courier articles (rule R-TW): small values free, up to so many times a half-year."""

from __future__ import annotations

from pathlib import Path

from core.pluginapi import Assessment, Outcome, Text
from core.pluginapi.duty import (
    DutyData,
    Regime,
    Sheet,
    charge_duties,
    decimal_of,
    has_excise,
    outcome_of,
    refuse_excise,
    tax_by_rate,
    taxed_lines,
    vat_facts,
)

BUSINESS_TAX = Text("Business tax", "营业税", "營業稅")
BEFORE_FEES = Text(
    "Without the trade promotion fee", "不含推广贸易服务费", "不含推廣貿易服務費"
)  # fmt: skip


class Postal(Regime):
    """Free up to the limit for the first imports of a half-year; else duty and business tax."""

    key, order = "tw.postal", 10
    title = Text("Articles by post or courier", "邮递与快递物品", "郵遞與快遞物品")
    countries = frozenset({"TW"})
    jurisdiction = "TW"
    currencies = ("TWD",)
    data = DutyData(Path(__file__).parent, "TW")

    def compute(self, sheet: Sheet) -> Assessment:
        """Collect nothing, or duty and business tax, each in whole dollars."""
        sheet.customs_value = sheet.cif
        exempt = sheet.rule("tw.exemption")
        refuse_excise(sheet, "tw.excise")
        small = sheet.cif <= decimal_of(exempt.values["cif_twd"])
        times = decimal_of(exempt.values["times_per_half_year"])
        small = small and sheet.amount("import_number_in_half_year") <= times
        if small and not has_excise(sheet, "tw.excise"):
            return sheet.close(Outcome.EXEMPT, customs_value=sheet.cif, incoterm="DAP")
        refuse_excise(sheet, "tw.commodity_tax")
        duty, rule = sheet.rule("tw.duty"), sheet.rule("tw.business_tax")
        duties = charge_duties(sheet, duty, rounding=duty.values["rounding"], once=True)
        taxed = taxed_lines(sheet, rule, duties=duties)
        tax_by_rate(sheet, rule, taxed, rounding=rule.values["rounding"], label=BUSINESS_TAX)
        return sheet.close(
            outcome_of(sheet), customs_value=sheet.cif, facts=vat_facts(taxed), incoterm="DAP",
            notes=(BEFORE_FEES,),
        )  # fmt: skip
