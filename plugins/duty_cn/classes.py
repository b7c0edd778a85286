"""Goods that nobody, or nobody without a paper, may import into China.

The classes are dated rules (``cn.goods.…``), so that each has its source and an operator can
override it. Values: ``level`` (deny, hold, warn or allow), ``codes`` (beginnings of HS codes),
``modes`` (ways of import that it is about, none for all), ``needs`` (the paper that lets it in).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.pluginapi import Level, Rule, RuleSet, ShipmentFacts, Text, Verdict
from plugins.duty_cn import words
from plugins.duty_cn.base import parts_of

PREFIX = "cn.goods."
CODES = {
    Level.DENY: "prohibited_goods",
    Level.HOLD: "restricted_goods",
    Level.WARN: "restricted_goods",
}


def judge(shipment: ShipmentFacts, rules: RuleSet) -> Verdict | None:
    """Return the worst that a class of goods says of a line, or None where none does."""
    meant = [line.hs_code for line in shipment.lines]
    found = [
        verdict
        for key, rule in rules.rules.items()
        if key.startswith(PREFIX) and _touches(rule, meant)
        for verdict in _judged(shipment, rule)
    ]
    return max(found, key=lambda verdict: verdict.level, default=None)


def _touches(rule: Rule, meant: Sequence[str]) -> bool:
    codes = parts_of(rule.values["codes"])
    return bool(codes) and any(code.startswith(codes) for code in meant)


def _judged(shipment: ShipmentFacts, rule: Rule) -> Iterator[Verdict]:
    modes = parts_of(rule.values["modes"])
    if modes and shipment.channel not in modes:
        return
    level, codes = Level[rule.values["level"].upper()], parts_of(rule.values["codes"])
    needs = rule.values["needs"]
    permits = shipment.facts.get("permits")
    if level is Level.ALLOW or (needs and isinstance(permits, list | tuple) and needs in permits):
        return
    for index, line in enumerate(shipment.lines):
        if codes and line.hs_code.startswith(codes):
            path = f"$.shipment.lines[{index}].hs_code"
            message = _message(rule, index + 1, line.hs_code[:4], needs)
            data = {"path": path, "rule": rule.id, "source": rule.source, "needs": needs}
            yield Verdict(level, CODES[level], message, data)


def _message(rule: Rule, number: int, heading: str, needs: str) -> Text:
    title = rule.title.as_dict()
    if not needs:
        return Text(
            f"{title['en']}: line {number} (HS {heading}) may not be imported this way",
            f"{title['zh-Hans']}：第 {number} 行商品（HS {heading}）不得以此方式进境",
            f"{title['zh-Hant']}：第 {number} 行商品（HS {heading}）不得以此方式進境",
        )
    paper = words.PERMITS.get(needs, Text(needs)).as_dict()
    return Text(
        f"{title['en']}: line {number} (HS {heading}) needs {paper['en']}",
        f"{title['zh-Hans']}：第 {number} 行商品（HS {heading}）须有{paper['zh-Hans']}",
        f"{title['zh-Hant']}：第 {number} 行商品（HS {heading}）須有{paper['zh-Hant']}",
    )
