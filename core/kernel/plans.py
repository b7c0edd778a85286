"""Plans: for one hook in one channel, whom to call, in which order, with what."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from core.kernel import arguments, breaker, incidents, snapshot
from core.kernel.contexts import BoundContext, context_for
from core.kernel.errors import UnknownHook
from core.kernel.guard import SLOW_FACTOR
from core.kernel.registry import Plugin, registry
from core.kernel.results import Shape, shape_of
from core.kernel.specs import Spec
from core.pluginapi import ChannelRef, Combine


@dataclass(slots=True)
class Step:
    """One plug-in's turn; ``unusable`` says why it cannot be called although it is on."""

    key: str
    call: Callable[..., Any]
    context: BoundContext | None
    watched: bool
    unusable: str = ""


@dataclass(slots=True)
class Plan:
    """All turns of one hook in one channel, with what every turn is judged by."""

    hook: str
    place: str
    spec: Spec
    steps: tuple[Step, ...]
    shape: Shape
    budget: float
    money_from: int
    collectors: tuple[arguments.Collect | None, ...]
    ordered: bool
    first: bool
    skippable: bool
    watching: bool = field(init=False)
    thorough: bool = field(init=False)
    slow_after: float = field(init=False)
    turns: tuple[tuple[str, Callable[..., Any], BoundContext | None, Step], ...] = field(init=False)
    ask: Any = None

    def __post_init__(self) -> None:
        self.watching = any(self.collectors)
        self.thorough = self.spec.thorough
        self.turns = tuple((step.key, step.call, step.context, step) for step in self.steps)
        self.slow_after = self.budget * SLOW_FACTOR

    def currency(self, values: tuple[Any, ...]) -> str | None:
        """Return the currency that every amount of an answer must have, or None for any."""
        return values[self.money_from].currency if self.money_from >= 0 else None


PLANS: dict[tuple[str, str], Plan] = {}


def plan_for(hook: str, channel: ChannelRef | None) -> Plan:
    """Return the plan, compiled at its first use. Raises UnknownHook."""
    place = channel.key if channel is not None else ""
    spec = registry().specs.get(hook)
    if spec is None:
        raise UnknownHook(f"no hook is called {hook!r}")
    now_on = snapshot.current()
    steps = [
        _step(plugin, spec, channel)
        for plugin in registry().plugins.values()
        if hook in plugin.implementations and now_on.is_on(plugin, place)
    ]
    if spec.policy.combine is Combine.COLLECT:
        steps.sort(key=lambda step: step.key)
    else:
        plugins = registry().plugins
        steps.sort(key=lambda step: (now_on.priority(plugins[step.key], place), step.key))
    PLANS[hook, place] = plan = _plan(spec, place, tuple(steps))
    return plan


def _plan(spec: Spec, place: str, steps: tuple[Step, ...]) -> Plan:
    shape = shape_of(spec.returns)
    named = spec.policy.currency_of
    return Plan(
        hook=spec.name,
        place=place,
        spec=spec,
        steps=steps,
        shape=shape,
        budget=spec.policy.budget_ms / 1000,
        money_from=spec.arguments.index(named) if named else -1,
        collectors=tuple(arguments.collector(spec.hints[name]) for name in spec.arguments),
        ordered="order" in getattr(shape.item, "__dataclass_fields__", {}),
        first=spec.policy.combine is Combine.FIRST,
        skippable=spec.prefix in {"add", "slot"},
    )


def _step(plugin: Plugin, spec: Spec, channel: ChannelRef | None) -> Step:
    implementation = plugin.implementations[spec.name]
    watched = breaker.watched(plugin.key, spec.name)
    call = bound(implementation.function, implementation.arguments, spec)
    try:
        return Step(plugin.key, call, context_for(plugin, channel), watched)
    except Exception as error:  # stored settings or secrets cannot be read
        reason = str(error)
        place = channel.key if channel else ""
        incidents.report(plugin.key, spec.name, "settings", reason, channel=place)
        return Step(plugin.key, call, None, watched=True, unusable=reason)


def bound(function: Any, wanted: tuple[str, ...], spec: Spec) -> Callable[..., Any]:
    """Return a callable of ``(ctx, *arguments)`` that hands over only what is asked for."""
    known = (spec.leading, *spec.arguments) if spec.leading else ("", *spec.arguments)
    call = function if wanted == known else _picking(function, wanted, known)
    if os.environ.get("HAITAO_TRACE_HOOKS") == "1":
        return _traced(call, spec.name, getattr(function, "__module__", ""))
    return call


def _picking(function: Any, wanted: tuple[str, ...], known: tuple[str, ...]) -> Callable[..., Any]:
    places = tuple(known.index(name) for name in wanted)
    if not places:
        return lambda *given: function()
    if places == tuple(range(1, 1 + len(places))) and len(places) == len(known) - 1:
        return lambda ctx, *given: function(*given)
    if places == tuple(range(len(places))):
        more = len(places) - 1
        return lambda ctx, *given: function(ctx, *given[:more])
    return lambda *given: function(*[given[place] for place in places])


def _traced(call: Callable[..., Any], hook: str, module: str) -> Callable[..., Any]:
    def traced(*given: Any) -> Any:
        _say(f"hook {hook} -> {module}\n")
        answer = call(*given)
        _say(f"hook {hook} <- {module}: {type(answer).__name__}\n")
        return answer

    return traced


def _say(line: str) -> None:
    """Write to standard error; that nobody reads it any more is not the plug-in's fault."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(line)


def forget() -> None:
    """Compile every plan anew at its next use."""
    PLANS.clear()


snapshot.on_change(forget)
breaker.on_change(forget)
