"""Import VAT (rules R-CH and R-CH-OLD), which is not levied where it is small."""

from __future__ import annotations

from pathlib import Path

from core.pluginapi import Assessment, Text
from core.pluginapi.duty import (
    HUNDRED,
    ZERO,
    DutyData,
    Regime,
    Sheet,
    cents,
    charge_assessed,
    outcome_of,
    refuse_excise,
    rounded,
    share_tax,
    taxed_lines,
    vat_facts,
)

ASSESSED = "duty_amount"
NOT_LEVIED = Text(
    "The value-added tax is so small that it is not levied",
    "增值税金额过小，不予征收",
    "加值稅金額過小，不予徵收",
)


class ImportVat(Regime):
    """VAT on the price, all costs to the Swiss destination, and duty; rounded once, over all."""

    key, order = "ch.import_vat", 10
    title = Text("Import VAT", "进口增值税", "進口加值稅")
    countries = frozenset({"CH"})
    jurisdiction = "CH"
    currencies = ("CHF",)
    data = DutyData(Path(__file__).parent, "CH")

    def compute(self, sheet: Sheet) -> Assessment:
        """Charge duty, given in whole or line by line, and VAT above the least amount."""
        sheet.customs_value = sheet.cif
        rule = sheet.rule("ch.vat")
        if not sheet.amount(ASSESSED):
            refuse_excise(sheet, "ch.excise")
        duty = sheet.rule("ch.duty")
        duties = charge_assessed(sheet, duty, fact=ASSESSED, rounding=duty.values["rounding"])
        taxed = taxed_lines(sheet, rule, duties=duties)
        due = sum((one.base * one.found.rate / HUNDRED for one in taxed), ZERO)
        tax = rounded(due, rule.values["rounding"])
        if tax > sheet.number("ch.minimum", "not_levied_up_to_chf"):
            share_tax(sheet, rule, taxed, tax, places=2)
        else:
            sheet.notes.append(NOT_LEVIED)
        return sheet.close(
            outcome_of(sheet),
            customs_value=sheet.cif,
            facts={**vat_facts(taxed), "assessed_tax": f"{cents(tax):f}"},
            incoterm="DAP",
        )
