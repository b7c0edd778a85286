"""Lines with their dutiable values and rates. Plain Decimal; every rate says where it is from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from core.pluginapi import Rule, RuleSet, ShipmentFacts, ShipmentLine, TariffRate, TariffView
from core.shared.money import split

CENT = Decimal("0.01")
HUNDRED = Decimal(100)
ZERO = Decimal(0)
GIVEN = "given with the shipment"
CONTENT = re.compile(r"^\s*(\d{1,9}(?:\.\d{1,6})?)\s*([^\d\s.,]+)\s*$")
MASS_OR_VOLUME = {
    "ml": Decimal(1), "毫升": Decimal(1), "cl": Decimal(10), "l": Decimal(1000),
    "升": Decimal(1000), "g": Decimal(1), "克": Decimal(1), "kg": Decimal(1000),
    "千克": Decimal(1000), "公斤": Decimal(1000),
}  # fmt: skip
VOLUMES = frozenset({"ml", "毫升", "cl", "l", "升"})
PIECES = frozenset({"piece", "pieces", "pcs", "pc", "片", "张", "張", "件", "sheets", "sheet"})


class Refusal(Exception):
    """The regime cannot clear the shipment; ``code`` is one of ``words.REFUSALS``."""

    def __init__(self, code: str, *, line: int | None = None, excise: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.line = line
        self.excise = excise


@dataclass(frozen=True, slots=True)
class Valued:
    """One line: value of the goods, and with its share of freight and insurance."""

    index: int
    line: ShipmentLine
    goods: Decimal
    dutiable: Decimal


@dataclass(frozen=True, slots=True)
class Found:
    """A rate in percent and its origin; ``per_litre`` and ``litres`` where a tax is compound."""

    rate: Decimal
    source: str
    specific: Decimal = ZERO


def cents(amount: Decimal) -> Decimal:
    """Round half up to 0.01."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def valued(shipment: ShipmentFacts, *, with_charges: bool = True) -> list[Valued]:
    """Return the lines with freight and insurance shared by value (rule R-APPORTION)."""
    goods = [cents(line.goods) for line in shipment.lines]
    dutiable: Sequence[Decimal] = goods
    if with_charges:
        for charge in (shipment.freight, shipment.insurance):
            if charge:
                shares = split(cents(charge), goods, places=2)
                dutiable = [value + share for value, share in zip(dutiable, shares, strict=True)]
    return [
        Valued(index, line, goods[index], dutiable[index])
        for index, line in enumerate(shipment.lines)
    ]


def articles(shipment: ShipmentFacts) -> int:
    """Return how many pieces the shipment holds."""
    return sum(line.quantity for line in shipment.lines)


def rate_of(item: Valued, kind: str, tariff: TariffView) -> Found:
    """Return a rate that must be known. Raises Refusal."""
    given = (item.line.rates or {}).get(kind)
    if given is not None:
        return Found(given, GIVEN)
    # Whoever gives rates gives all duties that there are; VAT is never taken to be absent.
    if item.line.rates is not None and kind == "duty":
        return Found(ZERO, GIVEN)
    if not item.line.hs_code:
        raise Refusal("hs_missing", line=item.index)
    found = known(tariff, item, kind)
    if found is None:
        raise Refusal("tariff_unknown", line=item.index)
    return Found(found[0], f"{found[1].code}: {found[1].source}")


def known(tariff: TariffView, item: Valued, kind: str) -> tuple[Decimal, TariffRate] | None:
    """Return a rate of the tariff with its line, None where it states no single one."""
    found = tariff.find(item.line.hs_code, kind) if item.line.hs_code else None
    return (found.rates[kind], found) if isinstance(found, TariffRate) else None


