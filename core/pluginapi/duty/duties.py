"""The duty of one line: layers that add up, caps, duties by quantity, or what the tariff says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from core.pluginapi.duty.expressions import Measured, Uncomputable, Unparsed, parse
from core.pluginapi.duty.lines import Valued
from core.pluginapi.duty.refusals import Refusal
from core.pluginapi.duty.sheet import GIVEN, HUNDRED, ZERO, Found, Sheet, cited
from core.pluginapi.duty.words import REFUSALS
from core.pluginapi.types.customs import SpecificDuty
from core.shared.text import Text

MFN = "mfn"
ORDINARY = {MFN, "third_country", "country_specific"}
"""The layers that are the ordinary duty; a given ``duty`` is it where none of them is given."""
TONNE = Decimal(1000)


class Layer(NamedTuple):
    """One duty on one line, unrounded. ``found`` is None for one that is no plain percentage."""

    code: str
    amount: Decimal
    found: Found | None
    formula: str
    inputs: Mapping[str, Decimal | str]


def layers_of(sheet: Sheet, item: Valued, base: Decimal) -> list[Layer]:
    """Return the duties on ``base`` (the customs value of a line), each unrounded.

    Given layers, caps and duties by quantity add up; ``country_specific`` takes the place of
    ``third_country``. Otherwise the given rate, or the tariff's. Raises Refusal.
    """
    line = item.line
    if line.rates is None and not line.layers:
        return [_of_tariff(sheet, item, base)]
    return list(_given(sheet, item, base))


def _given(sheet: Sheet, item: Valued, base: Decimal) -> Iterator[Layer]:
    line = item.line
    stated = dict(line.layers)
    if "country_specific" in stated:
        stated.pop("third_country", None)
    nothing = not stated and not line.specific
    if nothing or ("duty" in (line.rates or {}) and not ORDINARY & set(stated)):
        found = sheet.rate(item, "duty")
        stated = {MFN: found.rate, **stated}
    for code, rate in stated.items():
        yield _percent(code, Found(rate, GIVEN), base)
    for code, cap in line.caps.items():
        rate = max(ZERO, cap - stated.get(MFN, ZERO))
        yield _percent(code, Found(rate, f"{GIVEN}: up to {cap} with the ordinary duty"), base)
    for one in line.specific:
        yield _by_quantity(sheet, item, one)


def _percent(code: str, found: Found, base: Decimal) -> Layer:
    return Layer(code, base * found.rate / HUNDRED, found, "value × rate", {"value": base})


def _by_quantity(sheet: Sheet, item: Valued, duty: SpecificDuty) -> Layer:
    count = _measured(item, duty.per)
    each = sheet.convert(duty.amount, duty.currency)
    inputs: dict[str, Decimal | str] = {
        "quantity": count, "unit": duty.per, "each": each, "rate_source": GIVEN,
    }  # fmt: skip
    return Layer(duty.layer, count * each, None, "quantity × each", inputs)


def _measured(item: Valued, per: str) -> Decimal:
    line = item.line
    found = {
        "t": None if line.net_kg is None else line.net_kg / TONNE,
        "kg": line.net_kg,
        "l": line.litres,
        "item": Decimal(line.quantity),
    }.get(per)
    if found is None:
        raise Refusal("quantity_missing", line=item.place)
    return found


def _of_tariff(sheet: Sheet, item: Valued, base: Decimal) -> Layer:
    line = sheet.line(item, "duty")
    assert line is not None  # noqa: S101  # a line that is needed is there
    source = cited(line)
    if not line.expression:
        return _percent(MFN, Found(line.rates["duty"], source, line), base)
    goods = _goods(sheet, item, base)
    try:
        duty = parse(line.expression, currency=sheet.currency)
        amount = max(ZERO, duty.amount(goods))
    except (Unparsed, Uncomputable) as error:
        raise _unknown(error, item) from None
    inputs: dict[str, Decimal | str] = {
        "value": base,
        "expression": str(duty),
        "rate_source": source,
    }
    return Layer(MFN, amount, None, str(duty), {**inputs, **goods.used(duty.needs)})


def _goods(sheet: Sheet, item: Valued, base: Decimal) -> Measured:
    line = item.line
    return Measured(
        currency=sheet.currency,
        value=base,
        kg=line.net_kg,
        litres=line.litres,
        items=Decimal(line.quantity),
        abv=line.abv,
        fx=sheet.shipment.fx,
    )


def _unknown(error: Unparsed | Uncomputable, item: Valued) -> Refusal:
    """Return the refusal of a duty that cannot be computed; its text names what is missing."""
    if isinstance(error, Unparsed) or error.code == "tariff_unreadable":
        return Refusal("tariff_unreadable", line=item.place)
    said, name = REFUSALS[error.code], error.missing
    text = Text(f"{said.en}: {name}", f"{said.zh_hans}：{name}", f"{said.zh_hant}：{name}")
    if error.code == "rate_missing":
        return Refusal(error.code, path=f"$.shipment.facts.fx.{name}", text=text)
    return Refusal(error.code, line=item.place, text=text)
