"""What the regimes of the Union share: the VAT of a member state, excise goods, handling fees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from core.pluginapi import ChargeKind, Rule, Text
from core.pluginapi.duty import (
    DutyData,
    Found,
    NotOpen,
    Refusal,
    Regime,
    Sheet,
    Valued,
    decimal_of,
    has_excise,
    vat_rate,
)
from plugins.duty_eu import words

STATES = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()
)
DATA = DutyData(Path(__file__).parent, "EU")


class Union(Regime):
    """A way of import into the European Union, in euro."""

    countries = STATES
    jurisdiction = "EU"
    currencies = ("EUR",)
    data = DATA
    words = words.REFUSALS

    def unfit(self, sheet: Sheet, code: str, fallback: str = "") -> Refusal:
        """Return why the regime is closed: a refusal where it was asked for by name."""
        asked = self.is_asked(sheet.shipment)
        return (Refusal if asked else NotOpen)(code, fallback=fallback if asked else "")


def vat(sheet: Sheet, item: Valued) -> Found:
    """Return a line's VAT: its own, or the member state's standard rate.

    A postcode of a territory with a rate of its own takes that. Raises Refusal (vat_territory)
    where the state's VAT does not hold at all.
    """
    rule = sheet.rule(f"eu.vat.{sheet.shipment.country}")
    special = _territory(sheet, rule)
    if special is None:
        return vat_rate(sheet, item, rule)
    if not special:
        raise Refusal("vat_territory", path="$.shipment.facts.postcode")
    return sheet.rate(item, "vat", standard=Found(special, f"{rule.id}: {rule.source}"))


def _territory(sheet: Sheet, rule: Rule) -> Decimal | None:
    """Return the rate of the territory of the postcode; 0 where the state's VAT does not hold."""
    postcode = sheet.shipment.facts.get("postcode")
    if not isinstance(postcode, str):
        return None
    for name, value in rule.values.items():
        pattern, _, rate = value.rpartition(" ")
        if name.startswith("territory.") and re.fullmatch(pattern, re.sub("[ -]", "", postcode)):
            return decimal_of(rate)
    return None


def code_of(item: Valued) -> str:
    """Return the digits of a line's HS code."""
    return re.sub(r"[ .]", "", item.line.hs_code)


def has_no_relief(sheet: Sheet) -> bool:
    """Say whether any goods are of those that the relief of the day leaves out."""
    # Such a rule lists headings and categories as a rule of excise goods does.
    return sheet.maybe("eu.low_value.excluded") is not None and has_excise(
        sheet, "eu.low_value.excluded"
    )


def handling(sheet: Sheet, subheadings: int) -> Iterator[Text]:
    """Show a member state's handling fee apart, or yield a note where it cannot be converted."""
    rule = sheet.maybe(f"eu.handling.{sheet.shipment.country}")
    if rule is None:
        return
    values = rule.values
    count = subheadings if values["per"] == "subheading" else 1
    amount, currency = decimal_of(values["amount"]) * count, values["currency"]
    if currency != sheet.currency and currency not in sheet.shipment.fx:
        yield _note(rule)
        return
    sheet.charge(
        ChargeKind.FEE, sheet.convert(amount, currency), rule, basis=sheet.goods,
        formula="amount × count", code="handling", label=words.HANDLING, apart=True,
        inputs={"amount": decimal_of(values["amount"]), "currency": currency, "count": str(count)},
    )  # fmt: skip


def _note(rule: Rule) -> Text:
    unit, said = words.UNITS[rule.values["per"]], words.HANDLING_UNKNOWN
    given = {"amount": rule.values["amount"], "currency": rule.values["currency"]}
    return Text(
        said.en.format(**given, per=unit.en),
        said.zh_hans.format(**given, per=unit.zh_hans),
        said.zh_hant.format(**given, per=unit.zh_hant),
    )
