"""The Django apps of plug-ins, as entries of INSTALLED_APPS that cannot stop the site.

``core.kernel.pluginapps.<key>`` is an AppConfig made for the plug-in's own app: what its models or
its ``ready()`` raise is kept as the reason why the plug-in is broken.
"""

from __future__ import annotations

import inspect
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from django.apps import AppConfig

from core.kernel.discovery import describe, discover, place_of

failures: dict[str, tuple[str, str]] = {}
"""Plug-in key to the reason and the place of what its app raised."""

_made: dict[str, type[AppConfig]] = {}


def __getattr__(key: str) -> type[AppConfig]:
    """Return the guarded AppConfig of the plug-in ``key``."""
    if key not in _made:
        _made[key] = _guarded(key, _django_app(key))
    return _made[key]


def label_of(key: str) -> str:
    """Return the app label of a plug-in with models, or ""."""
    config = _made.get(key)
    return str(config.label) if config else ""


def _django_app(key: str) -> str:
    for found in discover():
        if found.manifest and found.manifest.key == key and found.manifest.django_app:
            return found.manifest.django_app
    raise AttributeError(key)


def _guarded(key: str, app: str) -> type[AppConfig]:
    base = AppConfig
    try:
        import_module(app)
        base = _own_config(app)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        failures[key] = (describe(error), place_of(error))
        app = _empty_package(key)

    def import_models(self: Any) -> None:
        _run(key, base.import_models.__get__(self))
        if key in failures:
            self.models = self.apps.all_models[self.label]

    def ready(self: Any) -> None:
        if key not in failures:
            _run(key, base.ready.__get__(self))

    fields = {
        "name": app,
        "label": getattr(base, "label", app.rpartition(".")[2]),
        "__module__": __name__,
    }
    made: type[AppConfig] = type(
        key, (base,), {**fields, "import_models": import_models, "ready": ready}
    )
    return made


def _empty_package(key: str) -> str:
    """Return the name of a package without models, so that INSTALLED_APPS stays as it was read."""
    name = f"{__name__}.without_{key}"
    package = ModuleType(name)
    package.__path__ = [str(Path(__file__).parent / f"without_{key}")]
    sys.modules[name] = package
    return name


def _own_config(app: str) -> type[AppConfig]:
    try:
        module = import_module(f"{app}.apps")
    except ModuleNotFoundError as error:
        if error.name != f"{app}.apps":
            raise
        return AppConfig
    own = [
        item
        for _, item in inspect.getmembers(module, inspect.isclass)
        if issubclass(item, AppConfig) and item is not AppConfig
    ]
    return own[0] if own else AppConfig


def _run(key: str, step: Any) -> None:
    try:
        step()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        failures.setdefault(key, (describe(error), place_of(error)))
