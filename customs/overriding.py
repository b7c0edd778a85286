"""Operators' values over a rule: dated, with author and reason, audited, and ended by one press.

Rules stay as their plug-in brings them. What was quoted with an override keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from core.accounts.services import record
from core.kernel import providers
from core.kernel.registry import registry
from core.pluginapi import (
    DutyRegime,
    InvalidInput,
    Rule,
    RuleSet,
    ShipmentFacts,
    ShipmentLine,
    TariffView,
    Text,
)
from core.shared.clock import now
from customs import snapshot
from customs.loading import touch
from customs.models import RuleOverride
from customs.rule_values import Kind, Vocabulary, same

LONGEST_REASON = 500
MODES = ("bonded", "direct_mail", "postal", "courier", "freight")
PRICES = (Decimal(5), Decimal(120), Decimal(40000))
UNKNOWN_RULE = Text(
    "There is no such rule on that day",
    "该日期没有这条规则",
    "該日期沒有這條規則",
)
NO_VALUES = Text(
    "Change at least one value of the rule",
    "请至少修改规则的一个数值",
    "請至少修改規則的一個數值",
)
NO_REASON = Text(
    "Say why, so that others can follow; 500 characters at most",
    "请说明原因（最多 500 字），便于他人查阅",
    "請說明原因（最多 500 字），便於他人查閱",
)
DAYS_IN_ORDER = Text(
    "The last day is before the first", "结束日期早于开始日期", "結束日期早於開始日期"
)
COVERED = Text(
    "Another override covers some of these days; withdraw it first",
    "这些日期中已有其他人工规则，请先撤销",
    "這些日期中已有其他人工規則，請先撤銷",
)


class OverrideRefused(InvalidInput):
    """An override that cannot be made; nothing was stored. ``path`` names what is wrong."""

    def __init__(self, text: Text, *, path: str) -> None:
        super().__init__(text.en, path=path)
        self.text = text


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a rule as a form shows it: what it is now, and what it may be."""

    name: str
    now: str
    kind: Kind


def override_rule(
    plugin: str,
    key: str,
    values: Mapping[str, str],
    *,
    valid_from: date,
    valid_to: date | None,
    reason: str,
    author: str,
) -> RuleOverride:
    """Put an operator's values over a rule for some days, both included; None is an open end.

    Every value must be of the kind that it had, and every regime of the plug-in must still be able
    to compute. Values that are as the rule has them are left out. Raises OverrideRefused, whose
    path is ``$.key``, ``$.values.<name>``, ``$.valid_from``, ``$.valid_to`` or ``$.reason``.
    """
    if valid_to is not None and valid_to < valid_from:
        raise OverrideRefused(DAYS_IN_ORDER, path="$.valid_to")
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise OverrideRefused(NO_REASON, path="$.reason")
    rules = rules_between(plugin, key, valid_from, valid_to)
    changed = _checked(plugin, rules, values)
    for rule in rules:
        _try(plugin, rule, changed, max(valid_from, rule.valid_from))
    row = RuleOverride(
        plugin=plugin,
        key=key,
        values=changed,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=reason.strip(),
        author=author,
    )
    _store(row)
    return row


def withdraw_override(row: RuleOverride, *, actor: str) -> bool:
    """End an override from now on; what was computed with it keeps it. Returns False if ended."""
    with transaction.atomic():
        live = RuleOverride.objects.filter(pk=row.pk, superseded_at=None)
        if not live.update(superseded_at=now()):
            return False
        record(actor, "customs.override.withdraw", str(row.pk), plugin=row.plugin, key=row.key)
        touch()
    return True


def rules_between(plugin: str, key: str, start: date, end: date | None) -> tuple[Rule, ...]:
    """Return the rules of a key that hold on some of the days, as the plug-in brought them.

    Raises OverrideRefused unless one holds on the first day.
    """
    rules = _of_key(plugin, key)
    held = [
        rule
        for rule in rules
        if (end is None or rule.valid_from <= end)
        and (rule.valid_to is None or rule.valid_to >= start)
    ]
    if not any(rule.valid_from <= start for rule in held):
        raise OverrideRefused(_no_rule(rules, start), path="$.valid_from" if rules else "$.key")
    return tuple(held)


def values_of_rule(plugin: str, rule: Rule) -> list[Value]:
    """Return the values of a rule with their kinds, in the order in which the rule states them."""
    vocabulary, alike = _vocabulary(), _of_key(plugin, rule.key or rule.id)
    return [Value(name, now, vocabulary.kind(alike, name)) for name, now in rule.values.items()]


