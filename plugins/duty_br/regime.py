"""Import duty of 20 or 60 percent, ICMS that is part of its own base."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from core.pluginapi import Assessment, ChargeKind, Json, Rule
from core.pluginapi.duty import (
    HUNDRED,
    ZERO,
    DutyData,
    Found,
    NotOpen,
    Refusal,
    Regime,
    Sheet,
    Taxed,
    Valued,
    decimal_of,
    outcome_of,
    refuse_excise,
    rounded,
    share_tax,
    single_rate,
)
from core.shared.money import split
from plugins.duty_br import words

LIMIT = "USD"
CERTIFIED = "certified_site"


class Simplified(Regime):
    """Import into Brazil up to USD 3,000, in US dollars or reais."""

    key = "br.simplified"
    title = words.SIMPLIFIED
    countries = frozenset({"BR"})
    jurisdiction = "BR"
    currencies = ("USD", "BRL")
    foreign = (LIMIT,)
    data = DutyData(Path(__file__).parent, "BR")
    words = words.REFUSALS
    order = 10

    def compute(self, sheet: Sheet) -> Assessment:
        """Compute duty and ICMS of each line, or answer that the value is above the limit."""
        rule, icms = sheet.rule(self.key), sheet.rule("br.icms")
        sheet.customs_value = sheet.cif
        if not sheet.within(sheet.cif, decimal_of(rule.values["max_usd"]), LIMIT):
            raise NotOpen("above_limit")
        refuse_excise(sheet, "br.excise")
        taxed = [
            Taxed(item, _icms(sheet, item, icms), {"value": item.cif, "duty": duty})
            for item, duty in zip(sheet.items, _charge_duty(sheet, rule), strict=True)
        ]
        _charge_icms(sheet, icms, taxed)
        certified = sheet.is_true(CERTIFIED)
        return sheet.close(
            outcome_of(sheet), customs_value=sheet.cif, facts=_facts(sheet, taxed),
            incoterm="DDP" if certified else "DAP",
            notes=(words.WITH_ORDER if certified else words.AT_DELIVERY,),
        )  # fmt: skip


def _facts(sheet: Sheet, taxed: list[Taxed]) -> dict[str, Json]:
    """Return the base of ICMS, of which the tax itself is a part, and its rate where it is one."""
    base = sheet.cif + sheet.total(ChargeKind.DUTY, ChargeKind.VAT)
    return {"vat_base": f"{base:f}", **single_rate(taxed)}


class _Scale(NamedTuple):
    """Percent of the value, less an amount in the shipment's currency."""

    rate: Decimal
    deduction: Decimal


def _scale(sheet: Sheet, rule: Rule) -> _Scale:
    high = decimal_of(rule.values["high"])
    if not sheet.is_true(CERTIFIED):
        return _Scale(high, ZERO)
    if sheet.within(sheet.cif, decimal_of(rule.values["low_usd"]), LIMIT):
        return _Scale(decimal_of(rule.values["low"]), ZERO)
    return _Scale(high, sheet.convert(decimal_of(rule.values["deduction_usd"]), LIMIT))


def _charge_duty(sheet: Sheet, rule: Rule) -> list[Decimal]:
    """Charge the duty of the whole shipment, shared by value, and return the shares."""
    scale, total = _scale(sheet, rule), sheet.cif
    exact = max(ZERO, total * scale.rate / HUNDRED - scale.deduction)
    duty = rounded(exact, rule.values["rounding"])
    shares = split(duty, [item.cif for item in sheet.items], places=2)
    for item, share in zip(sheet.items, shares, strict=True):
        sheet.charge(
            ChargeKind.DUTY, share, rule, basis=item.cif, item=item, code="ii", label=words.DUTY,
            formula="(total × rate − deduction) × value ÷ total",
            inputs={"total": total, "deduction": scale.deduction, "value": item.cif},
            found=Found(scale.rate, f"{rule.id}: {rule.source}"),
        )  # fmt: skip
    return shares


def _icms(sheet: Sheet, item: Valued, rule: Rule) -> Found:
    """Return a line's ICMS: given, or that of the state. Raises Refusal."""
    given = (item.line.rates or {}).get("vat")
    if given is not None:
        if given >= HUNDRED:
            raise Refusal("invalid_input", path=f"$.shipment.lines[{item.place}].rates.vat")
        return sheet.rate(item, "vat")
    state = sheet.shipment.region
    if state in rule.values["unsettled_states"].split():
        raise Refusal("state_tax_unknown", path="$.shipment.destination.region")
    if not state and words.NO_STATE not in sheet.notes:
        sheet.notes.append(words.NO_STATE)
    higher = state in rule.values["higher_states"].split()
    rate = decimal_of(rule.values["higher" if higher else "standard"])
    return sheet.rate(item, "vat", standard=Found(rate, f"{rule.id}: {rule.source}"))


def _charge_icms(sheet: Sheet, rule: Rule, taxed: list[Taxed]) -> None:
    """Charge ICMS on value and duty, part of its own base, rounded once for each rate."""
    groups: dict[Decimal, list[Taxed]] = defaultdict(list)
    for one in taxed:
        groups[one.found.rate].append(one)
    for rate, lines in groups.items():
        base = sum((one.base for one in lines), ZERO)
        share = rate / HUNDRED
        whole = rounded(base / (1 - share) * share, rule.values["rounding"])
        share_tax(
            sheet, rule, lines, whole, places=2, code="icms", label=words.ICMS,
            formula="(value + duty) ÷ (1 − rate) × rate",
        )  # fmt: skip
