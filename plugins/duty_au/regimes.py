"""Goods of low value (rule R-AU), and ordinary import above them. Customs value is FOB."""

from __future__ import annotations

from pathlib import Path

from core.pluginapi import Assessment, Text
from core.pluginapi.duty import (
    DutyData,
    NotOpen,
    Regime,
    Sheet,
    charge_duties,
    has_excise,
    outcome_of,
    refuse_excise,
    tax_by_rate,
    taxed_lines,
    vat_facts,
)

DATA = DutyData(Path(__file__).parent, "AU")
GST = Text("GST", "商品及服务税（GST）", "商品及服務稅（GST）")
AT_THE_SALE = Text(
    "GST charged at the sale", "销售时代收的 GST", "銷售時代收的 GST"
)  # fmt: skip
BEFORE_FEES = Text(
    "Without the processing charges of the import declaration",
    "不含进口申报处理费",
    "不含進口申報處理費",
)


class _Australia(Regime):
    countries = frozenset({"AU"})
    jurisdiction = "AU"
    currencies = ("AUD",)
    data = DATA

    def _not_low(self, sheet: Sheet) -> str:
        """Return why the goods are not of low value, or ""."""
        sheet.customs_value = sheet.goods
        if sheet.goods > sheet.number("au.limit", "low_value_aud"):
            return "above_limit"
        return "excise_goods" if has_excise(sheet, "au.excise") else ""


class LowValue(_Australia):
    """Customs collects nothing; a registered seller charges GST on price and delivery."""

    key, order = "au.low_value", 10
    title = Text("Goods of low value", "低价值货物", "低價值貨物")

    def compute(self, sheet: Sheet) -> Assessment:
        """Charge GST of a registered seller."""
        if reason := self._not_low(sheet):
            raise NotOpen(reason, fallback=Standard.key)
        if not sheet.is_true("seller_registered"):
            return sheet.close(outcome_of(sheet), customs_value=sheet.goods, incoterm="DAP")
        rule = sheet.rule("au.gst")
        taxed = taxed_lines(sheet, rule, base="sale_base")
        tax_by_rate(sheet, rule, taxed, rounding=rule.values["rounding"], label=AT_THE_SALE)
        return sheet.close(
            outcome_of(sheet), customs_value=sheet.goods, facts=vat_facts(taxed), incoterm="DDP"
        )


class Standard(_Australia):
    """Duty on the goods (FOB); GST on goods, duty, transport and insurance."""

    key, order = "au.standard", 20
    title = Text("Ordinary import", "一般进口", "一般進口")

    def compute(self, sheet: Sheet) -> Assessment:
        """Charge duty line by line, then GST."""
        if not self._not_low(sheet):
            raise NotOpen("within_limit", fallback=LowValue.key)
        refuse_excise(sheet, "au.excise")
        duty, rule = sheet.rule("au.duty"), sheet.rule("au.gst")
        duties = charge_duties(sheet, duty, rounding=duty.values["rounding"])
        taxed = taxed_lines(sheet, rule, duties=duties)
        tax_by_rate(sheet, rule, taxed, rounding=rule.values["rounding"], label=GST)
        return sheet.close(
            outcome_of(sheet), customs_value=sheet.goods, facts=vat_facts(taxed), incoterm="DAP",
            notes=(BEFORE_FEES,),
        )  # fmt: skip
