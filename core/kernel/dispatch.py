"""Calls every plug-in that is on, and combines the answers as the hook's policy says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

from core.kernel import breaker, contexts, guard
from core.kernel.arguments import watch
from core.kernel.calls import CALLS
from core.kernel.errors import ProviderFailed, UnknownHook
from core.kernel.guard import Failure, Turn
from core.kernel.loop import PAUSED, Answer, by_order, loop_for
from core.kernel.plans import PLANS, Plan, Step, plan_for
from core.kernel.snapshot import Freshness, refresh
from core.pluginapi import ChannelRef, Combine, Level, Text, Verdict

T = TypeVar("T")

UNMADE = Text(
    "A check could not be made; an operator will look at it",
    "有一项检查未能完成，将由运营人员处理",
    "有一項檢查未能完成，將由營運人員處理",
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The worst of all verdicts, with every reason; a check that failed holds."""

    level: Level
    reasons: tuple[Answer[Verdict], ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether nothing holds or denies."""
        return self.level < Level.HOLD


def collect(hook: str, channel: ChannelRef | None, values: tuple[Any, ...]) -> list[Answer[Any]]:
    """Ask everyone; items sorted by (order, plug-in, code). Failures leave only their own out."""
    started = monotonic()
    if started >= Freshness.due:
        _renew()
    place = "" if channel is None else channel.key
    plan = PLANS.get((hook, place)) or plan_for(hook, channel)
    if not plan.steps:
        return []
    return _ask_all(plan, values, None, started)


def collect_or_fail(
    hook: str, channel: ChannelRef | None, values: tuple[Any, ...]
) -> tuple[list[Answer[Any]], tuple[Failure, ...]]:
    """Ask everyone like :func:`collect`, and name those who gave no answer."""
    plan, failures = _plan(hook, channel), list[Failure]()
    return _ask_all(plan, values, failures), tuple(failures)


def first(hook: str, channel: ChannelRef | None, values: tuple[Any, ...]) -> Answer[Any] | None:
    """Ask in the operator's order until one answers."""
    plan = _plan(hook, channel)
    answers = _ask_all(plan, values, None) if plan.steps else ()
    return answers[0] if answers else None


def judge(hook: str, channel: ChannelRef | None, values: tuple[Any, ...]) -> Judgement:
    """Ask everyone; the worst verdict wins and whoever could not judge holds."""
    plan = _plan(hook, channel)
    if not plan.steps:
        return ALLOWED
    failures: list[Failure] = []
    answers = _ask_all(plan, values, failures)
    answers += [
        Answer(failure.plugin, Verdict(Level.HOLD, "check_failed", UNMADE)) for failure in failures
    ]
    answers.sort(key=lambda answer: (-answer.value.level, answer.plugin))
    level = answers[0].value.level if answers else Level.ALLOW
    return Judgement(level, tuple(answers))


def implementers(hook: str, channel: ChannelRef | None) -> tuple[str, ...]:
    """Return the plug-ins that are on and implement ``hook``, in the order of their turns."""
    return tuple(step.key for step in _plan(hook, channel).steps)


def deliver(
    hook: str, plugin: str, channel: ChannelRef | None, given: Mapping[str, object]
) -> None:
    """Tell one plug-in of an event. Nothing happens when it is off by now.

    Raises ProviderFailed when it failed; the caller's job tries again.
    """
    plan = _plan(hook, channel)
    values = tuple(given[name] for name in plan.spec.arguments)
    for step in plan.steps:
        if step.key == plugin:
            failures: list[Failure] = []
            _ask_one(plan, step, values, failures)
            for failure in failures:
                raise ProviderFailed(
                    plugin, hook, failure.reason, permanent=failure.permanent
                ) from failure.error


def tell(hook: str, channel: ChannelRef | None, values: tuple[Any, ...]) -> tuple[Failure, ...]:
    """Tell everyone of an event; returns who failed."""
    plan = _plan(hook, channel)
    failures: list[Failure] = []
    for step in plan.steps:
        _ask_one(plan, step, values, failures)
    return tuple(failures)


def fire(
    plugin: str, hook: str, channel: ChannelRef | None, given: Mapping[str, object]
) -> list[Answer[Any]] | Answer[Any] | Judgement | tuple[Failure, ...] | None:
    """Fire a plug-in's own hook; answers as its policy combines. Raises UnknownHook."""
    spec = _plan(hook, channel).spec
    if spec.owner != plugin:
        raise UnknownHook(f"{hook!r} is not a hook of {plugin}")
    if set(given) != set(spec.arguments):
        raise UnknownHook(f"{hook} takes {', '.join(spec.arguments) or 'no arguments'}")
    values = tuple(given[name] for name in spec.arguments)
    combined: list[Answer[Any]] | Answer[Any] | Judgement | tuple[Failure, ...] | None
    combined = _COMBINED.get(spec.policy.combine, collect)(hook, channel, values)
    return combined


def _plan(hook: str, channel: ChannelRef | None) -> Plan:
    if monotonic() >= Freshness.due:
        _renew()
    place = "" if channel is None else channel.key
    return PLANS.get((hook, place)) or plan_for(hook, channel)


def _renew() -> None:
    refresh()
    breaker.read()


def _ask_all(
    plan: Plan,
    values: tuple[Any, ...],
    failures: list[Failure] | None,
    started: float | None = None,
) -> list[Answer[Any]]:
    if not plan.thorough and CALLS.call.plugin is None:
        ask = plan.ask
        if ask is None:
            ask = plan.ask = loop_for(plan)
        told: list[Answer[Any]] = ask(plan, values, failures, started or monotonic())
        return told
    answers: list[Answer[Any]] = []
    for step in plan.steps:
        answers += _ask_one(plan, step, values, failures)
        if plan.first and answers:
            break
    if plan.ordered and len(answers) > 1:
        answers.sort(key=by_order)
    return answers


def _ask_one(
    plan: Plan, step: Step, values: tuple[Any, ...], failures: list[Failure] | None
) -> list[Answer[Any]]:
    """Give one plug-in its turn with every check."""
    turn = Turn(step.key, plan.hook, plan.place, plan.budget)
    if step.unusable or (step.watched and not breaker.admit(step.key, plan.hook)):
        if failures is not None:
            failures.append(Failure(step.key, step.unusable or PAUSED))
        return []
    watched = watch(values, plan.collectors) if plan.watching else None
    currency = plan.currency(values)

    def work() -> Any:
        value = step.call(step.context, *values)
        if value is None or plan.spec.policy.combine is Combine.EVENT:
            return ()
        if plan.shape.many:
            return plan.shape.items(value, currency)
        plan.shape.one(value, currency)
        return (value,)

    rows = guard.asked(
        turn,
        work,
        watched=watched,
        savepoint=plan.spec.policy.db,
        writes=plan.thorough,
    )
    if isinstance(rows, Failure):
        if failures is not None:
            failures.append(rows)
        return []
    if step.watched:
        breaker.succeeded(step.key, plan.hook)
    return [Answer(step.key, row) for row in rows]


ALLOWED = Judgement(Level.ALLOW)
_COMBINED: dict[Combine, Any] = {
    Combine.COLLECT: collect,
    Combine.SLOT: collect,
    Combine.FIRST: first,
    Combine.VERDICT: judge,
    Combine.EVENT: tell,
}
contexts.own_hooks(fire)
