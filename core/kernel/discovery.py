"""Finds plug-ins: entry points of the group ``haitao.plugins`` and what lies in ``plugins/``.

Runs while the settings load, so nothing here needs Django. One plug-in that cannot be imported
costs itself alone: the reason is kept with its file and line.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from core.pluginapi import API_VERSION, Manifest

GROUP = "haitao.plugins"
FOLDER = Path(__file__).resolve().parents[2] / "plugins"


class Origin(Enum):
    """Where a plug-in comes from."""

    BUILT_IN = "built-in"
    FOLDER = "folder"
    PACKAGE = "package"
    TEST = "test"


class State(Enum):
    """How a plug-in's start ended."""

    LOADED = "loaded"
    BROKEN = "broken"
    INCOMPATIBLE = "incompatible"
    EXCLUDED = "excluded"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Found:
    """One plug-in as it was found; ``where`` is ``file:line`` of what is wrong, if anything is."""

    name: str
    origin: Origin
    path: str
    module: Any = None
    manifest: Manifest | None = None
    state: State = State.LOADED
    reason: str = ""
    where: str = ""

    @property
    def key(self) -> str:
        """The manifest's key, or the module's name where no manifest could be read."""
        return self.manifest.key if self.manifest else self.name


_found: tuple[Found, ...] | None = None


def discover(*, again: bool = False) -> tuple[Found, ...]:
    """Return every plug-in of this installation, read once per process.

    ``again`` reads anew what failed before, because a module may need what starts later.
    """
    global _found
    if _found is None:
        _found = tuple(_read(candidate) for candidate in _candidates())
    elif again:
        _found = tuple(_read(f) if f.state is State.BROKEN else f for f in _found)
    return _found


def django_apps() -> list[str]:
    """Return the Django apps that the found manifests name, as entries of INSTALLED_APPS."""
    return [
        f"core.kernel.pluginapps.{found.manifest.key}"
        for found in discover()
        if found.state is State.LOADED and found.manifest and found.manifest.django_app
    ]


def place_of(error: BaseException, *, inside: str = "") -> str:
    """Return ``file:line`` where ``error`` arose, by preference within the folder ``inside``."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno or 0}"
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if inside and frame.filename.startswith(inside)]
    if not frames:
        return inside
    chosen = (own or frames)[-1]
    return f"{chosen.filename}:{chosen.lineno}"


def describe(error: BaseException) -> str:
    """Return an exception as one line: its type and its message."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def incompatibility(manifest: Manifest) -> str:
    """Return why the contract of this platform does not suit ``manifest``, or ""."""
    version = ".".join(map(str, API_VERSION))
    try:
        suits = SpecifierSet(manifest.api).contains(version)
    except InvalidSpecifier:
        return f"api = {manifest.api!r} is not a version range such as '>=1.0,<2'"
    return "" if suits else f"needs api {manifest.api}, this platform offers {version}"


def _candidates() -> Iterator[Found]:
    """Yield what to read, in a stable order: built-ins, folders, packages, each by name."""
    built_in = _built_in_names()
    for folder in (FOLDER, *_extra_folders()):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            name = _module_name(path)
            if name:
                known = folder == FOLDER and name in built_in
                yield Found(name, Origin.BUILT_IN if known else Origin.FOLDER, str(path))
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        yield Found(point.name, Origin.PACKAGE, point.value, module=point)


def _built_in_names() -> frozenset[str]:
    return frozenset(getattr(importlib.import_module("plugins"), "BUILT_IN", ()))


def _extra_folders() -> tuple[Path, ...]:
    given = os.environ.get("HAITAO_PLUGIN_PATH", "")
    return tuple(Path(part).resolve() for part in given.split(os.pathsep) if part)


def _module_name(path: Path) -> str:
    if path.name.startswith(("_", ".")):
        return ""
    if path.is_dir():
        return path.name if (path / "__init__.py").is_file() else ""
    return path.stem if path.suffix == ".py" else ""


def _excluded(candidate: Found) -> str:
    """Return why the environment keeps a plug-in from starting, or ""."""
    if os.environ.get("HAITAO_SAFE_MODE") == "1" and candidate.origin is not Origin.BUILT_IN:
        return "safe mode starts built-in plug-ins only"
    only = os.environ.get("HAITAO_PLUGINS_ONLY")
    if only is not None and candidate.name not in only.replace(" ", "").split(","):
        return "not named in HAITAO_PLUGINS_ONLY"
    return ""


def _read(candidate: Found) -> Found:
    reason = _excluded(candidate)
    if reason:
        return replace(candidate, state=State.EXCLUDED, reason=reason, module=None)
    try:
        module = _import(candidate)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # one plug-in's SystemExit is no reason not to start
        inside = candidate.path if candidate.origin is not Origin.PACKAGE else ""
        return replace(
            candidate,
            state=State.BROKEN,
            reason=describe(error),
            where=place_of(error, inside=inside),
        )
    return with_manifest(replace(candidate, module=module, state=State.LOADED, reason=""))


def with_manifest(found: Found) -> Found:
    """Read the manifest of an imported plug-in and judge its API range."""
    manifest = getattr(found.module, "MANIFEST", None)
    where = str(getattr(found.module, "__file__", None) or found.path) + ":1"
    if not isinstance(manifest, Manifest):
        reason = "the module has no MANIFEST of type core.pluginapi.Manifest"
        return replace(found, state=State.BROKEN, reason=reason, where=where)
    reason = incompatibility(manifest)
    state = State.INCOMPATIBLE if reason else State.LOADED
    return replace(
        found, manifest=manifest, state=state, reason=reason, where=where if reason else ""
    )


def _import(candidate: Found) -> Any:
    if isinstance(candidate.module, EntryPoint):
        return candidate.module.load()
    path = Path(candidate.path)
    if path.parent == FOLDER:
        return importlib.import_module(f"plugins.{candidate.name}")
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))
    module: ModuleType = importlib.import_module(candidate.name)
    file = Path(module.__file__ or "").resolve()
    if file != path and path not in file.parents:
        raise ImportError(f"another module is called {candidate.name!r}: {file}")
    return module
