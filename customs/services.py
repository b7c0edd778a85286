"""Assessment: every regime of the destination is asked, one is chosen or all is refused."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from datetime import date, datetime

from core.kernel import hooks, providers
from core.kernel.errors import ProviderFailed
from core.kernel.provided import Provided
from core.pluginapi import (
    Assessment,
    ChannelRef,
    DutyRegime,
    InvalidInput,
    Outcome,
    Rule,
    ShipmentFacts,
    Text,
)
from customs import snapshot
from customs.checks import first_fault
from customs.loading import load_rules
from customs.overriding import override_rule, withdraw_override
from customs.snapshot import Snapshot
from customs.types import AssessmentReport, Considered

__all__ = ["assess", "load_rules", "override_rule", "withdraw_override"]

RETRY_SECONDS = 60.0
_compared: set[str] = set()
_tried_again_at: dict[str, float] = {}
"""When a plug-in's rules are loaded again that could not be loaded, by this process's clock."""

HOLDS = (Outcome.OK, Outcome.EXEMPT)
NO_REGIME = Text(
    "No way of import into this country is switched on for this channel",
    "该渠道未启用该目的地的进口方式",
    "該通路未啟用該目的地的進口方式",
)
UNKNOWN_REGIME = Text(
    "The regime that was asked for is not known here", "未知的通关方式", "未知的通關方式"
)
NOT_PREFERRED = Text(
    "This kind of channel does not import that way",
    "该渠道类型不采用此通关方式",
    "該通路類型不採用此通關方式",
)
FAILED = Text(
    "The regime could not be computed; the operator is informed",
    "通关税费计算失败，已通知运营人员",
    "通關稅費計算失敗，已通知營運人員",
)


def assess(
    shipment: ShipmentFacts,
    *,
    channel: ChannelRef | None,
    on: date,
    prefer: tuple[str, ...] = (),
    known_at: datetime | None = None,
    among: Collection[str] | None = None,
) -> AssessmentReport:
    """Assess ``shipment`` by the rules of ``on``, every amount in the shipment's currency.

    Asked: the regimes of the destination that are on in ``channel``. ``prefer`` names regimes or
    families (``cn.cbec``) that the channel's kind may use; it binds only where the destination has
    one of them. Chosen: the lowest ``order`` that holds. Otherwise the report refuses with the
    first reason. Nothing raises for what the shipment is; the report says it. With ``known_at``
    the rules and tariffs are those that were known at that moment; ``among`` leaves out regimes
    of other keys, which an old assessment had not.
    """
    fault = first_fault(shipment)
    if fault:
        return _refusal(shipment, on, "invalid_input", fault.message, path=fault.path)
    regimes = providers.regimes(channel, shipment.country)
    if among is not None:
        regimes = tuple(one for one in regimes if one.key in among)
    state = state_with(regimes) if known_at is None else snapshot.known(known_at)
    rules = state.rules_of(frozenset(one.object.jurisdiction for one in regimes), on)
    judged = hooks.check_import(channel, shipment=shipment, rules=rules, at=on)
    if not judged.allowed:
        worst = max(judged.reasons, key=lambda answer: answer.value.level).value
        path = str(worst.data.get("path", ""))
        return _refusal(shipment, on, worst.code, worst.message, path=path)
    asked = [one for one in regimes if not shipment.regime or _of(one, (shipment.regime,))]
    if not asked:
        text = UNKNOWN_REGIME if regimes else NO_REGIME
        return _refusal(shipment, on, "no_regime", text)
    allowed = prefer if any(_of(one, prefer) for one in asked) else ()
    considered = tuple(
        _consider(one, shipment, channel, on, state)
        if not allowed or _of(one, allowed)
        else _skipped(one)
        for one in asked
    )
    return _choose(shipment, considered, state, on)


def _of(one: Provided[DutyRegime], names: Sequence[str]) -> bool:
    return one.key in names or (bool(one.object.family) and one.object.family in names)


def state_with(asked: Sequence[Provided[DutyRegime]]) -> Snapshot:
    """Return the rules in memory, after loading what is not what the plug-ins' code brings.

    A process compares each plug-in once: its code may be newer than what is stored. One whose
    rules cannot be loaded is tried again after a minute, not by every quote.
    """
    state = snapshot.current()
    plugins = {one.plugin for one in asked}
    due = {one for one in plugins if one not in _compared or one not in state.loaded}
    due -= {one for one in due if _tried_again_at.get(one, 0.0) > time.monotonic()}
    if not due:
        return state
    reports = load_rules([one for one in providers.all_regimes() if one.plugin in due])
    again = time.monotonic() + RETRY_SECONDS
    _tried_again_at.update({one.plugin: again for one in reports if one.problem})
    _compared.update(due)
    return snapshot.current()


def _consider(
    one: Provided[DutyRegime],
    shipment: ShipmentFacts,
    channel: ChannelRef | None,
    on: date,
    state: Snapshot,
) -> Considered:
    title = one.object.title
    try:
        rules = state.rule_set(one.plugin, on)
        codes = (line.hs_code for line in shipment.lines)
        view = state.view(one.object.jurisdiction, codes, on)
        made = providers.regime_assess(
            channel, one.key, shipment=shipment, rules=rules, tariff=view, at=on
        )
        _check(made, shipment)
    except (ProviderFailed, InvalidInput):
        return Considered(one.key, one.plugin, title, True, None, "regime_failed", FAILED)
    opened = made.outcome is not Outcome.NOT_OPEN
    return Considered(one.key, one.plugin, title, opened, made, made.refusal_code, made.message)


def _check(made: Assessment, shipment: ShipmentFacts) -> None:
    """Refuse an assessment whose amounts cannot be right. Raises InvalidInput."""
    if made.outcome in HOLDS and made.currency != shipment.currency:
        raise InvalidInput("the assessment is in another currency")
    for charge in made.charges:
        if charge.amount.currency != made.currency or charge.amount.amount < 0:
            raise InvalidInput("a charge is negative or in another currency")
        if not charge.rule_id or not charge.source:
            raise InvalidInput("a charge names no rule or no source")
        if charge.line is not None and not 0 <= charge.line < len(shipment.lines):
            raise InvalidInput("a charge is on a line that does not exist")


def _skipped(one: Provided[DutyRegime]) -> Considered:
    return Considered(
        one.key, one.plugin, one.object.title, False, None, "not_for_channel", NOT_PREFERRED
    )


def _choose(
    shipment: ShipmentFacts, considered: tuple[Considered, ...], state: Snapshot, on: date
) -> AssessmentReport:
    made = [one.assessment for one in considered if one.assessment]
    chosen = next((one for one in made if one.outcome in HOLDS), None)
    rules = _rules_used(considered, state, on)
    if chosen:
        return AssessmentReport(
            on, shipment.currency, chosen, considered, epoch=state.token, rules=rules
        )
    first = min(considered, key=_telling)
    path = str(first.assessment.facts.get("path", "")) if first.assessment else ""
    return AssessmentReport(
        on, shipment.currency, None, considered, first.code, first.message, path, state.token, rules
    )


def _telling(one: Considered) -> int:
    """Rank what a refusal is told by: what was open, then what names a limit or a day."""
    if one.applicable:
        return 0
    return 2 if one.code in ("other_mode", "not_for_channel") else 1


def _rules_used(considered: tuple[Considered, ...], state: Snapshot, on: date) -> dict[str, Rule]:
    used: dict[str, Rule] = {}
    for one in considered:
        if one.assessment is None:
            continue
        named = {charge.rule_id for charge in one.assessment.charges}
        named.update(one.assessment.rules_used)
        by_id = state.rules_by_id(one.plugin, on)
        used |= {name: by_id[name] for name in named if name in by_id}
    return used


def _refusal(
    shipment: ShipmentFacts, on: date, code: str, message: Text, *, path: str = ""
) -> AssessmentReport:
    return AssessmentReport(on, shipment.currency, None, (), code, message, path)
