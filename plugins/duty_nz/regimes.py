"""Low value (R-NZ), ordinary import, and the waiver until 2019 (R-NZ-OLD).

Customs value has neither freight nor insurance in it.
"""

from __future__ import annotations

from pathlib import Path

from core.pluginapi import Assessment, ChargeKind, Outcome, Rule, Text
from core.pluginapi.duty import (
    HUNDRED,
    DutyData,
    Found,
    NotOpen,
    Regime,
    Sheet,
    Taxed,
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

DATA = DutyData(Path(__file__).parent, "NZ")
GST = Text("GST", "商品及服务税（GST）", "商品及服務稅（GST）")
AT_THE_SALE = Text("GST charged at the sale", "销售时代收的 GST", "銷售時代收的 GST")
LEVY = Text("Levy per consignment, with GST", "每票征费（含 GST）", "每票徵費（含 GST）")
LEVY_UNKNOWN = Text(
    "A levy per consignment is due as well; how much depends on air or sea, which is not stated",
    "另有每票征费，金额视空运或海运而定，运输方式未注明",
    "另有每票徵費，金額視空運或海運而定，運輸方式未註明",
)
BEFORE_FEES = Text(
    "Without the levies and fees of an import entry", "不含进口申报规费", "不含進口申報規費"
)


class _NewZealand(Regime):
    countries = frozenset({"NZ"})
    jurisdiction = "NZ"
    currencies = ("NZD",)
    data = DATA

    def _begin(self, sheet: Sheet) -> None:
        """Raises NotOpen (no_rule) before the rules begin."""
        sheet.customs_value = sheet.goods
        sheet.rule("nz.gst")

    def _not_low(self, sheet: Sheet) -> str:
        """Return why the goods are not of low value, or ""."""
        if sheet.goods > sheet.number("nz.limit", "low_value_nzd"):
            return "above_limit"
        return "excise_goods" if has_excise(sheet, "nz.excise") else ""

    def _at_the_border(self, sheet: Sheet) -> list[Taxed]:
        """Charge duty on the goods, and GST on goods, duty, freight and insurance."""
        duty, rule = sheet.rule("nz.duty"), sheet.rule("nz.gst")
        duties = charge_duties(sheet, duty, rounding=duty.values["rounding"])
        taxed = taxed_lines(sheet, rule, duties=duties)
        tax_by_rate(sheet, rule, taxed, rounding=rule.values["rounding"], label=GST)
        return taxed


class LowValue(_NewZealand):
    """Customs collects nothing but the levy; a registered seller charges GST at the sale."""

    key, order = "nz.low_value", 10
    title = Text("Goods of low value", "低价值货物", "低價值貨物")

    def compute(self, sheet: Sheet) -> Assessment:
        """Charge GST of a registered seller, and show the levy."""
        self._begin(sheet)
        if reason := self._not_low(sheet):
            raise NotOpen(reason, fallback=Standard.key)
        registered = sheet.is_true("seller_registered")
        taxed = self._at_the_sale(sheet) if registered else []
        self._levy(sheet)
        return sheet.close(
            outcome_of(sheet),
            customs_value=sheet.goods,
            facts=vat_facts(taxed) if taxed else {},
            incoterm="DDP" if registered else "DAP",
        )

    def _at_the_sale(self, sheet: Sheet) -> list[Taxed]:
        rule = sheet.rule("nz.gst")
        taxed = taxed_lines(sheet, rule, base="sale_base")
        tax_by_rate(sheet, rule, taxed, rounding=rule.values["rounding"], label=AT_THE_SALE)
        return taxed

    def _levy(self, sheet: Sheet) -> None:
        """Show the levy beside the taxes; by land nothing arrives in New Zealand."""
        rule = sheet.maybe("nz.levy")
        if rule is None:
            return
        if sheet.shipment.mode not in ("air", "sea"):
            sheet.notes.append(LEVY_UNKNOWN)
            return
        levy = decimal_of(rule.values[sheet.shipment.mode])
        gst = sheet.rule("nz.gst")
        found = Found(decimal_of(gst.values["standard"]), f"{gst.id}: {gst.source}")
        sheet.charge(
            ChargeKind.FEE,
            rounded(levy + levy * found.rate / HUNDRED, rule.values["rounding"]),
            rule,
            basis=levy,
            formula="levy + levy × rate",
            inputs={"levy": levy},
            found=found,
            code="levy",
            label=LEVY,
            apart=True,
        )


class Waiver(_NewZealand):
    """Until 2019: duty and GST together below the limit were not collected."""

    key, order = "nz.waiver", 10
    title = Text("Small duty and GST waived", "小额税款免征", "小額稅款免徵")

    def compute(self, sheet: Sheet) -> Assessment:
        """Compute what would be due and waive it."""
        self._begin(sheet)
        waiver = sheet.rule("nz.waiver")
        if has_excise(sheet, "nz.excise"):
            raise NotOpen("excise_goods", fallback=Standard.key)
        facts = vat_facts(self._at_the_border(sheet))
        due = sheet.total(*ChargeKind)
        if not _is_waived(sheet, waiver):
            raise NotOpen("above_limit", fallback=Standard.key)
        sheet.charges.clear()
        return sheet.close(
            Outcome.EXEMPT,
            customs_value=sheet.goods,
            facts={**facts, "assessed_tax": f"{due:f}"},
            incoterm="DAP",
        )


class Standard(_NewZealand):
    """Duty on the goods; GST on goods, duty, freight and insurance."""

    key, order = "nz.standard", 20
    title = Text("Ordinary import", "一般进口", "一般進口")

    def compute(self, sheet: Sheet) -> Assessment:
        """Charge duty line by line, then GST, above the limit of the day."""
        self._begin(sheet)
        waiver = sheet.maybe("nz.waiver")
        if waiver is None and not self._not_low(sheet):
            raise NotOpen("within_limit", fallback=LowValue.key)
        refuse_excise(sheet, "nz.excise")
        facts = vat_facts(self._at_the_border(sheet))
        if waiver is not None and _is_waived(sheet, waiver):
            raise NotOpen("within_limit", fallback=Waiver.key)
        return sheet.close(
            outcome_of(sheet), customs_value=sheet.goods, facts=facts, incoterm="DAP",
            notes=(BEFORE_FEES,),
        )  # fmt: skip


def _is_waived(sheet: Sheet, waiver: Rule) -> bool:
    small = sheet.total(*ChargeKind) < decimal_of(waiver.values["waive_below_nzd"])
    return small and not has_excise(sheet, "nz.excise")
