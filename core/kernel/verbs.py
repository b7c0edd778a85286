"""``ctx.verbs``: commands that the rooms implement, bound to the plug-in that calls."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NoReturn

from core.kernel.calls import suspended
from core.kernel.errors import KernelError
from core.pluginapi import ChannelRef, Manifest, NotPermitted, PluginError, Verb

Implementation = Callable[..., Any]
_implementations: dict[str, Implementation] = {}
_lock = threading.Lock()


def register_verb(name: str, implementation: Implementation) -> None:
    """Say who does the verb ``name``; called by rooms in ``AppConfig.ready()``.

    ``implementation(plugin, channel, …)`` gets the caller's key, the ChannelRef or None, and the
    verb's own arguments. Raises KernelError for a name that is no verb.
    """
    if name not in {verb.value for verb in Verb}:
        raise KernelError(f"{name!r} is not a verb of the contract")
    with _lock:
        _implementations[name] = implementation


class BoundVerbs:
    """The verbs of one plug-in in one channel."""

    def __init__(self, manifest: Manifest, channel: ChannelRef | None) -> None:
        self._plugin = manifest.key
        self._needs = frozenset(verb.value for verb in manifest.needs)
        self._channel = channel

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return the verb ``name``, bound. Raises NotPermitted when it is not declared."""
        if name.startswith("_") or name not in {verb.value for verb in Verb}:
            raise AttributeError(name)
        if name not in self._needs:
            self._refuse(name)
        implementation = _implementations.get(name)
        if implementation is None:
            raise PluginError(f"this installation has nobody who can {name}", permanent=True)

        def run(*arguments: Any, **named: Any) -> Any:
            with suspended():
                return implementation(self._plugin, self._channel, *arguments, **named)

        return run

    def __repr__(self) -> str:
        return f"<verbs of {self._plugin}>"

    def _refuse(self, name: str) -> NoReturn:
        from core.accounts.services import record

        with suspended():
            place = self._channel.key if self._channel else ""
            record(f"plugin:{self._plugin}", "verb.refused", name, channel=place)
        raise NotPermitted(f"{self._plugin} does not declare {name!r} under needs")
