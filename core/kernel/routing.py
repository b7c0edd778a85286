"""Finds the one object that a key names, and calls a method of it under guard."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any, NamedTuple

from core.kernel import breaker, configuration, guard, isolation, snapshot
from core.kernel.arguments import Watched, watch_any
from core.kernel.contexts import context_for
from core.kernel.errors import ProviderFailed, ProviderMissing, WrongAnswer
from core.kernel.guard import Turn
from core.kernel.provided import Provided
from core.kernel.registry import Plugin, registry
from core.kernel.results import Shape, check_of, shape_of
from core.kernel.snapshot import Snapshot
from core.kernel.wire import Limits, signature
from core.pluginapi import ChannelRef, InvalidInput
from core.shared.money import Money

BATCH = 200
PURE = frozenset({"register_duty_regimes"})
QUESTIONS = frozenset({"carriers.quote"})
"""What is asked while a page waits: as with a regime, nothing is written there."""
STREAM_BUDGET = 60.0
LIMITS = {
    "fx_sources": Limits(cpu_seconds=20, wall_seconds=60, memory_bytes=512 << 20),
    "carriers": Limits(cpu_seconds=20, wall_seconds=60, memory_bytes=512 << 20),
}
"""What a child process may use, by what the plug-in registered; elsewhere the usual limits."""


class Route(NamedTuple):
    """How one method of one provided object is called in a channel."""

    provided: Provided[Any]
    plugin: Plugin
    turn: Turn
    shape: Shape
    function: Callable[..., Any]


_every: dict[tuple[str, str], tuple[Provided[Any], ...]] = {}
_routes: dict[tuple[str, str, str, str, float], Route] = {}
snapshot.on_change(_every.clear)
snapshot.on_change(_routes.clear)


def every(hook: str, channel: ChannelRef | None) -> tuple[Provided[Any], ...]:
    """Return what plug-ins that are on handed over, by the operator's priority, plug-in, key."""
    now_on = snapshot.current()
    place = channel.key if channel else ""
    known = _every.get((hook, place))
    if known is None:
        known = _every[hook, place] = _in_order(hook, place, now_on)
    return known


def _in_order(hook: str, place: str, now_on: Snapshot) -> tuple[Provided[Any], ...]:
    plugins = registry().plugins
    found = [
        one
        for one in registry().provided.get(hook, {}).values()
        if now_on.is_on(plugins[one.plugin], place)
    ]
    found.sort(key=lambda one: (now_on.priority(plugins[one.plugin], place), one.plugin, one.key))
    return tuple(found)


def find(hook: str, channel: ChannelRef | None, key: str) -> tuple[Provided[Any], Plugin]:
    """Return the object that answers to ``key`` here. Raises ProviderMissing, saying why."""
    provided = registry().provided.get(hook, {}).get(key)
    if provided is None:
        raise ProviderMissing(key, f"no loaded plug-in brings {key!r}")
    plugin = registry().plugins[provided.plugin]
    place = channel.key if channel else ""
    if not snapshot.current().is_on(plugin, place):
        where = f"in {place}" if place else "for the platform"
        raise ProviderMissing(key, f"{plugin.key} is not switched on {where}", plugin=plugin.key)
    return provided, plugin


def ask(
    hook: str,
    channel: ChannelRef | None,
    key: str,
    method: str,
    values: tuple[Any, ...],
    *,
    budget: float,
    context: bool = True,
    optional: bool = False,
    currency: str | None = None,
    positive: bool = False,
    named: Mapping[str, Any] | None = None,
) -> Any:
    """Call ``method`` of the object that answers to ``key`` and return its checked answer.

    ``named`` are the arguments by name for a call that may run in a child process. Raises
    ProviderFailed; None counts as no answer unless ``optional``.
    """
    _, plugin, turn, shape, function = _route(hook, channel, key, method, budget)

    def work() -> Any:
        if named is not None and isolated(plugin):
            answer = _in_child(
                isolation.run_isolated, turn, key, plugin, channel=channel, given=named
            )
        else:
            given = (context_for(plugin, channel), *values) if context else values
            answer = function(*given)
        return _judged(answer, shape, currency, optional=optional, positive=positive)

    watched = watch_any(values)
    writes = context and hook not in PURE and turn.hook not in QUESTIONS
    return _guarded(turn, key, work, writes=writes, watched=watched)


def _route(hook: str, channel: ChannelRef | None, key: str, method: str, budget: float) -> Route:
    snapshot.current()
    name = (hook, channel.key if channel else "", key, method, budget)
    known = _routes.get(name)
    if known is None:
        provided, plugin = find(hook, channel, key)
        shape = shape_of(signature("", _kind(hook), method).result)
        turn = _turn(hook, method, plugin, channel, budget)
        known = Route(provided, plugin, turn, shape, _method(provided, method))
        _routes[name] = known
    return known


