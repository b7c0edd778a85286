"""Loads what was found: one PluginManager, the specs, and the objects that plug-ins hand over."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import pluggy

from core.kernel import pluginapps
from core.kernel.boot import BootFault, boot
from core.kernel.discovery import Found, Origin, State, describe, discover, place_of
from core.kernel.provided import Provided
from core.kernel.specs import PLATFORM, Spec, read_module
from core.kernel.validation import Implementation, first_fault, implementations, warnings
from core.pluginapi import Manifest, PluginScope
from core.pluginapi.markers import PROJECT
from core.pluginapi.specs import MODULES


@dataclass(slots=True)
class Plugin:
    """A plug-in of this process. ``manifest`` is None when it could not be read."""

    key: str
    found: Found
    state: State
    reason: str = ""
    where: str = ""
    manifest: Manifest | None = None
    implementations: dict[str, Implementation] = field(default_factory=dict)
    settings: Any = None
    warnings: tuple[str, ...] = ()
    forced: bool | None = None

    @property
    def loaded(self) -> bool:
        """Whether the plug-in can be switched on."""
        return self.state is State.LOADED

    @property
    def platform(self) -> bool:
        """Whether the plug-in is switched on for the platform instead of per channel."""
        return self.manifest is not None and self.manifest.scope is PluginScope.PLATFORM


class Registry:
    """What this process loaded. Built once; tests add to it and take away again."""

    def __init__(self) -> None:
        self.manager = pluggy.PluginManager(PROJECT)
        for module in MODULES:
            self.manager.add_hookspecs(module)
        self.specs: dict[str, Spec] = dict(PLATFORM)
        self.plugins: dict[str, Plugin] = {}
        self.provided: dict[str, dict[str, Provided[Any]]] = {}

    def load(self, found: Iterable[Found]) -> None:
        """Register plug-ins, built-ins first and then by key, so that nothing hangs on luck.

        Those with hooks of their own come before those that may implement them.
        """
        for one in sorted(found, key=_turn):
            self.add(one)

    def add(self, found: Found) -> Plugin:
        """Register one plug-in, or record why it cannot be used."""
        plugin = Plugin(found.key, found, found.state, found.reason, found.where, found.manifest)
        taken = self.plugins.get(plugin.key)
        if taken is not None:
            reason = f"the key {plugin.key!r} is taken by {taken.found.path or taken.key}"
            self._refuse(plugin, reason, f"{found.path}:1")
            plugin.key = f"{plugin.key}@{found.path}"
        self.plugins[plugin.key] = plugin
        if plugin.loaded:
            self._register(plugin)
        return plugin

    def remove(self, key: str) -> None:
        """Take a plug-in out of this process again."""
        plugin = self.plugins.pop(key)
        if self.manager.get_plugin(key) is not None:
            self.manager.unregister(name=key)
        for objects in self.provided.values():
            for name in [n for n, given in objects.items() if given.plugin == key]:
                del objects[name]
        for name in [name for name, spec in self.specs.items() if spec.owner == plugin.key]:
            del self.specs[name]

    def _register(self, plugin: Plugin) -> None:
        failure = pluginapps.failures.get(plugin.key)
        if failure:
            self._refuse(plugin, *failure)
            return
        try:
            self._add_own_specs(plugin)
            found = {i.hook: i for i in implementations(plugin.found.module)}
            fault = first_fault(found.values(), self.specs)
            if fault:
                self._refuse(plugin, fault.reason, fault.where)
                return
            self._check_with_pluggy(plugin)
            plugin.implementations = found
            plugin.warnings = tuple(warnings(found.values(), self.specs))
            boot(plugin.key, found, self.specs, self)
            self.manager.register(plugin.found.module, name=plugin.key)
        except KeyboardInterrupt:
            raise
        except BootFault as fault:
            self._undo(plugin, fault.reason, fault.where)
        except BaseException as error:
            self._undo(plugin, describe(error), place_of(error, inside=plugin.found.path))

    def _add_own_specs(self, plugin: Plugin) -> None:
        name = plugin.manifest.specs if plugin.manifest else None
        if not name:
            return
        module = import_module(name)
        self.specs |= {spec.name: spec for spec in read_module(module, owner=plugin.key)}
        self.manager.add_hookspecs(module)

    def _check_with_pluggy(self, plugin: Plugin) -> None:
        """Register on a manager that is thrown away, so that a refusal leaves nothing behind."""
        scratch = pluggy.PluginManager(PROJECT)
        for module in MODULES:
            scratch.add_hookspecs(module)
        for own in (p.manifest.specs for p in self.plugins.values() if p.manifest):
            if own:
                scratch.add_hookspecs(import_module(own))
        scratch.register(plugin.found.module, name=plugin.key)
        scratch.check_pending()

    def _undo(self, plugin: Plugin, reason: str, where: str) -> None:
        self._refuse(plugin, reason, where)
        self.remove(plugin.key)
        self.plugins[plugin.key] = plugin

    @staticmethod
    def _refuse(plugin: Plugin, reason: str, where: str) -> None:
        plugin.state, plugin.reason, plugin.where = State.BROKEN, reason, where
        plugin.implementations = {}


def _turn(found: Found) -> tuple[bool, bool, str, str]:
    """Return what plug-ins are registered in the order of."""
    declares = found.manifest is not None and found.manifest.specs is not None
    return found.origin is not Origin.BUILT_IN, not declares, found.key, found.path


_registry: Registry | None = None
_lock = threading.RLock()


def registry() -> Registry:
    """Return what this process loaded, loading it at the first call."""
    global _registry
    if _registry is None:
        with _lock:
            if _registry is None:
                fresh = Registry()
                fresh.load(discover(again=True))
                _registry = fresh
    return _registry
