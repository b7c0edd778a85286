"""The exemption up to JPY 10,000, and ordinary import (rule R-JP).

Bases are cut to 1,000 yen and each tax to 100. The consumption tax of Japan is a VAT: a national
part, and a local part that is a fraction of the national one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from core.pluginapi import Assessment, Outcome, Rule, TariffRate, Text
from core.pluginapi.duty import (
    GIVEN,
    HUNDRED,
    ZERO,
    DutyData,
    Found,
    NotOpen,
    Owed,
    Regime,
    Sheet,
    Taxed,
    Valued,
    decimal_of,
    has_excise,
    layers_of,
    outcome_of,
    refuse_excise,
    rounded,
    share_duty,
    share_tax,
)
from plugins.duty_jp import schedule

DATA = DutyData(Path(__file__).parent, "JP")
NATIONAL = Text("Consumption tax, national part", "消费税（国税）", "消費稅（國稅）")
LOCAL = Text("Consumption tax, local part", "消费税（地方税）", "消費稅（地方稅）")
PERSONAL = Text(
    "Goods for personal use count with a part of their retail price",
    "个人自用物品按零售价的一定比例计算完税价格",
    "個人自用物品按零售價的一定比例計算完稅價格",
)
CUT = Text(
    "Bases are cut to 1,000 yen and taxes to 100",
    "计税基础舍去千日元以下，税额舍去百日元以下",
    "計稅基礎捨去千日圓以下，稅額捨去百日圓以下",
)
WORDS = {
    "excluded_article": Text(
        "Articles such as knitwear, leather goods and footwear are outside the exemption",
        "针织服装、皮革制品、鞋类等不适用小额免税",
        "針織服裝、皮革製品、鞋類等不適用小額免稅",
    )
}


class Priced(NamedTuple):
    """A line and its customs value in yen, not cut."""

    item: Valued
    value: Decimal


class Tax(NamedTuple):
    """National and local part in whole yen, and the base cut to 1,000 that they are of."""

    base: Decimal
    national: Decimal
    local: Decimal


class _Japan(Regime):
    countries = frozenset({"JP"})
    jurisdiction = "JP"
    currencies = ("JPY",)
    data = DATA
    words = WORDS

    def tariff(self) -> Sequence[TariffRate]:
        """Return the tariff lines, their cells as expressions where they can be read."""
        return schedule.tariff(self.data)

    def _priced(self, sheet: Sheet) -> list[Priced]:
        """Return each line with goods, freight and insurance, or a part of its retail price."""
        rule = sheet.rule("jp.value")
        personal = sheet.is_true("personal_use")
        share = decimal_of(rule.values["personal_use_percent"]) / HUNDRED
        priced = [
            Priced(item, item.goods * share if personal else item.cif) for item in sheet.items
        ]
        whole = sum((one.value for one in priced), ZERO)
        sheet.customs_value = rounded(whole, rule.values["rounding"])
        if personal:
            sheet.notes.append(PERSONAL)
        return priced

    def _exempt(self, sheet: Sheet) -> bool:
        """Say whether the customs value is within the exemption."""
        assert sheet.customs_value is not None  # noqa: S101  # set by _priced
        return sheet.customs_value <= sheet.number("jp.exemption", "customs_value_jpy")

    def _excluded(self, sheet: Sheet) -> bool:
        """Say whether an article is outside the exemption: as stated, else by its HS code.

        Goods that bear an excise always are.
        """
        if has_excise(sheet, "jp.excise"):
            return True
        stated = sheet.shipment.facts.get("excluded_article")
        if isinstance(stated, bool):
            return stated
        headings = tuple(sheet.rule("jp.exemption").values["excluded_headings"].split())
        return any(line.hs_code.startswith(headings) for line in sheet.shipment.lines)


class Exemption(_Japan):
    """Nothing is collected up to the limit, but for some articles."""

    key, order = "jp.low_value_exemption", 10
    title = Text("Exemption of small values", "小额免税", "小額免稅")

    def compute(self, sheet: Sheet) -> Assessment:
        """Collect nothing, or say why the exemption is not open."""
        self._priced(sheet)
        if not self._exempt(sheet):
            raise NotOpen("above_limit", fallback=Standard.key)
        if self._excluded(sheet):
            raise NotOpen("excluded_article", fallback=Standard.key)
        return sheet.close(
            Outcome.EXEMPT, customs_value=sheet.customs_value or ZERO, incoterm="DAP"
        )


class Standard(_Japan):
    """Duty, then consumption tax, national and local."""

    key, order = "jp.standard", 20
    title = Text("Ordinary import", "一般进口", "一般進口")

    def compute(self, sheet: Sheet) -> Assessment:
        """Charge duty, then the consumption taxes rate by rate."""
        priced = self._priced(sheet)
        if self._exempt(sheet) and not self._excluded(sheet):
            raise NotOpen("within_limit", fallback=Exemption.key)
        refuse_excise(sheet, "jp.excise")
        duties = self._duties(sheet, priced)
        groups: dict[Decimal, list[Taxed]] = defaultdict(list)
        for item, value in priced:
            found = _national(sheet, item)
            groups[found.rate].append(
                Taxed(item, found, {"value": value, "duty": duties[item.place]})
            )
        taxes = [self._tax(sheet, group) for group in groups.values()]
        return sheet.close(
            outcome_of(sheet),
            customs_value=sheet.customs_value or ZERO,
            facts={
                "vat_base": f"{sum((tax.base for tax in taxes), ZERO):f}",
                "vat_national": f"{sum((tax.national for tax in taxes), ZERO):f}",
                "vat_local": f"{sum((tax.local for tax in taxes), ZERO):f}",
            },
            incoterm="DAP",
            notes=(CUT,),
        )

    def _duties(self, sheet: Sheet, priced: Sequence[Priced]) -> Mapping[int, Decimal]:
        """Charge duty: each rate on its lines' value cut to 1,000, their sum cut to 100."""
        rule = sheet.rule("jp.duty")
        cut = rule.values["base_rounding"]
        owed = [one for item, value in priced for one in _owed(sheet, item, value, cut)]
        values: dict[Decimal, Decimal] = defaultdict(Decimal)
        for one in owed:
            if one.layer.found is not None:
                values[one.layer.found.rate] += one.base
        due = sum((rounded(value, cut) * rate / HUNDRED for rate, value in values.items()), ZERO)
        due += sum((one.layer.amount for one in owed if one.layer.found is None), ZERO)
        return share_duty(sheet, rule, owed, rounded(due, rule.values["rounding"]), places=0)

    def _tax(self, sheet: Sheet, taxed: Sequence[Taxed]) -> Tax:
        """Charge the lines of one rate: the national part, and the local one on top of it."""
        rule = sheet.rule("jp.consumption_tax")
        rate = taxed[0].found.rate
        base = rounded(sum((one.base for one in taxed), ZERO), rule.values["base_rounding"])
        national = rounded(base * rate / HUNDRED, rule.values["rounding"])
        local = rounded(_local(national, rule), rule.values["rounding"])
        share_tax(
            sheet, rule, taxed, national, places=0, inputs={"base": base},
            code="national", label=NATIONAL,
        )  # fmt: skip
        found = Found(_local(rate, rule), f"{rule.id}: {rule.source}")
        share_tax(
            sheet, rule, [one._replace(found=found) for one in taxed], local, places=0,
            inputs={"base": base, "national": national}, code="local", label=LOCAL,
        )  # fmt: skip
        return Tax(base, national, local)


def _local(national: Decimal, rule: Rule) -> Decimal:
    return national * decimal_of(rule.values["local_over"]) / decimal_of(rule.values["local_under"])


def _national(sheet: Sheet, item: Valued) -> Found:
    """Return the national rate: given, or the national part of a whole rate, or the standard."""
    rule = sheet.rule("jp.consumption_tax")
    given = item.line.rates
    if given is not None and "vat_national" in given:
        return Found(given["vat_national"], GIVEN)
    standard = Found(decimal_of(rule.values["national"]), f"{rule.id}: {rule.source}")
    whole = sheet.rate(item, "vat", standard=standard)
    if whole is standard:
        return standard
    over, under = (decimal_of(rule.values[name]) for name in ("local_over", "local_under"))
    return whole._replace(rate=whole.rate * under / (over + under))


def _owed(sheet: Sheet, item: Valued, value: Decimal, cut: str) -> list[Owed]:
    """Return a line's duties: percentages of its value, others with the value cut to 1,000."""
    base = rounded(value, cut)
    plain = [Owed(item, value, one) for one in layers_of(sheet, item, value) if one.found]
    other = [Owed(item, base, one) for one in layers_of(sheet, item, base) if not one.found]
    return plain + other
