"""The hooks as data: for the documentation, the console, the gate tests."""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass

from core.kernel.discovery import Origin
from core.kernel.registry import registry
from core.kernel.specs import PLATFORM, Spec
from core.pluginapi import Combine, OnError, Policy, Where


@dataclass(frozen=True, slots=True)
class Entry:
    """One hook. ``implementers`` are the built-in plug-ins that implement it, by key."""

    name: str
    module: str
    signature: str
    policy: Policy
    doc: str
    implementers: tuple[str, ...]

    @property
    def stable(self) -> bool:
        """Whether the hook may be relied on; an experimental one may change without notice."""
        return not self.policy.experimental

    @property
    def summary(self) -> str:
        """The first sentence of the docstring."""
        return self.doc.partition("\n")[0]


def entries() -> tuple[Entry, ...]:
    """Return every hook of the contract, in the order in which it is written."""
    return tuple(_entry(spec) for spec in PLATFORM.values())


def stable() -> tuple[Entry, ...]:
    """Return the hooks that are not experimental."""
    return tuple(entry for entry in entries() if entry.stable)


def implementers(hook: str) -> tuple[str, ...]:
    """Return the loaded built-in plug-ins that implement ``hook``."""
    return tuple(
        sorted(
            plugin.key
            for plugin in registry().plugins.values()
            if plugin.found.origin is Origin.BUILT_IN and hook in plugin.implementations
        )
    )


def illegal_policies() -> tuple[str, ...]:
    """Return a sentence for every policy that contradicts its hook's prefix."""
    return tuple(
        f"{spec.name}: {spec.policy.combine.value}, {spec.policy.where.value} does not suit "
        f"{spec.prefix}_*"
        for spec in PLATFORM.values()
        if spec.prefix and not _legal(spec)
    )


_LEGAL: dict[str, tuple[frozenset[Combine], frozenset[OnError], frozenset[Where]]] = {
    "register": (
        frozenset({Combine.COLLECT, Combine.ROUTE}),
        frozenset({OnError.REFUSE}),
        frozenset({Where.BOOT}),
    ),
    "offer": (
        frozenset({Combine.FIRST}),
        frozenset({OnError.SKIP}),
        frozenset({Where.REQUEST, Where.TASK}),
    ),
    "add": (
        frozenset({Combine.COLLECT}),
        frozenset({OnError.SKIP}),
        frozenset({Where.REQUEST, Where.TASK}),
    ),
    "check": (
        frozenset({Combine.VERDICT, Combine.COLLECT}),
        frozenset({OnError.HOLD}),
        frozenset({Where.REQUEST, Where.TASK}),
    ),
    "on": (frozenset({Combine.EVENT}), frozenset({OnError.RETRY}), frozenset({Where.TASK})),
    "slot": (frozenset({Combine.SLOT}), frozenset({OnError.SKIP}), frozenset({Where.REQUEST})),
}


def _legal(spec: Spec) -> bool:
    combine, on_error, where = _LEGAL[spec.prefix]
    policy = spec.policy
    return policy.combine in combine and policy.on_error in on_error and policy.where in where


def _entry(spec: Spec) -> Entry:
    return Entry(
        name=spec.name,
        module=spec.module,
        signature=_signature(spec),
        policy=spec.policy,
        doc=inspect.getdoc(spec.function) or "",
        implementers=implementers(spec.name),
    )


def _signature(spec: Spec) -> str:
    tree = ast.parse(inspect.getsource(spec.function))
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef))
    function.body, function.decorator_list = [], []
    return ast.unparse(function).removeprefix("def ").rstrip(":")
