"""Judges a plug-in's implementations before any of them is registered."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import pluggy

from core.kernel.specs import Spec
from core.pluginapi.markers import PROJECT


class Fault(NamedTuple):
    """Why a plug-in cannot be used, and the ``file:line`` to look at."""

    reason: str
    where: str


class Implementation(NamedTuple):
    """One function marked with ``hookimpl``; ``hook`` is the name of what it implements."""

    hook: str
    function: Any
    arguments: tuple[str, ...]
    options: Any


def implementations(plugin: object) -> Iterator[Implementation]:
    """Yield the marked functions of a module or object, in the order of their names."""
    manager = pluggy.PluginManager(PROJECT)
    for name in dir(plugin):
        options = manager.parse_hookimpl_opts(plugin, name)
        if options is None:
            continue
        function = getattr(plugin, name)
        arguments = tuple(inspect.signature(function).parameters)
        yield Implementation(options.get("specname") or name, function, arguments, options)


def first_fault(found: Iterable[Implementation], specs: Mapping[str, Spec]) -> Fault | None:
    """Return the first thing that keeps the implementations from being registered.

    A hook of another plug-in that may not be there is marked ``optionalhook``.
    """
    for implementation in found:
        reason = _fault(implementation, specs)
        if reason:
            return Fault(reason, source_of(implementation.function))
    return None


def warnings(found: Iterable[Implementation], specs: Mapping[str, Spec]) -> Iterator[str]:
    """Yield what the author should change although the plug-in can be used."""
    for hook, function, _arguments, options in found:
        place = source_of(function)
        if options.get("tryfirst") or options.get("trylast"):
            yield f"{hook}: tryfirst and trylast are ignored, the operator sets the order ({place})"
        spec = specs.get(hook)
        if spec and spec.policy.deprecated:
            yield f"{hook} is deprecated: {spec.policy.deprecated} ({place})"


def source_of(function: Any) -> str:
    """Return ``file:line`` of a function, or "" where it has no code of its own."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else ""


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` when one known word is near, else ""."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def _fault(implementation: Implementation, specs: Mapping[str, Spec]) -> str:
    hook, function, arguments, options = implementation
    if options.get("wrapper") or options.get("hookwrapper"):
        return f"{hook} is a wrapper; wrappers would see other plug-ins' answers and are refused"
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        return f"{hook} is an async function; hooks are called without an event loop"
    spec = specs.get(hook)
    if spec is None:
        if options.get("optionalhook"):
            return ""
        return f"no hook is called {hook!r}{suggestion(hook, specs)}"
    known = (spec.leading, *spec.arguments)
    for argument in arguments:
        if argument not in known:
            hint = suggestion(argument, known)
            return f"{hook} has no argument {argument!r}{hint} (it has {', '.join(known)})"
    return ""
