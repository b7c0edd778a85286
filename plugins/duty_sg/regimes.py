"""GST charged by the vendor, import relief, and import GST (rules R-SG and R-SG-2023)."""

from __future__ import annotations

from pathlib import Path

from core.pluginapi import Assessment, Outcome, Text
from core.pluginapi.duty import (
    DutyData,
    NotOpen,
    Regime,
    Sheet,
    charge_assessed,
    decimal_of,
    has_excise,
    outcome_of,
    refuse_excise,
    tax_by_rate,
    taxed_lines,
    vat_facts,
)

DATA = DutyData(Path(__file__).parent, "SG")
ASSESSED = "duty_amount"
GST = Text("Import GST", "进口 GST", "進口 GST")
AT_THE_SALE = Text("GST charged at the sale", "销售时代收的 GST", "銷售時代收的 GST")
UNKNOWN_WAY = Text(
    "Relief is by air or post only, and it is not stated that the goods come that way",
    "仅空运或邮寄可免征，运输方式未注明",
    "僅空運或郵寄可免徵，運輸方式未註明",
)
WORDS = {
    "seller_not_registered": Text(
        "The seller does not charge GST at the sale",
        "卖家未注册代收 GST",
        "賣家未註冊代收 GST",
    ),
    "seller_charges": Text(
        "The registered seller charges GST at the sale",
        "由注册卖家在销售时代收 GST",
        "由註冊賣家在銷售時代收 GST",
    ),
}


class _Singapore(Regime):
    countries = frozenset({"SG"})
    jurisdiction = "SG"
    currencies = ("SGD",)
    data = DATA
    words = WORDS

    def _begin(self, sheet: Sheet) -> None:
        """Raises NotOpen (no_rule) before the rules begin."""
        sheet.customs_value = sheet.cif
        sheet.rule("sg.gst")

    def _no_relief(self, sheet: Sheet) -> str:
        """Return why the goods have no relief; "" when they come by air or post and are small."""
        rule = sheet.rule("sg.relief")
        sent = sheet.shipment
        if sheet.cif > decimal_of(rule.values["cif_sgd"]):
            return "above_limit"
        by_post = sent.channel in rule.values["channels"].split()
        if not by_post and sent.mode not in rule.values["modes"].split():
            return "other_mode"
        return "excise_goods" if has_excise(sheet, "sg.excise") else ""


class VendorGst(_Singapore):
    """A registered vendor charges GST on goods, freight and insurance at the sale."""

    key, order = "sg.vendor_gst", 10
    title = Text("GST charged by the vendor", "卖家代收 GST", "賣家代收 GST")

    def compute(self, sheet: Sheet) -> Assessment:
        """Charge GST at the sale."""
        self._begin(sheet)
        if reason := self._no_relief(sheet):
            raise NotOpen(reason, fallback=ImportGst.key)
        if not sheet.is_true("seller_registered"):
            raise NotOpen("seller_not_registered", fallback=ImportRelief.key)
        rule = sheet.rule("sg.gst")
        taxed = taxed_lines(sheet, rule, base="sale_base")
        tax_by_rate(sheet, rule, taxed, rounding=rule.values["rounding"], label=AT_THE_SALE)
        return sheet.close(
            outcome_of(sheet), customs_value=sheet.cif, facts=vat_facts(taxed), incoterm="DDP"
        )


class ImportRelief(_Singapore):
    """Goods of small value by air or post: nothing is collected."""

    key, order = "sg.import_relief", 20
    title = Text("Import GST relief", "进口 GST 免征", "進口 GST 免徵")

    def compute(self, sheet: Sheet) -> Assessment:
        """Collect nothing."""
        self._begin(sheet)
        if reason := self._no_relief(sheet):
            raise NotOpen(reason, fallback=ImportGst.key)
        if sheet.is_true("seller_registered"):
            raise NotOpen("seller_charges", fallback=VendorGst.key)
        return sheet.close(Outcome.EXEMPT, customs_value=sheet.cif, incoterm="DAP")


class ImportGst(_Singapore):
    """GST on goods, freight, insurance and duty."""

    key, order = "sg.import_gst", 30
    title = Text("Import GST", "进口 GST", "進口 GST")

    def compute(self, sheet: Sheet) -> Assessment:
        """Charge duty, given in whole or line by line, and GST."""
        self._begin(sheet)
        reason = self._no_relief(sheet)
        if not reason:
            raise NotOpen("within_limit", fallback=ImportRelief.key)
        if not sheet.amount(ASSESSED):
            refuse_excise(sheet, "sg.excise")
        if reason == "other_mode" and not sheet.shipment.mode:
            sheet.notes.append(UNKNOWN_WAY)
        duty, rule = sheet.rule("sg.duty"), sheet.rule("sg.gst")
        duties = charge_assessed(sheet, duty, fact=ASSESSED, rounding=duty.values["rounding"])
        taxed = taxed_lines(sheet, rule, duties=duties)
        tax_by_rate(sheet, rule, taxed, rounding=rule.values["rounding"], label=GST)
        return sheet.close(
            outcome_of(sheet), customs_value=sheet.cif, facts=vat_facts(taxed), incoterm="DAP"
        )
