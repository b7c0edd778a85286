"""VOEC, where a registered seller charges VAT, and import at the border (R-NO, R-NO-OLD)."""

from __future__ import annotations

from pathlib import Path

from core.pluginapi import Assessment, Outcome, Text
from core.pluginapi.duty import (
    DutyData,
    NotOpen,
    Regime,
    Sheet,
    cents,
    charge_duties,
    decimal_of,
    has_excise,
    outcome_of,
    refuse_excise,
    tax_by_rate,
    taxed_lines,
    vat_facts,
)

DATA = DutyData(Path(__file__).parent, "NO")
AT_THE_SALE = Text("VAT charged at the sale", "销售时代收的增值税", "銷售時代收的加值稅")
WORDS = {
    "seller_not_registered": Text(
        "The seller is not registered with VOEC", "卖家未注册 VOEC", "賣家未註冊 VOEC"
    )
}


class _Norway(Regime):
    countries = frozenset({"NO"})
    jurisdiction = "NO"
    currencies = ("NOK",)
    data = DATA
    words = WORDS


class Voec(_Norway):
    """No duty; VAT on goods and freight, where no single item is above the limit."""

    key, order = "no.voec", 10
    title = Text(
        "VOEC: VAT charged at the sale", "VOEC：销售时代收增值税", "VOEC：銷售時代收加值稅"
    )

    def compute(self, sheet: Sheet) -> Assessment:
        """Charge VAT at the sale."""
        sheet.customs_value = sheet.cif
        limit = sheet.number("no.voec", "item_nok")
        if not sheet.is_true("seller_registered"):
            raise NotOpen("seller_not_registered", fallback=Border.key)
        if any(cents(line.unit_price) > limit for line in sheet.shipment.lines):
            raise NotOpen("above_limit", fallback=Border.key)
        if has_excise(sheet, "no.excise"):
            raise NotOpen("excise_goods", fallback=Border.key)
        rule = sheet.rule("no.vat")
        taxed = taxed_lines(sheet, rule, base="sale_base")
        tax_by_rate(sheet, rule, taxed, rounding=rule.values["rounding"], label=AT_THE_SALE)
        return sheet.close(
            outcome_of(sheet), customs_value=sheet.cif, facts=vat_facts(taxed), incoterm="DDP"
        )


class Border(_Norway):
    """Duty and VAT from the first krone; before 2024 small consignments were free."""

    key, order = "no.border", 20
    title = Text("Import at the border", "边境征税进口", "邊境徵稅進口")

    def compute(self, sheet: Sheet) -> Assessment:
        """Charge duty line by line, then VAT."""
        sheet.customs_value = sheet.cif
        rule = sheet.rule("no.vat")
        refuse_excise(sheet, "no.excise")
        free = sheet.maybe("no.consignment")
        small = free is not None and sheet.goods < decimal_of(free.values["free_below_nok"])
        if small and not has_excise(sheet, "no.excise"):
            return sheet.close(Outcome.EXEMPT, customs_value=sheet.cif, incoterm="DAP")
        duty = sheet.rule("no.duty")
        duties = charge_duties(sheet, duty, rounding=duty.values["rounding"])
        taxed = taxed_lines(sheet, rule, duties=duties)
        tax_by_rate(sheet, rule, taxed, rounding=rule.values["rounding"])
        return sheet.close(
            outcome_of(sheet), customs_value=sheet.cif, facts=vat_facts(taxed), incoterm="DAP"
        )
