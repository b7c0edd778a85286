"""Consignments up to EUR 150: free of duty until June 2026, then EUR 3 for each subheading."""

from __future__ import annotations

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from core.pluginapi import Assessment, ChargeKind, Json, Rule
from core.pluginapi.duty import ZERO, NotOpen, Refusal, Sheet, Valued, decimal_of, refuse_excise
from core.pluginapi.duty.vat import Taxed, parts_of, tax_by_rate, vat_facts
from core.shared.money import split
from plugins.duty_eu import words
from plugins.duty_eu.union import Union, code_of, handling, has_no_relief, vat

SUBHEADING = 6


class LowValue(Union):
    """What both members of the family do: no tariff is asked, VAT is due from the first euro.

    A registered seller (IOSS) takes VAT and duty with the order (DDP); otherwise the parcel is
    declared with H7 and the buyer pays at the border (DAP).
    """

    family = "eu.low_value"

    def compute(self, sheet: Sheet) -> Assessment:
        """Return duty and VAT of the lines. Raises Refusal."""
        rule = self._rule(sheet)
        self._check(sheet, rule)
        groups = _subheadings(sheet.items)
        duties = self.duties(sheet, rule, groups)
        refuse_excise(sheet, "eu.low_value.excise")
        base = rule.values["vat_base"]
        taxed = [
            Taxed(item, vat(sheet, item), parts_of(item, base, duty=duties[item.place]))
            for item in sheet.items
        ]
        at_sale = sheet.is_true("seller_registered")
        tax_by_rate(
            sheet, rule, taxed, rounding=rule.values["vat_rounding"],
            label=words.VAT_AT_SALE if at_sale else None,
        )  # fmt: skip
        facts: dict[str, Json] = {
            "intrinsic_value": f"{sheet.goods:f}",
            "vat_kind": "supply_vat_at_sale" if at_sale else "import_vat",
            **vat_facts(taxed),
        }
        if all(groups):
            facts["duty_items"] = str(len(groups))
        notes = list(handling(sheet, len(groups)))
        incoterm = "DDP" if at_sale else "DAP"
        return sheet.close(customs_value=sheet.cif, facts=facts, incoterm=incoterm, notes=notes)

    @abstractmethod
    def duties(
        self, sheet: Sheet, rule: Rule, groups: dict[str, list[Valued]]
    ) -> Sequence[Decimal]:
        """Charge the duty and return each line's part of it. Raises Refusal."""

    def _rule(self, sheet: Sheet) -> Rule:
        rule = sheet.maybe("eu.low_value")
        if rule is None or rule.values["regime"] != self.key:
            raise (Refusal if sheet.shipment.regime == self.key else NotOpen)("no_rule")
        return rule

    def _check(self, sheet: Sheet, rule: Rule) -> None:
        sheet.customs_value = sheet.cif
        if sheet.goods > decimal_of(rule.values["intrinsic_value_eur"]):
            raise self.unfit(sheet, "above_limit", "eu.standard")
        if has_no_relief(sheet):
            raise self.unfit(sheet, "goods_excluded", "eu.standard")


class FlatDuty(LowValue):
    """EUR 3 for each distinct subheading, shared among its lines by value."""

    key = "eu.low_value_flat_duty"
    title = words.FLAT
    order = 10

    def duties(
        self, sheet: Sheet, rule: Rule, groups: dict[str, list[Valued]]
    ) -> Sequence[Decimal]:
        """Charge the flat duty of each subheading. Raises Refusal (invalid_input)."""
        for item in sheet.items:
            code = code_of(item)
            if len(code) < SUBHEADING or not (code.isascii() and code.isdigit()):
                path = f"$.shipment.lines[{item.place}].hs_code"
                text = words.REFUSALS["hs_code_missing"]
                raise Refusal("invalid_input", path=path, text=text)
        each = decimal_of(rule.values["duty_per_item_eur"])
        found = [ZERO] * len(sheet.items)
        for subheading, items in groups.items():
            shares = split(each, [item.goods for item in items], places=2)
            for item, share in zip(items, shares, strict=True):
                found[item.place] = sheet.charge(
                    ChargeKind.DUTY, share, rule, basis=item.goods, item=item, code="flat",
                    formula="each × value ÷ value_of_subheading",
                    inputs={
                        "each": each,
                        "subheading": subheading,
                        "value": item.goods,
                        "value_of_subheading": sum((one.goods for one in items), ZERO),
                    },
                )  # fmt: skip
        return found


class Relief(LowValue):
    """No duty; not for alcohol, perfume and tobacco."""

    key = "eu.low_value_relief"
    title = words.RELIEF
    order = 11

    def duties(
        self, sheet: Sheet, rule: Rule, groups: dict[str, list[Valued]]
    ) -> Sequence[Decimal]:
        """Charge nothing, and say by which rule."""
        return [
            sheet.charge(
                ChargeKind.DUTY, ZERO, rule, basis=item.goods, item=item,
                formula="value ≤ limit ⇒ 0",
                inputs={"value": sheet.goods, "limit": rule.values["intrinsic_value_eur"]},
            )
            for item in sheet.items
        ]  # fmt: skip


def _subheadings(items: Sequence[Valued]) -> dict[str, list[Valued]]:
    """Return the lines by six digits of their code, in the order in which they first come."""
    groups: dict[str, list[Valued]] = defaultdict(list)
    for item in items:
        groups[code_of(item)[:SUBHEADING]].append(item)
    return dict(groups)
