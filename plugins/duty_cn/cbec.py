"""Cross-border e-commerce retail import: preferential within the limits, full for one article."""

from __future__ import annotations

from decimal import Decimal

from core.pluginapi import Assessment, ChargeKind, Rule
from core.pluginapi.duty import (
    HUNDRED,
    ZERO,
    Found,
    NotOpen,
    Sheet,
    Valued,
    cents,
    decimal_of,
)
from plugins.duty_cn import words
from plugins.duty_cn.base import China
from plugins.duty_cn.eligibility import SINGLE, admit, list_notes, quota, used
from plugins.duty_cn.goods import consumption_tax, vat
from plugins.duty_cn.trade import charge_in_full

FAMILY = "cn.cbec"
MODES = frozenset({"", "bonded", "direct_mail"})


class Preferential(China):
    """Within the limits: no duty, 70 % of VAT and consumption tax."""

    key = "cn.cbec.preferential"
    family = FAMILY
    title = words.PREFERENTIAL
    order = 10

    def compute(self, sheet: Sheet) -> Assessment:
        """Compute VAT and consumption tax of each line, or refuse."""
        self.only_for(sheet.shipment, MODES)
        (limit, value), tax = admit(sheet), sheet.rule("cn.cbec.tax")
        if value > decimal_of(limit.values[SINGLE]):
            raise NotOpen("above_limit", fallback=Full.key)
        rates = [_charge(sheet, item, tax) for item in sheet.items]
        return _close(sheet, rates)


class Full(China):
    """One article above the limit of a transaction: duty and taxes in full, within the year."""

    key = "cn.cbec.full"
    family = FAMILY
    title = words.FULL
    order = 20

    def compute(self, sheet: Sheet) -> Assessment:
        """Compute duty, consumption tax and VAT of the one article, or refuse."""
        self.only_for(sheet.shipment, MODES)
        (limit, value), trade = admit(sheet), sheet.rule("cn.general_trade")
        if value <= decimal_of(limit.values[SINGLE]):
            raise NotOpen("within_limit", fallback=Preferential.key)
        rates = [charge_in_full(sheet, item, trade) for item in sheet.items]
        return _close(sheet, rates)


def _close(sheet: Sheet, rates: list[Found]) -> Assessment:
    value = sheet.customs_value or ZERO
    return sheet.close(
        customs_value=value,
        facts={"annual_used_after": f"{used(sheet) + value:f}"},
        notes=list_notes(sheet, rates),
        quota=quota(sheet, value),
    )


def _charge(sheet: Sheet, item: Valued, tax: Rule) -> Found:
    """Charge one line, and return its rate of VAT."""
    value, values = item.cif, tax.values
    duty = decimal_of(values["duty"])
    sheet.charge(
        ChargeKind.DUTY, cents(value * duty / HUNDRED), tax, basis=value, item=item,
        found=Found(duty, tax.id), formula="dutiable × rate", inputs={"dutiable": value},
    )  # fmt: skip
    full = _charge_consumption(sheet, item, value, tax)
    rate, fraction = vat(sheet, item), decimal_of(values["vat_fraction"])
    base = value + full
    sheet.charge(
        ChargeKind.VAT, cents(base * rate.rate / HUNDRED * fraction), tax, basis=cents(base),
        item=item, found=rate, formula="(dutiable + consumption_tax_full) × rate × fraction",
        inputs={"dutiable": value, "consumption_tax_full": cents(full), "fraction": fraction},
    )  # fmt: skip
    return rate


def _charge_consumption(sheet: Sheet, item: Valued, value: Decimal, tax: Rule) -> Decimal:
    """Charge the part that is collected, and return the whole tax, which VAT is computed on."""
    consumed = consumption_tax(sheet, item)
    full = consumed.included(value)
    if consumed.is_due:
        fraction = decimal_of(tax.values["consumption_tax_fraction"])
        sheet.charge(
            ChargeKind.CONSUMPTION_TAX, cents(full * fraction), tax, basis=value, item=item,
            found=consumed.found,
            formula="((dutiable + per_litre) ÷ (1 − rate) × rate + per_litre) × fraction",
            inputs={"dutiable": value, "per_litre": consumed.specific, "fraction": fraction},
        )  # fmt: skip
    return full
