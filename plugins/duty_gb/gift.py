"""Gifts between private persons: free up to GBP 39, VAT above, duty too above GBP 135."""

from __future__ import annotations

from core.pluginapi import Assessment, Json, Outcome
from core.pluginapi.duty import Sheet, cents, decimal_of, refuse_excise
from core.pluginapi.duty.vat import Taxed, parts_of, single_rate, tax_by_rate
from plugins.duty_gb import words
from plugins.duty_gb.kingdom import Kingdom, shown, sum_of_bases, vat, with_duties


class Gift(Kingdom):
    """The value that counts towards the limits is that of the goods alone."""

    key = "gb.gift"
    title = words.GIFT
    order = 10

    def compute(self, sheet: Sheet) -> Assessment:
        """Return VAT, and duty above the second limit. Raises Refusal."""
        rule = sheet.rule(self.key)
        if not sheet.is_true("gift") and not self.is_asked(sheet.shipment):
            raise self.unfit(sheet, "not_a_gift")
        refuse_excise(sheet, "gb.excise")
        facts: dict[str, Json] = {"intrinsic_value": f"{cents(sheet.goods):f}"}
        if sheet.goods <= decimal_of(rule.values["relief_gbp"]):
            return sheet.close(Outcome.EXEMPT, customs_value=sheet.cif, facts=facts)
        if sheet.goods > decimal_of(rule.values["duty_above_gbp"]):
            taxed, layers = with_duties(sheet, sheet.rule("gb.standard"))
            facts["duty_lines"] = shown(layers)
        else:
            base = rule.values["vat_base"]
            taxed = [Taxed(item, vat(sheet, item), parts_of(item, base)) for item in sheet.items]
        tax_by_rate(sheet, rule, taxed, rounding=rule.values["vat_rounding"])
        facts |= {"vat_kind": "import_vat", "vat_base": sum_of_bases(taxed), **single_rate(taxed)}
        return sheet.close(customs_value=sheet.cif, facts=facts, incoterm="DAP")
