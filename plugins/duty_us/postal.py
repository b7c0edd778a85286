"""International mail from 2025-08-29 to 2026-02-27: a fixed duty for each item."""

from __future__ import annotations

from decimal import Decimal

from core.pluginapi import Assessment, ChargeKind, Rule
from core.pluginapi.duty import ZERO, NotOpen, Refusal, Sheet, Valued, decimal_of, refuse_excise
from plugins.duty_us import words
from plugins.duty_us.entry import UnitedStates
from plugins.duty_us.fees import POSTAL, no_fees


class PostalSpecific(UnitedStates):
    """USD 80, 160 or 200 for each item, by the rate of the emergency duties."""

    key = "us.postal_specific"
    title = words.POSTAL
    order = 20

    def compute(self, sheet: Sheet) -> Assessment:
        """Compute the duty of each line's items, or refuse where the rate is unknown."""
        chosen = sheet.shipment.facts.get("postal_duty_method") == "specific"
        by_post = sheet.shipment.channel == POSTAL
        if not self.is_asked(sheet.shipment) and not (chosen and by_post):
            raise NotOpen("other_mode")
        rule = sheet.rule(self.key)
        sheet.customs_value = sheet.goods
        refuse_excise(sheet, "us.excise")
        for item in sheet.items:
            _charge(sheet, item, rule)
        no_fees(sheet, rule)
        return sheet.close(customs_value=sheet.goods, notes=(words.BY_POST,))


def _charge(sheet: Sheet, item: Valued, rule: Rule) -> None:
    rate = _rate(item, rule.values["rate_layers"])
    each = _each(rate, rule)
    count = Decimal(item.line.quantity)
    sheet.charge(
        ChargeKind.DUTY, count * each, rule, basis=item.goods, formula="quantity × each",
        inputs={"quantity": count, "each": each, "rate": rate}, item=item, code="per_item",
        label=words.BY_ITEM,
    )  # fmt: skip


def _rate(item: Valued, prefix: str) -> Decimal:
    """Return the given rate of the emergency duties in percent. Raises Refusal."""
    if item.line.rates is None and not item.line.layers:
        raise Refusal("additional_duty_unknown", line=item.place)
    layers = item.line.layers.items()
    return sum((rate for code, rate in layers if code.startswith(prefix)), ZERO)


def _each(rate: Decimal, rule: Rule) -> Decimal:
    values = rule.values
    if rate < decimal_of(values["from_percent"]):
        return decimal_of(values["below_usd"])
    above = rate > decimal_of(values["to_percent"])
    return decimal_of(values["above_usd" if above else "within_usd"])
