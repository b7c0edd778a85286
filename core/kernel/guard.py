"""Calls one plug-in so that whatever it does costs its own answer alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import getcontext
from typing import Any, NamedTuple

from django.db import connection, transaction

from core.accounts.services import record
from core.kernel import breaker, database, incidents
from core.kernel.arguments import Watched, put_back
from core.kernel.calls import CALLS, Call, suspended
from core.kernel.errors import ForbiddenWrite, TamperedState, WrongAnswer
from core.kernel.surroundings import Arithmetic, Surroundings, arithmetic_of
from core.pluginapi import InvalidInput, PluginError, Unavailable

SLOW_FACTOR = 4


class Failure(NamedTuple):
    """Why one plug-in gave no answer. ``permanent`` says that trying again will not help."""

    plugin: str
    reason: str
    permanent: bool = False
    error: BaseException | None = None


class Turn(NamedTuple):
    """Whose turn it is, for what, and how long it should take in seconds."""

    plugin: str
    hook: str
    place: str
    budget: float


class Before(NamedTuple):
    """How things were before a plug-in's turn."""

    arithmetic: Arithmetic
    surroundings: Surroundings
    watched: list[Watched] | None


def kind_of(error: BaseException) -> str:
    """Return the word under which an incident of ``error`` is listed."""
    for kind, word in _KINDS:
        if isinstance(error, kind):
            return word
    return "exception"


_KINDS: tuple[tuple[type[BaseException], str], ...] = (
    (WrongAnswer, "wrong_answer"),
    (ForbiddenWrite, "forbidden_write"),
    (TamperedState, "tampered"),
    (Unavailable, "unavailable"),
    (SystemExit, "exit"),
    (MemoryError, "memory"),
    (RecursionError, "recursion"),
    (PluginError, "plugin_error"),
)


def describe(error: BaseException) -> str:
    """Return an error as one sentence: a PluginError's own words, else with its type."""
    text = " ".join(str(error).split())[:500]
    if isinstance(error, (PluginError, WrongAnswer, TamperedState, ForbiddenWrite)):
        return text or type(error).__name__
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def failed(turn: Turn, error: BaseException, *, arguments: object = None) -> Failure:
    """Record what went wrong in a turn, count it, and return it as a value."""
    reason = describe(error)
    incidents.report(
        turn.plugin,
        turn.hook,
        kind_of(error),
        reason,
        channel=turn.place,
        error=error,
        arguments=arguments,
    )
    if isinstance(error, ForbiddenWrite):
        _audit(turn, reason)
    breaker.failed(turn.plugin, turn.hook)
    return Failure(turn.plugin, reason, getattr(error, "permanent", False), error)


def slow(turn: Turn, seconds: float) -> None:
    """Record that a turn took much longer than its budget; five in a minute pause it."""
    message = f"took more than {turn.budget * SLOW_FACTOR:g} s, {turn.budget:g} s are planned"
    incidents.report(turn.plugin, turn.hook, "slow", message, channel=turn.place)
    incidents.log.info("%s took %.3f s in %s", turn.plugin, seconds, turn.hook)
    breaker.failed(turn.plugin, turn.hook, weight=0)


def run(
    turn: Turn,
    work: Callable[[], Any],
    *,
    watched: list[Watched] | None = None,
    savepoint: bool = True,
    writes: bool = True,
) -> Any:
    """Do ``work`` of a plug-in with every check, and return its answer.

    With ``savepoint`` the work runs inside one, else inside one from its first query on when a
    transaction is open. Raises what the plug-in raised, or TamperedState; all that it changed is
    put back first.
    """
    call = CALLS.call
    before = Before(arithmetic_of(call), Surroundings.taken(mask=savepoint or writes), watched)
    outer = _enter(call, turn, covered=savepoint, writes=writes)
    started = time.monotonic()
    try:
        if not savepoint:
            return _checked(call, work, before)
        with transaction.atomic():
            return _checked(call, work, before)
    finally:
        _leave(call, outer)
        seconds = time.monotonic() - started
        if seconds > turn.budget * SLOW_FACTOR:
            slow(turn, seconds)


def asked(turn: Turn, work: Callable[[], Any], **options: Any) -> Any | Failure:
    """Do ``work`` like :func:`run`, but return a Failure instead of raising."""
    try:
        return run(turn, work, **options)
    except InvalidInput as error:
        return Failure(turn.plugin, describe(error), True, error)
    except (Exception, SystemExit) as error:
        return failed(turn, error)


def _enter(call: Call, turn: Turn, *, covered: bool, writes: bool) -> tuple[Any, ...]:
    outer = (
        call.plugin, call.hook, call.deadline, call.writes, call.touched, call.savepoint,
        call.covered,
    )  # fmt: skip
    call.plugin, call.hook, call.writes = turn.plugin, turn.hook, writes
    call.touched, call.savepoint, call.covered = False, None, covered
    call.deadline = time.monotonic() + turn.budget
    return outer


def _leave(call: Call, outer: tuple[Any, ...]) -> None:
    call.plugin, call.hook, call.deadline, call.writes, call.touched, call.savepoint = outer[:6]
    call.covered = outer[6]


def _checked(call: Call, work: Callable[[], Any], before: Before) -> Any:
    try:
        answer = work()
    except BaseException:
        database.after(call, failed=True)
        _repair(call, before)
        raise
    if call.covered and connection.needs_rollback:
        raise TamperedState("broke the transaction and kept silent about it")
    database.after(call, failed=False)
    changed = _repair(call, before)
    if changed:
        raise TamperedState(f"changed what others share: {', '.join(changed)}")
    return answer


def _repair(call: Call, before: Before) -> list[str]:
    """Put back what was changed and name it; what raised no alarm is not looked at again."""
    changed = []
    arithmetic = before.arithmetic
    if call.alarm or getcontext() is not arithmetic.context:
        if arithmetic.repair():
            changed.append("decimal context")
        call.alarm = arithmetic.foreign or arithmetic is not call.arithmetic
    changed += before.surroundings.repaired()
    if before.watched and put_back(before.watched):
        changed.append("arguments")
    return changed


def _audit(turn: Turn, reason: str) -> None:
    try:
        with suspended(), transaction.atomic():
            record(f"plugin:{turn.plugin}", "write.refused", turn.hook, reason=reason)
    except Exception:
        incidents.log.exception("the audit log could not be written")
