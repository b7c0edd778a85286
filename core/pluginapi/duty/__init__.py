"""The kit for authors of duty regimes: data with dates and sources, lines, rates, charges.

A regime is a subclass of :class:`Regime` with one ``compute(sheet)``::

    class Standard(Regime):
        key, order, countries, jurisdiction = "xx.standard", 20, frozenset({"XX"}), "XX"
        title, currencies, data = Text("Ordinary import"), ("XXD",), DATA

        def compute(self, sheet: Sheet) -> Assessment:
            rule = sheet.rule("xx.standard")
            for item in sheet.items:
                found = sheet.rate(item, "duty")
                sheet.charge(ChargeKind.DUTY, cents(item.cif * found.rate / HUNDRED), rule,
                             basis=item.cif, found=found, item=item,
                             formula="value × rate", inputs={"value": item.cif})
            return sheet.close(customs_value=sheet.cif, incoterm="DAP")
"""

from __future__ import annotations

from core.pluginapi.duty.charging import (
    Owed,
    charge_assessed,
    charge_duties,
    charge_duty,
    charge_layer,
    has_excise,
    is_excise,
    outcome_of,
    refuse_excise,
    share_duty,
    taxed_lines,
    vat_rate,
)
from core.pluginapi.duty.data import DutyData, decimal_of
from core.pluginapi.duty.duties import Layer, layers_of
from core.pluginapi.duty.lines import Valued, articles, valued
from core.pluginapi.duty.refusals import NeedsExcise, NotOpen, Refusal
from core.pluginapi.duty.regime import Regime
from core.pluginapi.duty.rounding import CENT, cents, rounded
from core.pluginapi.duty.sheet import GIVEN, HUNDRED, ZERO, Found, Sheet
from core.pluginapi.duty.vat import Taxed, share_tax, single_rate, tax_by_rate, vat_facts

__all__ = [
    "CENT",
    "GIVEN",
    "HUNDRED",
    "ZERO",
    "DutyData",
    "Found",
    "Layer",
    "NeedsExcise",
    "NotOpen",
    "Owed",
    "Refusal",
    "Regime",
    "Sheet",
    "Taxed",
    "Valued",
    "articles",
    "cents",
    "charge_assessed",
    "charge_duties",
    "charge_duty",
    "charge_layer",
    "decimal_of",
    "has_excise",
    "is_excise",
    "layers_of",
    "outcome_of",
    "refuse_excise",
    "rounded",
    "share_duty",
    "share_tax",
    "single_rate",
    "tax_by_rate",
    "taxed_lines",
    "valued",
    "vat_facts",
    "vat_rate",
]
