"""Which limit holds on which day, and what gives an amount back: dated rules, never code.

``<jurisdiction>.quota.release`` (``cn.quota.release``) is the rule of releases, with the values
``before_clearance`` and ``after_clearance`` (yes or no), ``returned_within_days`` and
``arrived_within_days`` (counted from the day of clearance).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from core.pluginapi import QuotaUse, Rule, Text
from customs import snapshot
from customs.quota.errors import QuotaRefused
from customs.quota.types import Passage


def limit_on(use: QuotaUse, jurisdiction: str, day: date) -> tuple[Decimal, Rule]:
    """Return the limit in force and its rule. Raises QuotaRefused when there is none."""
    rule = rule_on(use.rule, jurisdiction, day)
    if rule is None or use.value not in rule.values:
        raise QuotaRefused(
            "no_rule",
            Text(
                f"No rule in force on {day} says how much a person may import.",
                f"{day} 没有生效的个人年度限额规则。",
                f"{day} 沒有生效的個人年度限額規則。",
            ),
        )
    return Decimal(rule.values[use.value]), rule


def release_rule(jurisdiction: str, passage: Passage, day: date) -> Rule | None:
    """Return the rule by which a passage gives its amount back on ``day``, or None."""
    rule = rule_on(f"{jurisdiction.lower()}.quota.release", jurisdiction, day)
    return rule if rule and _gives_back(rule, passage) else None


def rule_on(key: str, jurisdiction: str, day: date) -> Rule | None:
    """Return the rule of a key that is in force, operators' overrides resolved, or None."""
    return snapshot.current().rules_of(frozenset((jurisdiction,)), day).get(key)


def _gives_back(rule: Rule, passage: Passage) -> bool:
    values = rule.values
    if passage.cleared is None:
        return values["before_clearance"] == "yes"
    if values["after_clearance"] == "yes":
        return True
    if passage.returned is None or passage.arrived is None:
        return False
    applied, arrived = (day - passage.cleared for day in (passage.returned, passage.arrived))
    in_time = applied.days <= int(values["returned_within_days"])
    return in_time and arrived.days <= int(values["arrived_within_days"])
