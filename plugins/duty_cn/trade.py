"""General trade, and the full tax that a single expensive article pays."""

from __future__ import annotations

from decimal import Decimal

from core.pluginapi import Assessment, ChargeKind, Rule
from core.pluginapi.duty import (
    HUNDRED,
    ZERO,
    Found,
    NotOpen,
    Refusal,
    Sheet,
    Valued,
    cents,
    layers_of,
)
from plugins.duty_cn import words
from plugins.duty_cn.base import China
from plugins.duty_cn.eligibility import LIMITS, admit
from plugins.duty_cn.goods import consumption_tax, vat

MODES = frozenset({"", "freight", "bonded", "direct_mail"})
RETAIL = frozenset({"bonded", "direct_mail"})


class GeneralTrade(China):
    """Duty on the CIF value, consumption tax on its own base, VAT on all of it."""

    key = "cn.general_trade"
    title = words.TRADE
    order = 40

    def compute(self, sheet: Sheet) -> Assessment:
        """Compute duty, consumption tax and VAT of each line, or refuse."""
        self.only_for(sheet.shipment, MODES)
        exceeded = "" if self.is_asked(sheet.shipment) else _exceeded(sheet)
        rule = sheet.rule("cn.general_trade")
        sheet.customs_value = value = sheet.cif
        for item in sheet.items:
            charge_in_full(sheet, item, rule)
        facts = {"cbec_refusal": exceeded} if exceeded else {}
        return sheet.close(customs_value=value, facts=facts, incoterm="DAP")


def charge_in_full(sheet: Sheet, item: Valued, rule: Rule) -> Found:
    """Charge duty, consumption tax and VAT of one line, each to 0.01; return the rate of VAT.

    Raises Refusal.
    """
    value = item.cif
    duty = _charge_duty(sheet, item, rule)
    consumed, rate = consumption_tax(sheet, item), vat(sheet, item)
    tax = ZERO
    if consumed.is_due:
        tax = sheet.charge(
            ChargeKind.CONSUMPTION_TAX, cents(consumed.included(value + duty)), rule,
            basis=value + duty, item=item, found=consumed.found,
            formula="(dutiable + duty + per_litre) ÷ (1 − rate) × rate + per_litre",
            inputs={"dutiable": value, "duty": duty, "per_litre": consumed.specific},
        )  # fmt: skip
    base = value + duty + tax
    sheet.charge(
        ChargeKind.VAT, cents(base * rate.rate / HUNDRED), rule, basis=base, item=item, found=rate,
        formula="(dutiable + duty + consumption_tax) × rate",
        inputs={"dutiable": value, "duty": duty, "consumption_tax": tax},
    )  # fmt: skip
    return rate


def _charge_duty(sheet: Sheet, item: Valued, rule: Rule) -> Decimal:
    layers = layers_of(sheet, item, item.cif)
    several = len(layers) > 1
    return sum(
        (
            sheet.charge(
                ChargeKind.DUTY, cents(layer.amount), rule, basis=item.cif, item=item,
                found=layer.found, formula=layer.formula, inputs=layer.inputs,
                code=layer.code if several else "",
            )
            for layer in layers
        ),
        ZERO,
    )  # fmt: skip


def _exceeded(sheet: Sheet) -> str:
    """Return the limit that closes retail import; another reason, or none, closes trade too.

    Raises Refusal and NotOpen.
    """
    if sheet.shipment.channel not in RETAIL:
        return ""
    try:
        admit(sheet)
    except Refusal as reason:
        if reason.code in LIMITS:
            return reason.code
        raise
    raise NotOpen("cbec_open")
