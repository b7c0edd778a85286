"""The specs as data: what the dispatcher must know of each hook, read from its function."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from types import ModuleType
from typing import Any, get_type_hints

from core.kernel.errors import KernelError
from core.pluginapi import Policy, Where
from core.pluginapi.markers import POLICY_ATTRIBUTE, policy_of
from core.pluginapi.specs import MODULES


@dataclass(frozen=True, slots=True)
class Spec:
    """One hook. ``arguments`` are those beside the leading ``ctx`` (or ``setup`` at boot).

    ``returns`` is the resolved annotation; ``owner`` is the plug-in whose own hook it is, or "".
    """

    name: str
    policy: Policy
    function: Any
    module: str
    leading: str
    arguments: tuple[str, ...]
    hints: dict[str, Any]
    owner: str = ""

    @property
    def returns(self) -> Any:
        """The resolved return annotation."""
        return self.hints.get("return", Any)

    @property
    def boot(self) -> bool:
        """Whether the hook runs once, when its plug-in is loaded."""
        return self.policy.where is Where.BOOT

    @property
    def thorough(self) -> bool:
        """Whether each call gets a savepoint and the checks that a page cannot afford."""
        return self.policy.db or self.policy.where is Where.TASK

    @property
    def prefix(self) -> str:
        """``register``, ``offer``, ``add``, ``check``, ``on``, ``slot``, or "" for none."""
        head = self.name.partition("_")[0]
        return head if head in PREFIXES else ""


PREFIXES = ("register", "offer", "add", "check", "on", "slot")
LEADING = ("ctx", "setup")


def read_module(module: Any, *, owner: str = "") -> tuple[Spec, ...]:
    """Return the specs of a module in the order in which they are written.

    Raises KernelError when a plug-in's own hook does not begin with the plug-in's key.
    """
    found = [item for item in vars(module).values() if hasattr(item, POLICY_ATTRIBUTE)]
    specs = tuple(_read(function, module, owner) for function in found)
    for spec in specs:
        if owner and not spec.name.startswith(f"{owner}_"):
            raise KernelError(f"own hook {spec.name!r} must begin with '{owner}_'")
    return specs


def _read(function: Any, module: ModuleType, owner: str) -> Spec:
    names = tuple(inspect.signature(function).parameters)
    leading = names[0] if names and names[0] in LEADING else ""
    return Spec(
        name=function.__name__,
        policy=policy_of(function),
        function=function,
        module=module.__name__.rpartition(".")[2],
        leading=leading,
        arguments=names[1:] if leading else names,
        hints=get_type_hints(function),
        owner=owner,
    )


PLATFORM: dict[str, Spec] = {spec.name: spec for module in MODULES for spec in read_module(module)}
"""Every hook of the contract by name."""
