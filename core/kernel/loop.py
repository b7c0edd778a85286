"""The platform's hot loop: every plug-in's turn of one request-time hook.

It is put together for each hook, as ``dataclasses`` puts together ``__init__``: what the hook's
policy does not call for is left out, and the check of its answer stands inside, because a function
call for each check would cost more than the check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import getcontext
from time import monotonic
from typing import Any, Generic, TypeVar

import msgspec

from core.kernel import breaker, database, guard, incidents
from core.kernel.arguments import Watched, put_back, watch
from core.kernel.calls import CALLS, Call
from core.kernel.errors import TamperedState
from core.kernel.guard import Failure, Turn
from core.kernel.plans import Plan, Step
from core.kernel.results import expression, listed
from core.kernel.specs import Spec
from core.kernel.surroundings import Arithmetic, observe

T = TypeVar("T")
PAUSED = "paused after repeated failures"
OVER_BUDGET = "left out: the time that plug-ins may take of this request is used up"


class Answer(msgspec.Struct, Generic[T], frozen=True, gc=False):
    """What one plug-in answered; unpacks like a pair.

    A Struct, because one is made in less than half the time of a NamedTuple.
    """

    plugin: str
    value: T

    def __iter__(self) -> Iterator[Any]:
        """Yield the plug-in and the value."""
        yield self.plugin
        yield self.value


Loop = Callable[[Plan, tuple[Any, ...], "list[Failure] | None", float], list[Answer[Any]]]

HEAD = """
def ask_all(plan, values, failures, started):
    answers = []
    add, answer, call = answers.append, Answer, CALLS.call
    now, context_of, slow_after = monotonic, getcontext, plan.slow_after
    {arguments} = values
    currency = {currency}
    watched = {watched}
    {stop}
    known, context = call.arithmetic, context_of()
    if call.alarm or known.context is not context:
        known = observe(call)
    moment, last, who, messy = started, LEAST, None, False
    deadline, call.deadline, call.hook = call.deadline, started + plan.budget, plan.hook
    try:
        for key, function, ctx, step in plan.turns:
            if {skipped}:
                if left_out(plan, step, failures, {over}):
                    continue
            call.plugin = key
            try:
                value = function(ctx, {arguments})
"""
MANY = """
                kind = type(value)
                if kind is tuple or kind is list:
                    rows = value
                else:
                    rows = () if value is None else listed(value)
                for value in rows:
                    if not ({check}):
                        plan.shape.one(value, currency)
"""
ONE = """
                if value is not None and not ({check}):
                    plan.shape.one(value, currency)
"""
CHECKS = """
                if call.alarm or context_of() is not context:
                    look_closer(call, known)
"""
UNCHANGED = """
                if watched:
                    for container, before in watched:
                        if container != before:
                            raise TamperedState("changed its arguments")
"""
FAILED = """
            except (Exception, SystemExit) as error:
                fail(plan, step, error, failures, (call, known, watched, values))
            else:
"""
KEEP_MANY = """
                for value in rows:
                    add(answer(key, value))
"""
KEEP_ORDERED = """
                for value in rows:
                    order = value.order
                    if order < last or key is who:
                        messy = True
                    last, who = order, key
                    add(answer(key, value))
"""
KEEP_ONE = """
                if value is not None:
                    add(answer(key, value))
"""
TAIL = """
                {success}
            before = moment
            moment = now()
            if moment - before > slow_after:
                slow(plan, step, call, moment - before)
"""
FIRST = """
            if answers:
                break
"""
END = """
    finally:
        call.plugin, call.deadline = None, deadline
        call.spent += moment - started
"""
SORT = """
    if messy:
        answers.sort(key=by_order)
"""


def loop_for(plan: Plan) -> Loop:
    """Return the loop of a plan's hook, compiled at its first use."""
    name = (plan.spec, any(step.watched for step in plan.steps))
    loop = _LOOPS.get(plan.hook + str(name[1]))
    if loop is None or loop[0] is not plan.spec:
        loop = _LOOPS[plan.hook + str(name[1])] = (plan.spec, _compiled(plan))
    return loop[1]


_LOOPS: dict[str, tuple[Spec, Loop]] = {}


