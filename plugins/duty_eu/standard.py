"""Ordinary import: the tariff's duty on the value at the border, and VAT on everything."""

from __future__ import annotations

from decimal import Decimal

from core.pluginapi import Assessment, Json, Rule
from core.pluginapi.duty import (
    ZERO,
    NotOpen,
    Sheet,
    Valued,
    charge_layer,
    decimal_of,
    layers_of,
    refuse_excise,
    rounded,
)
from core.pluginapi.duty.vat import Taxed, parts_of, tax_by_rate, vat_facts
from core.shared.money import split
from plugins.duty_eu import words
from plugins.duty_eu.union import Union, has_no_relief, vat


class Standard(Union):
    """Duty per line on goods, freight and insurance; VAT with the inland transport on top."""

    key = "eu.standard"
    title = words.STANDARD
    order = 20

    def compute(self, sheet: Sheet) -> Assessment:
        """Return duty and VAT of the lines. Raises Refusal."""
        rule = sheet.rule(self.key)
        if not self.is_asked(sheet.shipment) and _is_low_value(sheet, rule):
            raise NotOpen("within_limit")
        sheet.customs_value = sheet.cif
        refuse_excise(sheet, "eu.excise")
        layers: dict[str, Decimal] = {}
        taxed = []
        for item in sheet.items:
            duty = ZERO
            for code, amount in _duties(sheet, item, rule):
                layers[code] = layers.get(code, ZERO) + amount
                duty += amount
            parts = parts_of(item, rule.values["vat_base"], duty=duty)
            taxed.append(Taxed(item, vat(sheet, item), parts))
        tax_by_rate(sheet, rule, taxed, rounding=rule.values["vat_rounding"])
        lines: dict[str, Json] = {code: f"{amount:f}" for code, amount in layers.items()}
        facts: dict[str, Json] = {
            "vat_kind": "import_vat",
            "duty_lines": lines,
            **vat_facts(taxed),
        }
        return sheet.close(customs_value=sheet.cif, facts=facts, incoterm="DAP")


def _is_low_value(sheet: Sheet, rule: Rule) -> bool:
    """Say whether the shipment is left to the low-value procedure of the day."""
    limit = rule.values["only_above_eur"]
    if not limit or sheet.goods > decimal_of(limit):
        return False
    return not has_no_relief(sheet)


def _duties(sheet: Sheet, item: Valued, rule: Rule) -> list[tuple[str, Decimal]]:
    """Charge a line's duties, rounded together, and return each with the name of its layer."""
    found = layers_of(sheet, item, item.cif)
    whole = rounded(sum((layer.amount for layer in found), ZERO), rule.values["duty_rounding"])
    shares = split(whole, [layer.amount for layer in found], places=2)
    for layer, share in zip(found, shares, strict=True):
        charge_layer(sheet, rule, item, layer, share, basis=item.cif)
    return [(layer.code, share) for layer, share in zip(found, shares, strict=True)]
