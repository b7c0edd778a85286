"""What happens once for each plug-in: its settings class and its objects are taken over."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from core.kernel.provided import KINDS, Kind, Provided
from core.kernel.specs import Spec
from core.kernel.validation import Implementation, source_of
from core.pluginapi import API_VERSION, PluginSettings, Setup

if TYPE_CHECKING:
    from core.kernel.registry import Registry


class BootFault(Exception):
    """A plug-in handed over something that cannot be used."""

    def __init__(self, reason: str, where: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.where = where


def boot(
    plugin: str, found: Mapping[str, Implementation], specs: Mapping[str, Spec], registry: Registry
) -> None:
    """Call the plug-in's ``register_*`` hooks. Raises BootFault; what it added is then undone."""
    setup = Setup(plugin, API_VERSION)
    for hook in sorted(found):
        spec = specs.get(hook)
        if spec is None or not spec.boot or hook == "migrate_settings":
            continue
        implementation = found[hook]
        answer = implementation.function(*((setup,) if implementation.arguments else ()))
        where = source_of(implementation.function)
        if hook == "register_settings":
            registry.plugins[plugin].settings = _settings_class(answer, where)
        elif hook in KINDS:
            _take(plugin, hook, answer, where, registry)


def _settings_class(answer: object, where: str) -> type[PluginSettings] | None:
    if answer is None:
        return None
    if isinstance(answer, type) and issubclass(answer, PluginSettings):
        return answer
    raise BootFault(f"register_settings gave {answer!r}, not a class of PluginSettings", where)


def _take(plugin: str, hook: str, answer: object, where: str, registry: Registry) -> None:
    kind = KINDS[hook]
    objects = registry.provided.setdefault(hook, {})
    if answer is None:
        return
    if not isinstance(answer, Iterable) or isinstance(answer, (str, bytes)):
        raise BootFault(f"{hook} gave {type(answer).__name__}, not a list", where)
    for item in answer:
        key = _checked_key(hook, kind, item, where)
        name = key if kind.shared else f"{plugin}/{key}"
        taken = objects.get(name)
        if taken is not None:
            raise BootFault(
                f"{hook}: the key {key!r} of {plugin} is taken by {taken.plugin}", where
            )
        objects[name] = Provided(plugin, key, item)


def _checked_key(hook: str, kind: Kind, item: Any, where: str) -> str:
    if not isinstance(item, kind.type):
        missing = [name for name in _members(kind.type) if not hasattr(item, name)]
        lacks = f" (it lacks {', '.join(missing)})" if missing else ""
        raise BootFault(
            f"{hook}: {type(item).__name__} is not a {kind.type.__name__}{lacks}", where
        )
    # Looked at without asking the object: early 3.11 has slots that cannot be asked.
    for name, member in inspect.getmembers_static(type(item)):
        function = getattr(member, "__func__", member)
        if inspect.iscoroutinefunction(function):
            raise BootFault(f"{hook}: {type(item).__name__}.{name} is async", source_of(function))
    key = kind.key_of(item)
    if not key.strip():
        raise BootFault(f"{hook}: {type(item).__name__} has no key", where)
    return key


def _members(protocol: Any) -> Iterable[str]:
    return sorted(getattr(protocol, "__protocol_attrs__", None) or _annotations(protocol))


def _annotations(protocol: Any) -> set[str]:
    names = set(getattr(protocol, "__annotations__", {}))
    return names | {name for name in vars(protocol) if not name.startswith("_")}
