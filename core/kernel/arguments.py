"""Keeps arguments as they were: what could be changed is watched and put back."""

from __future__ import annotations

import copy
import dataclasses
import types
import typing
from collections.abc import Callable, Iterable, Mapping, MutableMapping, MutableSequence, MutableSet
from datetime import date
from decimal import Decimal
from functools import cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any

Watched = tuple[Any, Any]
Collect = Callable[[Any, "list[Watched]"], None]


def watch(values: tuple[Any, ...], collectors: tuple[Collect | None, ...]) -> list[Watched]:
    """Return every changeable container inside ``values`` with a copy of its content."""
    found: list[Watched] = []
    for value, collect in zip(values, collectors, strict=True):
        if collect is not None and value is not None:
            collect(value, found)
    return found


def watch_any(values: Iterable[Any]) -> list[Watched]:
    """Return every changeable container inside ``values``, whatever they are."""
    found: list[Watched] = []
    for value in values:
        _any(value, found)
    return found


def put_back(watched: list[Watched]) -> bool:
    """Give every container its content back; returns whether one had been changed."""
    changed = False
    for container, before in watched:
        if container == before:
            continue
        changed = True
        fresh = copy.deepcopy(before)
        container.clear()
        grow = getattr(container, "update", None) or container.extend
        grow(fresh)
    return changed


@cache
def collector(hint: Any) -> Collect | None:
    """Return what finds the changeable containers in a value declared as ``hint``, or None."""
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _of_dataclass(hint)
    origin = typing.get_origin(hint)
    if origin is None:
        return None if _is_plain(hint) else _any
    inner = [collector(item) for item in typing.get_args(hint) if item is not Ellipsis]
    if origin is tuple:
        return _of_items(inner[0]) if inner and inner[0] else None
    if origin is Mapping and _is_flat(typing.get_args(hint)[1]):
        return _flat
    if isinstance(origin, type) and issubclass(origin, (Mapping, typing.Iterable)):
        return _any
    found = [one for one in inner if one is not None]
    return _any if len(found) > 1 else (found[0] if found else None)


def _of_dataclass(kind: type) -> Collect | None:
    hints = _hints(kind)
    parts = [
        (field.name, collect)
        for field in dataclasses.fields(kind)
        if (collect := collector(hints.get(field.name, Any))) is not None
    ]
    if not parts:
        return None
    if len(parts) == 1:
        return _of_field(*parts[0])
    read = attrgetter(*(name for name, _ in parts))
    collectors = [collect for _, collect in parts]

    def collect_fields(value: Any, found: list[Watched]) -> None:
        for inner, collect in zip(read(value), collectors, strict=True):
            if inner is not None:
                collect(inner, found)

    return collect_fields


def _of_field(name: str, collect: Collect) -> Collect:
    read = attrgetter(name)

    def collect_field(value: Any, found: list[Watched]) -> None:
        inner = read(value)
        if inner is not None:
            collect(inner, found)

    return collect_field


def _of_items(collect: Collect) -> Collect:
    def collect_items(value: Any, found: list[Watched]) -> None:
        for item in value:
            if item is not None:
                collect(item, found)

    return collect_items


def _flat(value: Any, found: list[Watched]) -> None:
    """Watch a mapping whose values nobody can change."""
    if type(value) is dict:
        found.append((value, value.copy()))
    elif type(value) is not MappingProxyType:
        _any(value, found)


def _is_flat(hint: Any) -> bool:
    options = typing.get_args(hint) if typing.get_origin(hint) is types.UnionType else (hint,)
    return all(one in _PLAIN - {tuple} for one in options)


def _any(value: Any, found: list[Watched]) -> None:
    """Watch whatever ``value`` turns out to be."""
    if type(value) in _FIXED:
        return
    if type(value) is dict:
        flat = all(_is_frozen(item) for item in value.values())
        found.append((value, value.copy() if flat else copy.deepcopy(value)))
    elif isinstance(value, (MutableMapping, MutableSequence, MutableSet)):
        found.append((value, copy.deepcopy(value)))
    if isinstance(value, (tuple, list)):
        for item in value:
            _any(item, found)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        collect = collector(type(value))
        if collect is not None:
            collect(value, found)


def _is_frozen(item: Any) -> bool:
    return type(item) in _PLAIN or dataclasses.is_dataclass(item)


_PLAIN = frozenset({str, int, bool, float, bytes, tuple, Decimal, type(None)})


_FIXED = _PLAIN - {tuple} | {date, MappingProxyType}


def _is_plain(hint: Any) -> bool:
    if hint is type(None) or getattr(hint, "__supertype__", None) is not None:
        return True
    return isinstance(hint, type) and hint is not object


@cache
def _hints(kind: type) -> dict[str, Any]:
    try:
        return typing.get_type_hints(kind)
    except NameError:
        return {}
