"""Ordinary import at full precision, and the choice between two duties in Northern Ireland."""

from __future__ import annotations

from decimal import Decimal

from core.pluginapi import Assessment, ChargeKind, Json
from core.pluginapi.duty import (
    HUNDRED,
    ZERO,
    NotOpen,
    Refusal,
    Sheet,
    decimal_of,
    refuse_excise,
    rounded,
)
from core.pluginapi.duty.vat import Taxed, parts_of, single_rate, tax_by_rate
from core.shared.money import split
from plugins.duty_gb import words
from plugins.duty_gb.kingdom import (
    Kingdom,
    closed_to_low_value,
    shown,
    sum_of_bases,
    vat,
    with_duties,
)

REGION = "NI"
NEAR = {"uk": "≤", "eu": ">"}


class Standard(Kingdom):
    """Every duty layer on goods, freight and insurance or on a quantity; VAT on all of it.

    Nothing is rounded: each printed figure is rounded from the unrounded one.
    """

    key = "gb.standard"
    title = words.STANDARD
    order = 40

    def compute(self, sheet: Sheet) -> Assessment:
        """Return duty and VAT of the lines. Raises Refusal."""
        rule = sheet.rule(self.key)
        if not self.is_asked(sheet.shipment):
            _check_open(sheet)
        sheet.customs_value = sheet.cif
        refuse_excise(sheet, "gb.excise")
        taxed, layers = with_duties(sheet, rule)
        tax_by_rate(sheet, rule, taxed, rounding=rule.values["vat_rounding"])
        facts: dict[str, Json] = {
            "vat_base": sum_of_bases(taxed),
            "vat_kind": "import_vat",
            "duty_lines": shown(layers),
            **single_rate(taxed),
        }
        return sheet.close(customs_value=sheet.cif, facts=facts, incoterm="DAP")


def _check_open(sheet: Sheet) -> None:
    """Leave a shipment to the regime that is meant for it. Raises NotOpen."""
    if sheet.is_true("gift"):
        raise NotOpen("is_gift")
    if sheet.shipment.region == REGION:
        raise NotOpen("northern_ireland")
    if not closed_to_low_value(sheet, sheet.rule("gb.low_value")):
        raise NotOpen("within_limit")


class NorthernIreland(Kingdom):
    """The UK duty where the EU duty is near to it (goods not at risk), else the EU duty.

    Both amounts are stated with the shipment (facts ``uk_duty`` and ``eu_duty``).
    """

    key = "gb.northern_ireland"
    title = words.NORTHERN_IRELAND
    order = 30

    def compute(self, sheet: Sheet) -> Assessment:
        """Return the chosen duty and VAT on it and the goods. Raises Refusal."""
        rule = sheet.rule(self.key)
        if sheet.shipment.region != REGION:
            raise self.unfit(sheet, "not_northern_ireland")
        if not self.is_asked(sheet.shipment) and sheet.is_true("gift"):
            raise NotOpen("is_gift")
        sheet.customs_value = sheet.cif
        refuse_excise(sheet, "gb.excise")
        uk, eu = _both(sheet)
        percent = decimal_of(rule.values["percent_of_customs_value"])
        limit = rounded(sheet.cif * percent / HUNDRED, rule.values["limit_rounding"])
        chosen = "uk" if abs(eu - uk) <= limit else "eu"
        duty = {"uk": uk, "eu": eu}[chosen]
        taxed = []
        shares = split(duty, [item.cif for item in sheet.items], places=2)
        for item, share in zip(sheet.items, shares, strict=True):
            sheet.charge(
                ChargeKind.DUTY, share, rule, basis=item.cif, item=item, code=chosen,
                formula=f"|eu_duty − uk_duty| {NEAR[chosen]} limit ⇒ {chosen}_duty × share",
                inputs={"uk_duty": uk, "eu_duty": eu, "limit": limit, "percent": percent},
            )  # fmt: skip
            parts = parts_of(item, rule.values["vat_base"], duty=share)
            taxed.append(Taxed(item, vat(sheet, item), parts))
        tax_by_rate(sheet, rule, taxed, rounding=rule.values["vat_rounding"])
        facts: dict[str, Json] = {
            "chosen": chosen,
            "limit": f"{limit:f}",
            "vat_base": sum_of_bases(taxed),
            "vat_kind": "import_vat",
            **single_rate(taxed),
        }
        return sheet.close(customs_value=sheet.cif, facts=facts, incoterm="DAP")


def _both(sheet: Sheet) -> tuple[Decimal, Decimal]:
    """Return the two duties; one that is absent is 0. Raises Refusal where neither is stated."""
    if not {"uk_duty", "eu_duty"} & set(sheet.shipment.facts):
        raise Refusal("eu_duty_missing", path="$.shipment.facts.eu_duty")
    return sheet.amount("uk_duty") or ZERO, sheet.amount("eu_duty") or ZERO