def _no_rule(rules: Sequence[Rule], day: date) -> Text:
    if not rules:
        return UNKNOWN_RULE
    known = ", ".join(f"{rule.valid_from} – {rule.valid_to or '…'}" for rule in rules)
    return Text(
        f"The rule does not hold on {day}; it holds {known}",
        f"规则在 {day} 不生效；其有效期为 {known}",
        f"規則在 {day} 不生效；其有效期為 {known}",
    )


def _of_key(plugin: str, key: str) -> list[Rule]:
    stored = snapshot.current().rules.get(plugin, ())
    return [rule for rule in stored if (rule.key or rule.id) == key]


def _vocabulary() -> Vocabulary:
    stored = snapshot.current().rules.values()
    return Vocabulary((rule for rules in stored for rule in rules), (*registry().plugins, *MODES))


def _checked(plugin: str, rules: Sequence[Rule], values: Mapping[str, str]) -> dict[str, str]:
    vocabulary = _vocabulary()
    alike = _of_key(plugin, rules[0].key or rules[0].id)
    changed: dict[str, str] = {}
    for name, given in values.items():
        value = " ".join(given.split())
        for rule in rules:
            if name not in rule.values:
                raise OverrideRefused(_no_value(rule, name), path=f"$.values.{name}")
        fault = vocabulary.fault(alike, name, value)
        if fault is not None:
            raise OverrideRefused(fault, path=f"$.values.{name}")
        if not all(same(value, rule.values[name]) for rule in rules):
            changed[name] = value
    if not changed:
        raise OverrideRefused(NO_VALUES, path="$.values")
    return changed


def _no_value(rule: Rule, name: str) -> Text:
    known, shown = ", ".join(rule.values), name[:60]
    return Text(
        f"The rule {rule.id} has no value “{shown}”; it has {known}",
        f"规则 {rule.id} 没有数值“{shown}”，可用：{known}",
        f"規則 {rule.id} 沒有數值「{shown}」，可用：{known}",
    )


def _try(plugin: str, rule: Rule, changed: Mapping[str, str], on: date) -> None:
    """Let every regime of the plug-in compute with the values. Raises OverrideRefused."""
    before = snapshot.current().rule_set(plugin, on)
    changed_rule = replace(rule, values={**rule.values, **changed})
    after = RuleSet(on, {**before.rules, rule.key or rule.id: changed_rule})
    for one in providers.all_regimes():
        if one.plugin != plugin:
            continue
        for shipment in trials(one.object):
            if breaks(one.object, shipment, after) and not breaks(one.object, shipment, before):
                raise OverrideRefused(_cannot(one.object.title, changed), path="$.values")


def _cannot(title: Text, changed: Mapping[str, str]) -> Text:
    said = ", ".join(f"{name} = {value}"[:60] for name, value in changed.items())
    return Text(
        f"“{title.en}” cannot compute with {said}",
        f"“{title.in_language('zh-hans')}”无法以 {said} 计算",
        f"「{title.in_language('zh-hant')}」無法以 {said} 計算",
    )


def breaks(regime: DutyRegime, shipment: ShipmentFacts, rules: RuleSet) -> bool:
    """Say whether a regime raises, or charges less than nothing, by these rules."""
    view = TariffView(rules.on, regime.jurisdiction, {})
    context: Any = None  # a regime is pure; one that needs settings breaks with and without
    try:
        made = regime.assess(context, shipment, rules, view, rules.on)
    except Exception:  # whatever a regime raises would pause it later
        return True
    return any(charge.amount.amount < 0 for charge in made.charges)


def trials(regime: DutyRegime) -> list[ShipmentFacts]:
    """Return shipments that ask for the regime, small and large, by every way of import."""
    country = next((code for code in sorted(regime.countries) if code != "*"), "DE")
    own = {"duty": Decimal(5)}  # the rule's VAT holds
    goods = (("610910", own), ("330499", {**own, "vat": Decimal(10)}))
    return [
        ShipmentFacts(
            country=country,
            region="SP" if country == "BR" else "",
            currency=regime.currencies[0] if regime.currencies else "EUR",
            channel=mode,
            regime=regime.key,
            lines=tuple(
                ShipmentLine("", price, 2, code, "CN", rates, "50 ml", Decimal(1), Decimal(1))
                for code, rates in goods
            ),
            freight=Decimal(7),
            mode="sea",
            fx=dict.fromkeys(regime.foreign, Decimal(5)),
            facts={"personal_use": True, "buyer_id_verified": True, "payer_is_buyer": True},
        )
        for mode in MODES
        for price in PRICES
    ]


def _store(row: RuleOverride) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            about = {"plugin": row.plugin, "key": row.key, "values": row.values}
            record(row.author, "customs.override", str(row.pk), **about)
            touch()
    except IntegrityError:
        # The trigger that keeps overrides apart: another one may have come a moment ago.
        raise OverrideRefused(COVERED, path="$.valid_from") from None
