"""What most regimes do with a line: charge its duty, find its VAT rate, refuse unknown excise."""

from __future__ import annotations

from decimal import Decimal

from core.pluginapi.duty.data import decimal_of
from core.pluginapi.duty.duties import layers_of
from core.pluginapi.duty.lines import Valued
from core.pluginapi.duty.refusals import NeedsExcise
from core.pluginapi.duty.rounding import places_of, rounded
from core.pluginapi.duty.sheet import GIVEN, ZERO, Found, Sheet
from core.pluginapi.types.customs import ChargeKind, Outcome, Rule, ShipmentLine
from core.shared.money import split

CATEGORIES, HEADINGS = "categories", "headings"


def charge_duty(sheet: Sheet, rule: Rule, item: Valued, base: Decimal, *, rounding: str) -> Decimal:
    """Charge every duty of a line on ``base`` and return their sum.

    Each layer is rounded by itself (``rounding`` as in ``rounded``). Raises Refusal.
    """
    duty = ZERO
    for layer in layers_of(sheet, item, base):
        duty += sheet.charge(
            ChargeKind.DUTY,
            rounded(layer.amount, rounding),
            rule,
            basis=base,
            formula=layer.formula,
            inputs=layer.inputs,
            found=layer.found,
            item=item,
            code=layer.code,
        )
    return duty


def charge_duties(
    sheet: Sheet, rule: Rule, *, rounding: str, assessed: str = ""
) -> dict[int, Decimal]:
    """Charge the duty of every line on goods, freight and insurance; return it by the line's place.

    Where the fact that ``assessed`` names is stated, it is the duty of the whole shipment, which
    is shared over the lines by value. Raises Refusal.
    """
    if not assessed or sheet.shipment.facts.get(assessed) is None:
        return {
            item.place: charge_duty(sheet, rule, item, item.cif, rounding=rounding)
            for item in sheet.items
        }
    whole = rounded(sheet.amount(assessed), rounding)
    shares = split(whole, [item.cif for item in sheet.items], places=places_of(rounding))
    for item, share in zip(sheet.items, shares, strict=True):
        sheet.charge(
            ChargeKind.DUTY,
            share,
            rule,
            basis=item.cif,
            formula="total × value / total_value",
            inputs={
                "total": whole,
                "value": item.cif,
                "total_value": sheet.cif,
                "rate_source": GIVEN,
            },
            item=item,
        )
    return {item.place: share for item, share in zip(sheet.items, shares, strict=True)}


def vat_rate(sheet: Sheet, item: Valued, rule: Rule, *, kind: str = "vat") -> Found:
    """Return a line's rate of VAT in percent: given, of the tariff, else ``standard`` of ``rule``.

    Raises Refusal (tariff_ambiguous).
    """
    standard = Found(decimal_of(rule.values["standard"]), f"{rule.id}: {rule.source}")
    return sheet.rate(item, kind, standard=standard)


def is_excise(line: ShipmentLine, rule: Rule) -> bool:
    """Say whether goods bear an excise by ``rule``.

    Its ``categories`` are names of categories of goods and its ``headings`` beginnings of HS codes,
    both with spaces between.
    """
    if line.category in rule.values[CATEGORIES].split():
        return True
    return bool(line.hs_code) and line.hs_code.startswith(tuple(rule.values[HEADINGS].split()))


def refuse_excise(sheet: Sheet, key: str) -> None:
    """Let a shipment through whose excise goods all have their excise given, as a layer of duty.

    ``key`` is that of the rule that :func:`is_excise` reads; its ``layer`` names that layer.
    Raises NeedsExcise (excise_rate_missing).
    """
    rule = sheet.rule(key)
    for place, line in enumerate(sheet.shipment.lines):
        layers = {*line.layers, *(duty.layer for duty in line.specific)}
        if rule.values["layer"] not in layers and is_excise(line, rule):
            raise NeedsExcise("excise_rate_missing", line=place)


def outcome_of(sheet: Sheet) -> Outcome:
    """Return EXEMPT when nothing is collected, else OK."""
    return Outcome.OK if sheet.total(*ChargeKind) else Outcome.EXEMPT
