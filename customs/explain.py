"""The explanation of a landed cost as a tree: amount ← formula ← inputs ← rule, dates, source.

Read from JSON that is complete in itself: an assessment (``customs.values.assessment_json``) or the
document of a stored quote. Nothing is computed anew, so that an old quote explains what it said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.pluginapi import Text
from core.pluginapi.duty.terms import readable, term

Document = Mapping[str, Any]
Load = Callable[[str], "Document | None"]

EXCHANGE = "exchange_rate"
PERCENTS = frozenset({"rate", "cap", "percent"})
CONVERTED = frozenset({"goods", "freight"})
"""Kinds of a quote's amounts whose rate is one of exchange."""

NUMBER = re.compile(r"-?\d+(\.\d+)?")
TOTAL = Text("Landed price", "到手价", "到手價")
TAXES = Text("Duty, taxes and fees", "税费合计", "稅費合計")
APART = Text("not part of the total", "不计入合计", "不計入合計")
KINDS: Mapping[str, Text] = {
    "goods": Text("Goods", "商品", "商品"),
    "freight": Text("International freight", "国际运费", "國際運費"),
    "insurance": Text("Insurance", "保险费", "保險費"),
    "fee": Text("Fees", "费用", "費用"),
    "margin": Text("Margin", "加价", "加價"),
    "duty": Text("Duty", "关税", "關稅"),
    "consumption_tax": Text("Consumption tax", "消费税", "消費稅"),
    "vat": Text("VAT", "增值税", "加值稅"),
    "postal_tax": Text("Tax on postal articles", "行邮税", "行郵稅"),
}


TITLES: Mapping[str, Text] = {
    "catalog.": Text("The offer's price", "报价", "報價"),
    "fx.": Text("Exchange rate of the quote", "报价汇率", "報價匯率"),
    "freight.": Text("Freight tariff", "运费价目", "運費價目"),
}
"""Names of what an amount rests on beside the rules of customs, by the beginning of their ids."""


@dataclass(frozen=True, slots=True)
class Input:
    """One value that a formula uses: its name in the formula, in words, and the value."""

    symbol: str
    name: Text
    value: str

    @property
    def is_number(self) -> bool:
        """Say whether the value is a number, not words."""
        return NUMBER.fullmatch(self.value) is not None

    @property
    def shown(self) -> str:
        """Return the value as people write it."""
        return f"{self.value}%" if self.symbol in PERCENTS and self.is_number else self.value


@dataclass(frozen=True, slots=True)
class RuleShown:
    """By what right: rule id, days (ISO, "" when open or not stated), source, doubts."""

    id: str
    title: Text
    valid_from: str
    valid_to: str
    source: str
    confidence: str
    unverified: tuple[str, ...]

    @property
    def is_named(self) -> bool:
        """Say whether the rule has a name beside its id."""
        return self.title.en != self.id


@dataclass(frozen=True, slots=True)
class Node:
    """One amount in ``currency``. A node either sums its children or states formula and rule.

    ``rate`` is a percentage, or the exchange rate where the node was converted; what is
    ``at_border`` is not paid with the order.
    """

    label: Text
    amount: str
    currency: str
    formula: Text | None = None
    basis: str = ""
    basis_currency: str = ""
    rate: str = ""
    line: int | None = None
    inputs: tuple[Input, ...] = ()
    rule: RuleShown | None = None
    apart: bool = False
    at_border: bool = False
    children: tuple[Node, ...] = field(default_factory=tuple)


def tree_of_assessment(document: Document) -> Node | None:
    """Return the tree of a chosen assessment, None where it was refused."""
    made = document["chosen"]
    if made is None:
        return None
    currency, rules = document["currency"], document["rules"]
    leaves = [
        (charge["kind"], _leaf(charge, currency, charge["basis"], currency, rules))
        for charge in made["charges"]
    ]
    return Node(TAXES, made["tax_total"], currency, children=_by_kind(leaves, currency))


def tree_of_quote(document: Document) -> Node | None:
    """Return the tree of a quote's document, None where the channel refused."""
    if document.get("outcome") != "ok":
        return None
    rules = document.get("rules_in_force", {})
    leaves = [
        (
            part["kind"],
            _leaf(part, part["currency"], part["basis"], part["basis_currency"], rules),
        )
        for part in map(_from_zero, document["components"])
    ]
    currency = document["currency"]
    return Node(TOTAL, document["total"], currency, children=_by_kind(leaves, currency))


def node_json(node: Node) -> dict[str, Any]:
    """Return a tree as JSON, every text in three languages."""
    rule = node.rule
    return {
        "label": node.label.as_dict(),
        "amount": node.amount,
        "currency": node.currency,
        "line": node.line,
        "basis": node.basis,
        "basis_currency": node.basis_currency,
        "rate": node.rate,
        "formula": node.formula.as_dict() if node.formula else None,
        "inputs": [
            {"symbol": one.symbol, "name": one.name.as_dict(), "value": one.value}
            for one in node.inputs
        ],
        "rule": rule
        and {
            "id": rule.id,
            "title": rule.title.as_dict(),
            "valid_from": rule.valid_from,
            "valid_to": rule.valid_to,
            "source": rule.source,
            "confidence": rule.confidence,
            "unverified": list(rule.unverified),
        },
        "apart": node.apart,
        "at_border": node.at_border,
        "children": [node_json(child) for child in node.children],
    }


