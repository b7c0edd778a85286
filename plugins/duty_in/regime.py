"""Basic duty on the value with freight and insurance, a surcharge on that duty, IGST on all."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from core.pluginapi import Assessment, ChargeKind, Rule
from core.pluginapi.duty import (
    HUNDRED,
    ZERO,
    DutyData,
    Found,
    Regime,
    Sheet,
    Taxed,
    Valued,
    decimal_of,
    outcome_of,
    refuse_excise,
    rounded,
    tax_by_rate,
    vat_facts,
)
from plugins.duty_in import words

FLAT_BY = ("", "courier", "postal", "direct_mail")
"""Ways of import for which the rule's flat rates hold; by freight the tariff is asked."""


class CourierImport(Regime):
    """Import into India, in rupees."""

    key = "in.courier"
    title = words.COURIER
    countries = frozenset({"IN"})
    jurisdiction = "IN"
    currencies = ("INR",)
    data = DutyData(Path(__file__).parent, "IN")
    order = 10

    def compute(self, sheet: Sheet) -> Assessment:
        """Compute duty, surcharge and IGST of each line. Raises Refusal."""
        rule = sheet.rule(self.key)
        sheet.customs_value = sheet.cif
        refuse_excise(sheet, "in.excise")
        taxed = [_taxed(sheet, item, rule) for item in sheet.items]
        tax_by_rate(sheet, rule, taxed, rounding=rule.values["rounding"], label=words.IGST)
        if any(_flat(sheet, item, rule, "duty") for item in sheet.items):
            sheet.notes.append(words.FLAT)
        sums = {code: f"{_sum(sheet, code):f}" for code in ("bcd", "sws")}
        return sheet.close(
            outcome_of(sheet), customs_value=sheet.cif, facts={**sums, **vat_facts(taxed)},
            incoterm="DAP", notes=(words.AT_DELIVERY,),
        )  # fmt: skip


def _taxed(sheet: Sheet, item: Valued, rule: Rule) -> Taxed:
    rounding = rule.values["rounding"]
    basic = _flat(sheet, item, rule, "duty") or sheet.rate(item, "duty")
    on_duty = _flat(sheet, item, rule, "surcharge") or sheet.rate(item, "surcharge_on_duty")
    bcd = sheet.charge(
        ChargeKind.DUTY, rounded(item.cif * basic.rate / HUNDRED, rounding), rule,
        basis=item.cif, found=basic, item=item, code="bcd", label=words.BCD,
        formula="value × rate", inputs={"value": item.cif},
    )  # fmt: skip
    sws = sheet.charge(
        ChargeKind.DUTY, rounded(bcd * on_duty.rate / HUNDRED, rounding), rule,
        basis=bcd, found=on_duty, item=item, code="sws", label=words.SWS,
        formula="basic_duty × rate", inputs={"basic_duty": bcd},
    )  # fmt: skip
    igst = sheet.rate(item, "vat", standard=_of_rule(rule, "igst"))
    return Taxed(item, igst, {"value": item.cif, "basic_duty": bcd, "surcharge": sws})


def _flat(sheet: Sheet, item: Valued, rule: Rule, name: str) -> Found | None:
    """Return the flat rate for goods whose rates are not given; None where the tariff is asked."""
    if item.line.rates is not None:
        return None
    if sheet.is_true("personal_use"):
        return _of_rule(rule, f"personal_{name}")
    return _of_rule(rule, f"courier_{name}") if sheet.shipment.channel in FLAT_BY else None


def _of_rule(rule: Rule, name: str) -> Found:
    return Found(decimal_of(rule.values[name]), f"{rule.id}: {rule.source}")


def _sum(sheet: Sheet, code: str) -> Decimal:
    return sum((one.amount.amount for one in sheet.charges if one.code == code), ZERO)
