"""Consignments up to GBP 135: no duty, and VAT of the supply, charged at the sale."""

from __future__ import annotations

from core.pluginapi import Assessment, Json
from core.pluginapi.duty import Sheet, cents, refuse_excise
from core.pluginapi.duty.vat import Taxed, parts_of, single_rate, tax_by_rate
from plugins.duty_gb import words
from plugins.duty_gb.kingdom import (
    Kingdom,
    closed_to_low_value,
    sum_of_bases,
    vat,
)


class LowValue(Kingdom):
    """VAT on goods and delivery. Not for excise goods and perfume, whatever their value."""

    key = "gb.low_value"
    title = words.LOW
    order = 20

    def compute(self, sheet: Sheet) -> Assessment:
        """Return the VAT of the lines. Raises Refusal."""
        rule = sheet.rule(self.key)
        if sheet.is_true("gift") and not self.is_asked(sheet.shipment):
            raise self.unfit(sheet, "is_gift")
        sheet.customs_value = sheet.cif
        closed = closed_to_low_value(sheet, rule)
        if closed != "above_limit":
            refuse_excise(sheet, "gb.excise")
        if closed:
            raise self.unfit(sheet, closed, "gb.standard")
        base = rule.values["vat_base"]
        taxed = [Taxed(item, vat(sheet, item), parts_of(item, base)) for item in sheet.items]
        tax_by_rate(
            sheet, rule, taxed, rounding=rule.values["vat_rounding"], label=words.VAT_AT_SALE
        )
        facts: dict[str, Json] = {
            "intrinsic_value": f"{cents(sheet.goods):f}",
            "vat_base": sum_of_bases(taxed),
            "vat_kind": "supply_vat_at_sale",
            **single_rate(taxed),
        }
        return sheet.close(customs_value=sheet.cif, facts=facts, incoterm="DDP")