def consumption_tax(item: Valued, rules: RuleSet, tariff: TariffView) -> Found:
    """Return the rate of consumption tax, zero for goods that bear none. Raises Refusal."""
    line = item.line
    given = (line.rates or {}).get("consumption_tax")
    cosmetics = rules.get("cn.cosmetics")
    if given is not None:
        if cosmetics and _tested_as_given(line, given, cosmetics):
            high = is_high_end(item, item.dutiable, cosmetics)
            return Found(given if high else ZERO, f"{GIVEN}; {cosmetics.id}")
        return Found(given, GIVEN)
    if not line.hs_code:
        if line.rates is None:
            raise Refusal("hs_missing", line=item.index)
        return Found(ZERO, GIVEN)
    found = known(tariff, item, "consumption_tax")
    if found:
        source = f"{found[1].code}: {found[1].source}"
        return Found(found[0], source, _specific(item, tariff))
    tested = _by_test(item, "consumption_tax", item.dutiable, rules, tariff)
    if tested:
        return tested
    scope = rules.get("cn.consumption_tax.scope")
    if scope is None or line.hs_code.startswith(tuple(scope.values["codes"].split())):
        raise Refusal("excise_rate_missing", line=item.index, excise=True)
    return Found(ZERO, scope.id)


def postal_rate(item: Valued, rule: Rule, rules: RuleSet, tariff: TariffView) -> Found:
    """Return the composite rate of the line's class. Raises Refusal."""
    given = (item.line.rates or {}).get("postal")
    if given is not None:
        return Found(given, GIVEN)
    if not item.line.hs_code:
        raise Refusal("hs_missing", line=item.index)
    found = known(tariff, item, "postal_class")
    tested = None if found else _by_test(item, "postal_class", item.goods, rules, tariff)
    if found:
        tested = Found(found[0], f"{found[1].code}: {found[1].source}")
    if tested is None:
        raise Refusal("tariff_unknown", line=item.index)
    return Found(Decimal(rule.values[f"class{int(tested.rate)}"]), tested.source)


def is_high_end(item: Valued, value: Decimal, rule: Rule) -> bool:
    """Say whether cosmetics reach the value per ml, g or piece. Raises Refusal."""
    read = CONTENT.match(item.line.net_content)
    unit = read[2].lower() if read else ""
    size = Decimal(read[1]) * item.line.quantity if read else ZERO
    if unit in MASS_OR_VOLUME and size:
        return value >= Decimal(rule.values["cny_per_ml_or_g"]) * size * MASS_OR_VOLUME[unit]
    if unit in PIECES and size:
        return value >= Decimal(rule.values["cny_per_piece"]) * size
    raise Refusal("net_content_missing", line=item.index)


def _tested_as_given(line: ShipmentLine, given: Decimal, rule: Rule) -> bool:
    """The rate of high-end cosmetics that is given with a net content is still put to the test."""
    if not CONTENT.match(line.net_content) or given != Decimal(rule.values["high_end"]):
        return False
    return not line.hs_code or line.hs_code[:4] in rule.values["headings"].split()


def _by_test(
    item: Valued, kind: str, value: Decimal, rules: RuleSet, tariff: TariffView
) -> Found | None:
    """Return the rate that a value test decides, for goods whose tariff line has two."""
    low = known(tariff, item, f"{kind}_low")
    high = known(tariff, item, f"{kind}_high")
    if low is None or high is None:
        return None
    heading = item.line.hs_code[:4]
    cosmetics, watches = rules.get("cn.cosmetics"), rules.get("cn.watches")
    if cosmetics and heading in cosmetics.values["headings"].split():
        rule, reached = cosmetics, is_high_end(item, value, cosmetics)
    elif watches and heading in watches.values["headings"].split():
        rule = watches
        reached = value >= Decimal(watches.values["cny_per_piece"]) * item.line.quantity
    else:
        return None
    rate, line = high if reached else low
    return Found(rate, f"{line.code}: {line.source}; {rule.id}")


def _specific(item: Valued, tariff: TariffView) -> Decimal:
    found = known(tariff, item, "consumption_tax_per_litre")
    if found is None:
        return ZERO
    if item.line.litres is not None:
        return found[0] * item.line.litres
    read = CONTENT.match(item.line.net_content)
    if read is None or read[2].lower() not in VOLUMES:
        raise Refusal("quantity_missing", line=item.index)
    millilitres = Decimal(read[1]) * MASS_OR_VOLUME[read[2].lower()] * item.line.quantity
    return found[0] * millilitres / 1000
