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
    Taxed,
    cents,
    charge_assessed,
    outcome_of,
    refuse_excise,
    rounded,
    share_tax,
    vat_facts,
    vat_rate,
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
        taxed = self._taxed(sheet)
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

    def _taxed(self, sheet: Sheet) -> list[Taxed]:
        rule, vat = sheet.rule("ch.duty"), sheet.rule("ch.vat")
        duties = charge_assessed(sheet, rule, fact=ASSESSED, rounding=rule.values["rounding"])
        return [
            Taxed(item, vat_rate(sheet, item, vat), {
                "goods": item.goods, "freight": item.freight, "insurance": item.insurance,
                "inland": item.inland, "duty": duties[item.place],
            })
            for item in sheet.items
        ]  # fmt: skip
