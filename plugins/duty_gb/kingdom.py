"""What the regimes of the United Kingdom share: VAT, excise goods, duties layer by layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from core.pluginapi import Json, Rule
from core.pluginapi.duty import (
    ZERO,
    DutyData,
    Found,
    NotOpen,
    Refusal,
    Regime,
    Sheet,
    Valued,
    cents,
    charge_layer,
    decimal_of,
    has_excise,
    layers_of,
    rounded,
    vat_rate,
)
from core.pluginapi.duty.vat import Taxed, parts_of
from plugins.duty_gb import words

DATA = DutyData(Path(__file__).parent, "GB")
ORDINARY = {"mfn": "third_country"}
"""The kit's name of an ordinary duty, and the tariff's own."""


class Kingdom(Regime):
    """A way of import into the United Kingdom, in pounds. Values of goods are not rounded."""

    countries = frozenset({"GB"})
    jurisdiction = "GB"
    currencies = ("GBP",)
    data = DATA
    words = words.REFUSALS
    exact = True

    def unfit(self, sheet: Sheet, code: str, fallback: str = "") -> Refusal:
        """Return why the regime is closed: a refusal where it was asked for by name."""
        asked = self.is_asked(sheet.shipment)
        return (Refusal if asked else NotOpen)(code, fallback=fallback if asked else "")


def vat(sheet: Sheet, item: Valued) -> Found:
    """Return a line's VAT: its own (zero and reduced rates), or the standard rate."""
    return vat_rate(sheet, item, sheet.rule("gb.vat"))


def closed_to_low_value(sheet: Sheet, rule: Rule) -> str:
    """Return why the low-value procedure is not open to the goods, or nothing."""
    if sheet.goods > decimal_of(rule.values["consignment_value_gbp"]):
        return "above_limit"
    # The rule of excluded goods lists headings and categories as that of excise goods does.
    if has_excise(sheet, "gb.excise") or has_excise(sheet, "gb.low_value.excluded"):
        return "goods_excluded"
    return ""


def with_duties(sheet: Sheet, rule: Rule) -> tuple[list[Taxed], dict[str, Decimal]]:
    """Charge the duties of every line; return the bases of VAT, and the duties by layer.

    Raises Refusal.
    """
    layers: dict[str, Decimal] = {}
    taxed = []
    for item in sheet.items:
        duty = ZERO
        for code, amount in _duties(sheet, item, rule):
            layers[code] = layers.get(code, ZERO) + amount
            duty += amount
        parts = parts_of(item, rule.values["vat_base"], duty=duty)
        taxed.append(Taxed(item, vat(sheet, item), parts))
    return taxed, layers


def _duties(sheet: Sheet, item: Valued, rule: Rule) -> Iterator[tuple[str, Decimal]]:
    for layer in layers_of(sheet, item, item.cif):
        code = ORDINARY.get(layer.code, layer.code)
        amount = rounded(layer.amount, rule.values["duty_rounding"])
        charge_layer(sheet, rule, item, layer._replace(code=code), amount, basis=item.cif)
        yield code, amount


def shown(layers: Mapping[str, Decimal]) -> dict[str, Json]:
    """Return amounts as they are printed: each rounded from the unrounded one."""
    return {code: f"{cents(amount):f}" for code, amount in layers.items()}


def sum_of_bases(taxed: Iterable[Taxed]) -> str:
    """Return what VAT is computed on, as it is printed."""
    return f"{cents(sum((one.base for one in taxed), ZERO)):f}"