def _skipped(plan: Plan) -> str:
    guarded = any(step.watched for step in plan.steps)
    terms = ["step.watched"] * guarded + ["moment >= stop_at"] * plan.skippable
    return " or ".join(terms) or "False"


def _compiled(plan: Plan) -> Loop:
    """Put together only the steps that the hook's policy and types call for."""
    scope = dict(_SCOPE)
    keep = (KEEP_ORDERED if plan.ordered else KEEP_MANY) if plan.shape.many else KEEP_ONE
    parts = [
        HEAD,
        MANY if plan.shape.many else ONE,
        CHECKS,
        UNCHANGED if plan.watching else "",
        FAILED,
        keep,
        TAIL,
        FIRST if plan.first else "",
        END,
        SORT if plan.ordered else "",
        "    return answers\n",
    ]
    named, guarded = plan.spec.arguments, any(step.watched for step in plan.steps)
    words = {
        "{arguments}": "".join(f"{name}, " for name in named),
        "{currency}": f"{named[plan.money_from]}.currency" if plan.money_from >= 0 else "None",
        "{watched}": "watch(values, plan.collectors)" if plan.watching else "None",
        "{stop}": "stop_at = started + call.limit - call.spent" if plan.skippable else "",
        "{over}": "moment >= stop_at" if plan.skippable else "False",
        "{skipped}": _skipped(plan),
        "{success}": "if step.watched: breaker.succeeded(key, plan.hook)" if guarded else "pass",
        "{check}": expression(plan.shape.item, scope),
    }
    source = "".join(parts)
    for word, code in words.items():
        source = source.replace(word, code)
    exec(compile(source, f"<loop of {plan.hook}>", "exec"), scope)  # noqa: S102
    loop: Loop = scope["ask_all"]
    return loop


Guarded = tuple[Call, Arithmetic, "list[Watched] | None", tuple[Any, ...]]


def left_out(plan: Plan, step: Step, failures: list[Failure] | None, over: bool) -> bool:
    """Say whether a plug-in is paused, cannot be used, or comes too late, and note it."""
    if over:
        incidents.report(step.key, plan.hook, "budget", OVER_BUDGET, channel=plan.place)
        return True
    if not step.unusable and breaker.admit(step.key, plan.hook):
        return False
    if failures is not None:
        failures.append(Failure(step.key, step.unusable or PAUSED))
    return True


def look_closer(call: Call, known: Arithmetic) -> None:
    """Find out whether an alarm meant something. Raises TamperedState."""
    if known.changed():
        raise TamperedState("changed the decimal context")
    if call.touched:
        database.after(call, failed=False)
    call.alarm = known.foreign


def _turn(plan: Plan, step: Step) -> Turn:
    return Turn(step.key, plan.hook, plan.place, plan.budget)


def slow(plan: Plan, step: Step, call: Call, seconds: float) -> None:
    call.plugin = None
    guard.slow(_turn(plan, step), seconds)


def fail(
    plan: Plan,
    step: Step,
    error: BaseException,
    failures: list[Failure] | None,
    guarded: Guarded,
) -> None:
    """Put back whatever the plug-in changed before it failed, and record the failure."""
    call, arithmetic, watched, values = guarded
    call.plugin = None
    arithmetic.repair()
    if watched:
        put_back(watched)
    if call.touched:
        database.after(call, failed=True)
    call.alarm = arithmetic.foreign
    failure = guard.failed(_turn(plan, step), error, arguments=values)
    if failures is not None:
        failures.append(failure)


def by_order(answer: Any) -> tuple[Any, str, str]:
    """Return what answers with an ``order`` are sorted by."""
    return answer.value.order, answer.plugin, getattr(answer.value, "code", "")


_SCOPE: dict[str, Any] = {
    "CALLS": CALLS,
    "monotonic": monotonic,
    "getcontext": getcontext,
    "Answer": Answer,
    "TamperedState": TamperedState,
    "LEAST": float("-inf"),
    "breaker": breaker,
    "by_order": by_order,
    "fail": fail,
    "left_out": left_out,
    "listed": listed,
    "look_closer": look_closer,
    "observe": observe,
    "slow": slow,
    "watch": watch,
}
