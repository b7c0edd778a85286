"""Courier and mail: free, taxed only, or duty and tax, by value and place of shipment."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from core.pluginapi import Assessment, ChargeKind, Outcome, Rule
from core.pluginapi.duty import (
    ZERO,
    DutyData,
    Found,
    Regime,
    Sheet,
    Taxed,
    Valued,
    charge_duty,
    decimal_of,
    refuse_excise,
    tax_by_rate,
    vat_facts,
)
from plugins.duty_ca import words

DATA = DutyData(Path(__file__).parent, "CA")


class Relief(Enum):
    """What the value of the goods is relieved of."""

    ALL = "duty and tax"
    DUTY = "duty"
    NOTHING = "nothing"


class Canada(Regime):
    """A way of import into Canada, in Canadian dollars. The rule has the regime's key."""

    countries = frozenset({"CA"})
    jurisdiction = "CA"
    currencies = ("CAD",)
    data = DATA

    def compute(self, sheet: Sheet) -> Assessment:
        """Compute duty and tax of each line, or exempt the whole. Raises Refusal."""
        rule, tax = sheet.rule(self.key), sheet.rule("ca.tax")
        sheet.customs_value = sheet.goods
        refuse_excise(sheet, "ca.excise")
        relief = _relief(sheet, rule)
        if relief is Relief.ALL:
            return sheet.close(Outcome.EXEMPT, customs_value=sheet.goods, notes=(words.FREE,))
        taxed = [_taxed(sheet, item, rule, tax, relief) for item in sheet.items]
        tax_by_rate(sheet, tax, taxed, rounding=tax.values["rounding"], label=words.GST)
        _note(sheet, tax, relief)
        return sheet.close(
            customs_value=sheet.goods, facts=vat_facts(taxed), incoterm="DAP",
            notes=(words.AT_DELIVERY,),
        )  # fmt: skip


class Courier(Canada):
    """By courier, or any way that is not mail: more is free from the United States and Mexico."""

    key = "ca.courier"
    title = words.COURIER
    order = 10

    def compute(self, sheet: Sheet) -> Assessment:
        """Compute as for all of Canada."""
        self.only_for(sheet.shipment, ("", "courier", "freight", "direct_mail", "bonded"))
        return super().compute(sheet)


class Postal(Canada):
    """By mail."""

    key = "ca.postal"
    title = words.POSTAL
    order = 20

    def compute(self, sheet: Sheet) -> Assessment:
        """Compute as for all of Canada."""
        self.only_for(sheet.shipment, ("postal",))
        return super().compute(sheet)


def _relief(sheet: Sheet, rule: Rule) -> Relief:
    near = sheet.shipment.shipped_from in rule.values["near_from"].split()
    if sheet.goods <= decimal_of(rule.values["near_free_cad" if near else "free_cad"]):
        return Relief.ALL
    if near and sheet.goods <= decimal_of(rule.values["near_duty_free_cad"]):
        return Relief.DUTY
    return Relief.NOTHING


def _taxed(sheet: Sheet, item: Valued, rule: Rule, tax: Rule, relief: Relief) -> Taxed:
    duty = ZERO
    if relief is Relief.DUTY:
        sheet.charge(
            ChargeKind.DUTY, ZERO, rule, basis=item.goods, formula="value × rate", item=item,
            inputs={"value": item.goods}, found=Found(ZERO, f"{rule.id}: free of duty"),
        )  # fmt: skip
    else:
        duty = charge_duty(sheet, rule, item, item.goods, rounding=rule.values["rounding"])
    return Taxed(item, _tax(sheet, item, tax), {"value": item.goods, "duty": duty})


def _tax(sheet: Sheet, item: Valued, tax: Rule) -> Found:
    """Return a line's tax: given, of the tariff, or that of the province. Raises Refusal.

    A tariff states the federal tax, in whose place a province may have its harmonised one.
    """
    federal = tax.values["gst"]
    rate = decimal_of(tax.values.get(sheet.shipment.region or "gst", federal))
    standard = Found(rate, f"{tax.id}: {tax.source}")
    found = sheet.rate(item, "vat", standard=standard)
    return standard if found.line and found.rate == decimal_of(federal) else found


def _note(sheet: Sheet, tax: Rule, relief: Relief) -> None:
    lines = [item.line for item in sheet.items]
    if any("vat" not in (line.rates or {}) for line in lines):
        if not sheet.shipment.region:
            sheet.notes.append(words.NO_PROVINCE)
        elif sheet.shipment.region in tax.values["provincial_beside"].split():
            sheet.notes.append(words.PROVINCE_BESIDE)
    if relief is Relief.NOTHING and any(line.rates is None for line in lines):
        sheet.notes.append(words.SURTAXES)
