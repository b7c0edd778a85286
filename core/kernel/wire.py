"""What goes between the platform and a plug-in's child process: typed frames, never pickles.

A pickle can name any callable, so reading one from a faulty child would undo the isolation. Each
value travels as MessagePack and is read back as the one type that the contract's protocol states
for it: what does not fit is refused before the platform sees it. Needs no Django.
"""

from __future__ import annotations

import collections.abc
import typing
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from struct import Struct
from typing import Any, BinaryIO

import msgspec

from core.pluginapi import ChannelRef, Context, protocols

HEADER = Struct(">cI")
"""Before each frame: its kind, and the bytes that follow."""

ITEMS, RESULT, ERROR, LOG, END = b"i", b"r", b"e", b"l", b"."
MAX_FRAME = 64 << 20

PROTOCOLS: dict[str, tuple[type, ...]] = {
    "feed_transports": (protocols.FeedTransport, protocols.VerifiesPush),
    "feed_dialects": (protocols.FeedDialect,),
    "fx_sources": (protocols.FxSource,),
    "duty_regimes": (protocols.DutyRegime, protocols.BuildsDeclarations),
    "carriers": (
        protocols.Carrier,
        protocols.QuotesFreight,
        protocols.BooksParcels,
        protocols.TracksParcels,
        protocols.ReceivesCarrierCalls,
    ),
    "payment_methods": (protocols.PaymentMethod,),
    "message_channels": (protocols.Messenger,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a child process may use. Times in seconds, sizes in bytes.

    ``wall_seconds`` counts the time that the platform waits for the child, not the time that it
    takes to work on what the child has sent.
    """

    cpu_seconds: int = 60
    wall_seconds: float = 120
    memory_bytes: int = 1 << 30
    max_output_bytes: int = 1 << 30
    file_bytes: int = 64 << 20
    open_files: int = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the child is asked to do. ``arguments`` are encoded one by one, by parameter name.

    ``kind`` "" calls the function ``method`` of ``module``; otherwise ``method`` of the object
    with ``key`` that the plug-in's ``register_<kind>`` hands over.
    """

    module: str
    plugin: str
    kind: str
    key: str
    method: str
    arguments: dict[str, msgspec.Raw]
    stream: str
    settings: dict[str, Any] | None
    channel: ChannelRef | None
    now: datetime
    limits: Limits
    allowed_hosts: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An exception of the child. ``known`` names the contract's own classes, else it is ""."""

    kind: str
    name: str
    message: str
    known: str = ""
    permanent: bool = False
    retry_after: float | None = None
    path: str = "$"
    code: str = ""
    trace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line of ``ctx.log``."""

    level: str
    message: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Signature:
    """What a method takes and gives: ``item`` is the type of each streamed element, or None.

    ``context`` is the parameter that takes the Context, or "".
    """

    parameters: dict[str, Any]
    context: str
    result: Any
    item: Any

    @property
    def stream(self) -> str:
        """The parameter that is a stream of bytes, or ""."""
        return next((name for name, kind in self.parameters.items() if kind is BinaryIO), "")


@lru_cache(maxsize=128)
def signature(module: str, kind: str, method: str) -> Signature:
    """Return the types of a provider's method as its protocol states them.

    Raises ValueError when the protocol has no such method.
    """
    if not kind:
        return _types(resolve(module, method))
    for protocol in PROTOCOLS.get(kind, ()):
        function = vars(protocol).get(method)
        if callable(function):
            return _types(function)
    raise ValueError(f"{kind} have no method {method!r}")


def resolve(module: str, name: str) -> Any:
    """Import ``module`` and return what ``name`` (dotted) is in it."""
    found: Any = import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def _types(function: Callable[..., Any]) -> Signature:
    hints = typing.get_type_hints(function)
    result = hints.pop("return", Any)
    context = next((name for name, kind in hints.items() if kind is Context), "")
    parameters = {name: kind for name, kind in hints.items() if kind is not Context}
    origin = typing.get_origin(result)
    streams = (collections.abc.Iterator, collections.abc.Iterable, collections.abc.Generator)
    item = typing.get_args(result)[0] if origin in streams else None
    return Signature(parameters, context, result, item)