def stream(
    hook: str,
    channel: ChannelRef | None,
    key: str,
    method: str,
    given: Mapping[str, Any],
    *,
    in_child: bool = False,
) -> Iterator[Any]:
    """Yield what ``method`` yields, each item checked. What was yielded before an error stands."""
    provided, plugin = find(hook, channel, key)
    turn = _turn(hook, method, plugin, channel, STREAM_BUDGET)
    function = _method(provided, method)
    item = signature("", _kind(hook), method).item
    check = Shape(False, item, check_of(item))

    def begin() -> Iterator[Any]:
        if in_child and isolated(plugin):
            return iter(
                _in_child(
                    isolation.stream_isolated, turn, key, plugin, channel=channel, given=given
                )
            )
        return iter(function(context_for(plugin, channel), *given.values()))

    source = _guarded(turn, key, begin)
    size = 1 if item is bytes else BATCH
    while True:
        batch, error, ended = _guarded(turn, key, lambda: _next(source, size, check))
        yield from batch
        if error is not None:
            raise _problem(turn, key, error) from error
        if ended:
            return


def isolated(plugin: Plugin) -> bool:
    """Say whether the plug-in's background work runs in a child process."""
    module = plugin.found.module
    known = isinstance(module, ModuleType) and sys.modules.get(module.__name__) is module
    return bool(plugin.manifest and plugin.manifest.isolated and known)


def _next(source: Iterator[Any], size: int, check: Shape) -> tuple[list[Any], Any, bool]:
    batch: list[Any] = []
    try:
        for item in source:
            check.one(item, None)
            batch.append(item)
            if len(batch) >= size:
                return batch, None, False
    except (Exception, SystemExit) as error:
        return batch, error, True
    return batch, None, True


def _in_child(
    run: Callable[..., Any],
    turn: Turn,
    key: str,
    plugin: Plugin,
    *,
    channel: ChannelRef | None,
    given: Mapping[str, Any],
) -> Any:
    kind, _, method = turn.hook.partition(".")
    return run(
        plugin.found.module.__name__,
        kind,
        key,
        method,
        given,
        settings=configuration.exported(plugin, turn.place),
        channel=channel,
        plugin=plugin.key,
        limits=LIMITS.get(kind),
    )


def _guarded(
    turn: Turn,
    key: str,
    work: Any,
    *,
    writes: bool = True,
    watched: list[Watched] | None = None,
) -> Any:
    if breaker.watched(turn.plugin, turn.hook) and not breaker.admit(turn.plugin, turn.hook):
        raise ProviderFailed(turn.plugin, key, "paused after repeated failures", retry_after=30)
    try:
        answer = guard.run(turn, work, savepoint=False, writes=writes, watched=watched)
    except (Exception, SystemExit) as error:
        raise _problem(turn, key, error) from error
    if breaker.watched(turn.plugin, turn.hook):
        breaker.succeeded(turn.plugin, turn.hook)
    return answer


def _problem(turn: Turn, key: str, error: BaseException) -> ProviderFailed:
    """Record what went wrong, unless the input was at fault, and return it for the caller."""
    if isinstance(error, InvalidInput):
        return ProviderFailed(
            turn.plugin, key, str(error), permanent=True, code=error.code, path=error.path
        )
    failure = guard.failed(turn, error)
    return ProviderFailed(
        turn.plugin,
        key,
        failure.reason,
        permanent=failure.permanent,
        retry_after=getattr(error, "retry_after", None),
    )


def _judged(
    answer: Any, shape: Shape, currency: str | None, *, optional: bool, positive: bool
) -> Any:
    if answer is None:
        if optional:
            return None
        raise WrongAnswer("gave no answer")
    if shape.many:
        answer = tuple(shape.items(answer, currency))
    else:
        shape.one(answer, currency)
    if positive:
        for one in answer if shape.many else (answer,):
            _check_positive(one)
    return answer


def _check_positive(answer: Any) -> None:
    amounts = [getattr(answer, name, None) for name in ("freight", "customs_value")]
    amounts += [charge.amount for charge in getattr(answer, "charges", ())]
    for amount in amounts:
        if isinstance(amount, Money) and amount.amount < 0:
            raise WrongAnswer(f"the amount {amount} is below zero")


def _method(provided: Provided[Any], method: str) -> Any:
    function = getattr(provided.object, method, None)
    if function is None:
        raise ProviderMissing(
            provided.key, f"{provided.key} cannot {method}", plugin=provided.plugin
        )
    return function


def _turn(
    hook: str, method: str, plugin: Plugin, channel: ChannelRef | None, budget: float
) -> Turn:
    name = f"{_kind(hook)}.{method}"
    return Turn(plugin.key, name, channel.key if channel else "", budget)


def _kind(hook: str) -> str:
    return hook.removeprefix("register_")
