"""Rates of one line: VAT, consumption tax with its value tests, the class of postal articles."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from core.pluginapi import Rule, ShipmentLine
from core.pluginapi.duty import (
    GIVEN,
    HUNDRED,
    ZERO,
    Found,
    NeedsExcise,
    Refusal,
    Sheet,
    Valued,
    decimal_of,
)
from plugins.duty_cn.base import parts_of

CONTENT = re.compile(r"^\s*(\d{1,9}(?:\.\d{1,6})?)\s*([^\d\s.,]+)\s*$")
MASS = {
    "g": Decimal(1), "克": Decimal(1), "kg": Decimal(1000), "千克": Decimal(1000),
    "公斤": Decimal(1000),
}  # fmt: skip
VOLUME = {
    "ml": Decimal(1), "毫升": Decimal(1), "cl": Decimal(10), "l": Decimal(1000),
    "升": Decimal(1000),
}  # fmt: skip
PIECES = frozenset({"piece", "pieces", "pcs", "pc", "片", "张", "張", "件", "sheets", "sheet"})
THOUSAND = Decimal(1000)
EXCISE = frozenset({"dutiable_liquor", "tobacco", "hydrocarbon_oil", "methyl_alcohol"})


class Consumed(NamedTuple):
    """A rate of consumption tax, and what is collected by the litre beside it, in yuan."""

    found: Found
    specific: Decimal = ZERO

    @property
    def is_due(self) -> bool:
        """Say whether there is any."""
        return bool(self.found.rate or self.specific)

    def included(self, base: Decimal) -> Decimal:
        """Return the tax on ``base``, unrounded; the tax is part of its own base."""
        if not self.is_due:
            return ZERO
        share = self.found.rate / HUNDRED
        return (base + self.specific) / (1 - share) * share + self.specific


def vat(sheet: Sheet, item: Valued) -> Found:
    """Return the rate of VAT; whoever gives other rates alone has not said that there is none.

    Raises Refusal.
    """
    rates = item.line.rates
    if rates is not None and "vat" in rates:
        return Found(rates["vat"], GIVEN)
    line = sheet.line(item, "vat")
    assert line is not None  # noqa: S101  # a line that is needed is there
    return Found(line.rates["vat"], f"{line.code}: {line.source}", line)


def consumption_tax(sheet: Sheet, item: Valued) -> Consumed:
    """Return the consumption tax, zero for goods that bear none. Raises Refusal, NeedsExcise."""
    if item.line.rates is not None:
        return Consumed(_given(sheet, item))
    known = _known(sheet, item, "consumption_tax")
    if known:
        return Consumed(known, _per_litre(sheet, item))
    if not item.line.hs_code:
        raise Refusal("hs_missing", line=item.place)
    tested = _by_test(sheet, item, "consumption_tax", item.cif)
    if tested:
        return Consumed(tested)
    scope = sheet.maybe("cn.consumption_tax.scope")
    if scope is None or item.line.hs_code.startswith(parts_of(scope.values["codes"])):
        raise NeedsExcise("excise_rate_missing", line=item.place)
    return Consumed(Found(ZERO, scope.id))


def postal_rate(sheet: Sheet, item: Valued, rule: Rule) -> Found:
    """Return the composite rate of the class that a postal article is in. Raises Refusal."""
    rates = item.line.rates
    if rates is not None and "postal" in rates:
        return Found(rates["postal"], GIVEN)
    found = _known(sheet, item, "postal_class") or _by_test(sheet, item, "postal_class", item.goods)
    if found is None:
        raise Refusal("tariff_unknown" if item.line.hs_code else "hs_missing", line=item.place)
    return found._replace(rate=decimal_of(rule.values[f"class{int(found.rate)}"]))


def kilograms(line: ShipmentLine) -> Decimal | None:
    """Return the net weight of a line, stated or from the content of one piece."""
    if line.net_kg is not None:
        return line.net_kg
    size, unit = _content(line)
    return size * MASS[unit] / THOUSAND if unit in MASS else None


def _given(sheet: Sheet, item: Valued) -> Found:
    line = item.line
    rate = (line.rates or {}).get("consumption_tax")
    if rate is None:
        _check_no_excise(sheet, item)
        return Found(ZERO, GIVEN)
    cosmetics = sheet.rules.get("cn.cosmetics") if line.net_content else None
    if cosmetics is None or not _is_tested(line, rate, cosmetics):
        return Found(rate, GIVEN)
    sheet.used[cosmetics.id] = cosmetics
    high = is_high_end(item, item.cif, cosmetics)
    return Found(rate if high else ZERO, f"{GIVEN}; {cosmetics.id}")


def _check_no_excise(sheet: Sheet, item: Valued) -> None:
    """Refuse drinks, tobacco and oil whose other rates alone are given: zero would be a guess."""
    line, scope = item.line, sheet.rules.get("cn.consumption_tax.scope")
    always = parts_of(scope.values["always"]) if scope else ()
    if line.category in EXCISE or (always and line.hs_code.startswith(always)):
        raise NeedsExcise("excise_rate_missing", line=item.place)


def _is_tested(line: ShipmentLine, rate: Decimal, rule: Rule) -> bool:
    """The rate of high-end cosmetics that is given with a net content is still put to the test."""
    if rate != decimal_of(rule.values["high_end"]) or not _content(line)[1]:
        return False
    return not line.hs_code or line.hs_code.startswith(parts_of(rule.values["headings"]))


def is_high_end(item: Valued, value: Decimal, rule: Rule) -> bool:
    """Say whether cosmetics reach the value per ml, g or piece. Raises Refusal."""
    size, unit = _content(item.line)
    measure = VOLUME.get(unit) or MASS.get(unit)
    if measure:
        return value >= decimal_of(rule.values["cny_per_ml_or_g"]) * size * measure
    if unit:
        return value >= decimal_of(rule.values["cny_per_piece"]) * size
    raise Refusal("net_content_missing", line=item.place)


def _content(line: ShipmentLine) -> tuple[Decimal, str]:
    """Return how much the line holds and in which known unit; the unit is "" when unreadable."""
    read = CONTENT.match(line.net_content)
    unit = read[2].lower() if read else ""
    if read is None or not (unit in MASS or unit in VOLUME or unit in PIECES):
        return ZERO, ""
    size = Decimal(read[1]) * line.quantity
    return (size, unit) if size else (ZERO, "")


def _known(sheet: Sheet, item: Valued, kind: str) -> Found | None:
    line = sheet.line(item, kind, needed=False)
    return None if line is None else Found(line.rates[kind], f"{line.code}: {line.source}", line)


def _by_test(sheet: Sheet, item: Valued, kind: str, value: Decimal) -> Found | None:
    """Return the rate that a value test decides, for goods whose tariff line has two."""
    rule = _test_of(sheet, item.line.hs_code)
    low = _known(sheet, item, f"{kind}_low") if rule else None
    high = _known(sheet, item, f"{kind}_high") if low else None
    if rule is None or low is None or high is None:
        return None
    sheet.used[rule.id] = rule
    found = high if _reaches(item, value, rule) else low
    return found._replace(source=f"{found.source}; {rule.id}")


def _test_of(sheet: Sheet, code: str) -> Rule | None:
    for key in ("cn.cosmetics", "cn.watches"):
        rule = sheet.rules.get(key)
        if rule and code.startswith(parts_of(rule.values["headings"])):
            return rule
    return None


def _reaches(item: Valued, value: Decimal, rule: Rule) -> bool:
    if rule.key == "cn.cosmetics":
        return is_high_end(item, value, rule)
    return value >= decimal_of(rule.values["cny_per_piece"]) * item.line.quantity


def _per_litre(sheet: Sheet, item: Valued) -> Decimal:
    each = _known(sheet, item, "consumption_tax_per_litre")
    if each is None:
        return ZERO
    if item.line.litres is not None:
        return each.rate * item.line.litres
    size, unit = _content(item.line)
    if unit not in VOLUME:
        raise Refusal("quantity_missing", line=item.place)
    return each.rate * size * VOLUME[unit] / THOUSAND
