"""What most regimes do with a line: charge its duty, find its VAT rate, refuse unknown excise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from core.pluginapi.duty.data import decimal_of
from core.pluginapi.duty.duties import Layer, layers_of
from core.pluginapi.duty.lines import Valued
from core.pluginapi.duty.refusals import NeedsExcise
from core.pluginapi.duty.rounding import places_of, rounded
from core.pluginapi.duty.sheet import ZERO, Found, Sheet
from core.pluginapi.duty.vat import Taxed, parts_of
from core.pluginapi.types.customs import ChargeKind, Outcome, Rule, ShipmentLine
from core.shared.money import split
from core.shared.text import Text

EXCISE = "excise"
"""The layer of a line that is its excise."""

EXCISE_DUTY = Text("Excise duty", "消费税", "消費稅")
CATEGORIES, HEADINGS = "categories", "headings"


def charge_duty(sheet: Sheet, rule: Rule, item: Valued, base: Decimal, *, rounding: str) -> Decimal:
    """Charge every duty of a line on ``base`` and return their sum.

    Each layer is rounded by itself (``rounding`` as in ``rounded``). Raises Refusal.
    """
    duty = ZERO
    for layer in layers_of(sheet, item, base):
        amount = rounded(layer.amount, rounding)
        duty += charge_layer(sheet, rule, item, layer, amount, basis=base)
    return duty


def charge_layer(
    sheet: Sheet,
    rule: Rule,
    item: Valued,
    layer: Layer,
    amount: Decimal,
    *,
    basis: Decimal,
    label: Text | None = None,
) -> Decimal:
    """Charge ``amount`` for one layer and return it; an excise is a consumption tax, no duty."""
    excise = layer.code == EXCISE
    return sheet.charge(
        ChargeKind.CONSUMPTION_TAX if excise else ChargeKind.DUTY,
        amount,
        rule,
        basis=basis,
        formula=layer.formula,
        inputs=layer.inputs,
        found=layer.found,
        item=item,
        code=layer.code,
        label=EXCISE_DUTY if excise else label,
    )


class Owed(NamedTuple):
    """One duty of one line before rounding, on ``base``."""

    item: Valued
    base: Decimal
    layer: Layer


def share_duty(
    sheet: Sheet, rule: Rule, owed: Sequence[Owed], whole: Decimal, *, places: int
) -> dict[int, Decimal]:
    """Charge ``whole`` in proportion to what is owed, unrounded; return the duty by line's place.

    Shares have ``places`` decimals and the last takes the rest (rule R-APPORTION).
    """
    duties: dict[int, Decimal] = defaultdict(Decimal)
    shares = split(whole, [one.layer.amount for one in owed], places=places)
    for (item, base, layer), share in zip(owed, shares, strict=True):
        shared = layer._replace(inputs={**layer.inputs, "duty_total": whole})
        duties[item.place] += charge_layer(sheet, rule, item, shared, share, basis=base)
    return duties


def charge_duties(
    sheet: Sheet, rule: Rule, *, rounding: str, once: bool = False
) -> Mapping[int, Decimal]:
    """Charge every line's duty and return it by the line's place.

    It is on what ``duty_base`` of ``rule`` names (see ``parts_of``). Each duty is rounded, or
    ``once`` their sum, which the lines then share. Raises Refusal.
    """
    names = rule.values["duty_base"]
    bases = [(item, sum(parts_of(item, names).values(), ZERO)) for item in sheet.items]
    if not once:
        return {
            item.place: charge_duty(sheet, rule, item, base, rounding=rounding)
            for item, base in bases
        }
    owed = [
        Owed(item, base, layer) for item, base in bases for layer in layers_of(sheet, item, base)
    ]
    whole = rounded(sum((one.layer.amount for one in owed), ZERO), rounding)
    return share_duty(sheet, rule, owed, whole, places=places_of(rounding))


def charge_assessed(sheet: Sheet, rule: Rule, *, fact: str, rounding: str) -> Mapping[int, Decimal]:
    """Charge the duty that ``fact`` states for the whole shipment, shared by value.

    Where it states none, that of every line. Return it by the line's place. Raises Refusal.
    """
    if sheet.shipment.facts.get(fact) is None:
        return charge_duties(sheet, rule, rounding=rounding)
    whole = rounded(sheet.amount(fact), rounding)
    owed = [Owed(item, item.cif, _assessed(sheet, item, whole)) for item in sheet.items]
    return share_duty(sheet, rule, owed, whole, places=places_of(rounding))


def _assessed(sheet: Sheet, item: Valued, whole: Decimal) -> Layer:
    inputs = {"total": whole, "value": item.cif, "total_value": sheet.cif}
    return Layer("assessed", item.cif, None, "total × value / total_value", inputs)


def vat_rate(sheet: Sheet, item: Valued, rule: Rule, *, kind: str = "vat") -> Found:
    """Return a line's rate of VAT in percent: given, of the tariff, else ``standard`` of ``rule``.

    Raises Refusal (tariff_ambiguous).
    """
    standard = Found(decimal_of(rule.values["standard"]), f"{rule.id}: {rule.source}")
    return sheet.rate(item, kind, standard=standard)


def taxed_lines(
    sheet: Sheet, rule: Rule, *, base: str = "vat_base", duties: Mapping[int, Decimal] | None = None
) -> list[Taxed]:
    """Return what each line is taxed on, by the value ``base`` of ``rule`` (see ``parts_of``).

    ``duties`` are by the line's place. Raises Refusal (tariff_ambiguous).
    """
    owed = duties or {}
    return [
        Taxed(
            item,
            vat_rate(sheet, item, rule),
            parts_of(item, rule.values[base], duty=owed.get(item.place, ZERO)),
        )
        for item in sheet.items
    ]


def is_excise(line: ShipmentLine, rule: Rule) -> bool:
    """Say whether goods bear an excise by ``rule``.

    Its ``categories`` are names of categories of goods and its ``headings`` beginnings of HS codes,
    both with spaces between. Where its ``headings_for`` is ``looked_up``, headings tell nothing of
    goods whose rates are given: whoever gives rates gives all that there are.
    """
    if line.category in rule.values[CATEGORIES].split():
        return True
    if line.rates is not None and rule.values.get("headings_for") == "looked_up":
        return False
    return bool(line.hs_code) and line.hs_code.startswith(tuple(rule.values[HEADINGS].split()))


def has_excise(sheet: Sheet, key: str) -> bool:
    """Say whether any line bears an excise by the rule of ``key`` (see :func:`is_excise`)."""
    rule = sheet.rule(key)
    return any(is_excise(line, rule) for line in sheet.shipment.lines)


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
