"""Values to call hooks with."""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from core.pluginapi import ChannelRef, Text
from core.shared.money import Money

CHANNEL = ChannelRef("test-cn", "m2c", Text("Test"), "CN", "CNY")
AT = datetime(2026, 3, 1, tzinfo=UTC)


def sample(hint: typing.Any) -> typing.Any:
    """Return some value of a contract type, in yuan where it has a currency."""
    hint = getattr(hint, "__supertype__", hint)
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return None if type(None) in inner else sample(inner[0])
    if origin is tuple:
        return (sample(inner[0]),) if inner[-1] is Ellipsis else tuple(map(sample, inner))
    if origin is not None and issubclass(origin, typing.Mapping):
        return {"key": sample(inner[1])}
    if origin is not None:
        return (sample(inner[0]),)
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return next(iter(hint))
    if dataclasses.is_dataclass(hint):
        return _dataclass(hint)
    return None


def _dataclass(kind: type) -> typing.Any:
    hints = typing.get_type_hints(kind)
    given = {}
    for field in dataclasses.fields(kind):
        if field.name == "currency":
            given[field.name] = "CNY"
        elif field.default is dataclasses.MISSING and (
            field.default_factory is dataclasses.MISSING or "Mapping" in str(field.type)
        ):
            given[field.name] = sample(hints[field.name])
    return kind(**given)


_PLAIN = {
    str: "text",
    int: 1,
    bool: True,
    bytes: b"bytes",
    Decimal: Decimal(1),
    datetime: AT,
    date: AT.date(),
    UUID: UUID(int=7),
    Money: Money(Decimal(10), "CNY"),
    object: "thing",
}
