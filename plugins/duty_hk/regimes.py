"""A free port (rule R-HK): no tariff and no VAT; excise on four kinds of goods alone."""

from __future__ import annotations

from pathlib import Path

from core.pluginapi import Assessment, Text
from core.pluginapi.duty import (
    DutyData,
    Regime,
    Sheet,
    charge_duty,
    is_excise,
    outcome_of,
    refuse_excise,
)


class FreePort(Regime):
    """Nothing is collected, but for an excise that is given."""

    key, order = "hk.free_port", 10
    title = Text("Free port", "自由港", "自由港")
    countries = frozenset({"HK"})
    jurisdiction = "HK"
    currencies = ("HKD",)
    data = DutyData(Path(__file__).parent, "HK")

    def compute(self, sheet: Sheet) -> Assessment:
        """Charge nothing, or the excise that is given with the goods."""
        sheet.customs_value = sheet.cif
        rule = sheet.rule("hk.free_port")
        refuse_excise(sheet, "hk.excise")
        excise = sheet.rule("hk.excise")
        for item in sheet.items:
            if is_excise(item.line, excise):
                charge_duty(sheet, excise, item, item.cif, rounding=rule.values["rounding"])
        return sheet.close(outcome_of(sheet), customs_value=sheet.cif, incoterm="DAP")