def written(node: Node, language: str) -> Iterator[str]:
    """Yield the lines of a tree as text for a terminal."""
    yield from _written(node, language, depth=0)


def _written(node: Node, language: str, *, depth: int) -> Iterator[str]:
    indent = "  " * depth
    place = f" [{node.line + 1}]" if node.line is not None else ""
    aside = f" ({APART.in_language(language)})" if node.apart else ""
    yield f"{indent}{node.label.in_language(language)}{place}: {node.amount} {node.currency}{aside}"
    if node.formula and str(node.formula):
        yield f"{indent}  = {node.formula.in_language(language)}"
    for one in node.inputs:
        yield f"{indent}    {one.name.in_language(language)} = {one.shown}"
    if node.rule:
        yield from _rule_written(node.rule, language, indent)
    for child in node.children:
        yield from _written(child, language, depth=depth + 1)


def _rule_written(rule: RuleShown, language: str, indent: str) -> Iterator[str]:
    days = f" ({rule.valid_from} – {rule.valid_to or '…'})" if rule.valid_from else ""
    yield f"{indent}  ← {rule.id}{days}: {rule.title.in_language(language)}"
    yield f"{indent}    {rule.source}"
    for doubt in rule.unverified:
        yield f"{indent}    ? {doubt}"


def _from_zero(part: Document) -> Document:
    """Return a quote's component with its line counted from 0, as assessments count."""
    return part if part["line"] is None else {**part, "line": part["line"] - 1}


def _by_kind(leaves: Sequence[tuple[str, Node]], currency: str) -> tuple[Node, ...]:
    """Return one node a kind that sums its amounts, in the order of a landed cost."""
    order = list(KINDS)
    kinds = sorted(
        {kind for kind, _ in leaves}, key=lambda kind: order.index(kind) if kind in order else 99
    )
    return tuple(
        _sum(kind, [node for its, node in leaves if its == kind], currency) for kind in kinds
    )


def _sum(kind: str, nodes: Sequence[Node], currency: str) -> Node:
    whole = sum((Decimal(node.amount) for node in nodes if not node.apart), Decimal(0))
    return Node(KINDS.get(kind) or Text(kind), f"{whole:f}", currency, children=tuple(nodes))


def _leaf(
    part: Document, currency: str, basis: str | None, basis_currency: str | None, rules: Document
) -> Node:
    return Node(
        label=Text.from_dict(part["label"]) if part["label"] else Text(part["kind"]),
        amount=part["amount"],
        currency=currency,
        formula=_formula(part),
        basis=basis or "",
        basis_currency=(basis_currency or "") if basis else "",
        rate=part["rate"] or "",
        line=part["line"],
        inputs=tuple(_inputs(part)),
        rule=_rule(part["rule_id"], part["source"], rules),
        apart=bool(part.get("apart")),
        at_border=part.get("paid_by") == "border",
    )


def _formula(part: Document) -> Text | None:
    written = part["formula"]
    if not written:
        return None
    if part["kind"] in CONVERTED:
        written = re.sub(r"\brate\b", EXCHANGE, written)
    return readable(written.replace("*", "×").replace("/", "÷"))


def _inputs(part: Document) -> Iterable[Input]:
    if part["kind"] in CONVERTED and part["rate"]:
        yield Input(EXCHANGE, term(EXCHANGE), part["rate"])
    for symbol, value in part["inputs"].items():
        yield Input(symbol, term(symbol), value)


def _rule(rule_id: str, source: str, rules: Document) -> RuleShown:
    known = rules.get(rule_id, {})
    return RuleShown(
        id=rule_id,
        title=Text.from_dict(known["title"]) if known.get("title") else _title(rule_id),
        valid_from=known.get("valid_from", ""),
        valid_to=known.get("valid_to") or "",
        source=known.get("source") or source,
        confidence=known.get("confidence", ""),
        unverified=tuple(known.get("unverified", ())),
    )


def _title(rule_id: str) -> Text:
    """Return the name of what is no rule of customs: a price, a rate, a freight tariff."""
    for start, title in TITLES.items():
        if rule_id.startswith(start):
            return title
    return Text(rule_id)


_loaders: list[Load] = []


def read_quotes_with(load: Load) -> None:
    """Let ``load`` find the document of a quote by its id.

    The room of orders says so when the applications start: it stands above this one.
    """
    _loaders[:] = [load]


def quote_document(quote: str) -> Document | None:
    """Return the document of a stored quote, None when there is no such quote."""
    return _loaders[0](quote) if _loaders else None
