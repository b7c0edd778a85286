"""The child process in which one call of a plug-in runs: ``python -m core.kernel.child FD FD``.

Started fresh, never forked from a process with threads; limits are set before the plug-in is
imported. It has the plug-in's own settings and the network guard, and neither Django's settings
nor the database nor verbs. It ends when its parent does.
"""

from __future__ import annotations

import os
import resource
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NoReturn

import msgspec

from core.kernel import wire
from core.pluginapi import Context, Setup
from core.pluginapi.errors import InvalidInput, NotPermitted, PluginError, Unavailable

FLUSH_BYTES = 128 * 1024
FLUSH_ITEMS = 1000
FLUSH_SECONDS = 0.25
MAX_LOG_LINES = 200
CONTRACT_ERRORS = (InvalidInput, Unavailable, NotPermitted, PluginError)
ARRAY32 = b"\xdd"

encoder = msgspec.msgpack.Encoder()


class Wire:
    """Writes frames; blocks while the platform is busy, which keeps the child's memory small."""

    def __init__(self, descriptor: int) -> None:
        self.file = os.fdopen(descriptor, "wb", buffering=0)
        # Made before memory can be short.
        self.memory_frame = _frame(
            wire.ERROR,
            encoder.encode(wire.Raised(kind="memory", name="MemoryError", message="out of memory")),
        )

    def send(self, kind: bytes, payload: bytes | bytearray = b"") -> None:
        self.write(_frame(kind, payload))

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self.file.write(view) :]


def _frame(kind: bytes, payload: bytes | bytearray) -> bytes:
    return wire.HEADER.pack(kind, len(payload)) + payload


@dataclass(frozen=True, slots=True)
class ChildLog:
    """``ctx.log`` of a child: lines travel to the platform's log, 200 at most."""

    wire: Wire
    count: list[int]

    def _write(self, level: str, message: str, fields: Mapping[str, object]) -> None:
        if len(self.count) >= MAX_LOG_LINES:
            return
        self.count.append(1)
        texts = {str(name): str(value)[:500] for name, value in fields.items()}
        line = wire.LogLine(level=level, message=str(message)[:2000], fields=texts)
        self.wire.send(wire.LOG, encoder.encode(line))

    def debug(self, message: str, **fields: object) -> None:
        self._write("debug", message, fields)

    def info(self, message: str, **fields: object) -> None:
        self._write("info", message, fields)

    def warning(self, message: str, **fields: object) -> None:
        self._write("warning", message, fields)

    def error(self, message: str, **fields: object) -> None:
        self._write("error", message, fields)


class ChildCache:
    """``ctx.cache`` of a child: it lasts as long as the call."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, object]] = {}

    def get(self, key: str) -> Any:
        until, value = self._kept.get(key, (0.0, None))
        return value if until > time.monotonic() else None

    def set(self, key: str, value: object, seconds: int) -> None:
        self._kept[key] = (time.monotonic() + seconds, value)


class NoVerbs:
    """``ctx.verbs`` of a child: a child reads and fetches, and changes nothing."""

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NotPermitted(f"ctx.verbs.{name} cannot be used in a child process")


def no_hooks(hook: str, /, **arguments: object) -> NoReturn:
    """Refuse: a child has no other plug-ins."""
    raise NotPermitted(f"ctx.hooks({hook!r}) cannot be used in a child process")


def apply_limits(limits: wire.Limits) -> None:
    """Set the process's own limits; none can be raised again."""
    for what, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1),
        (resource.RLIMIT_AS, limits.memory_bytes, limits.memory_bytes),
        (resource.RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files, limits.open_files),
    ):
        _, most = resource.getrlimit(what)
        ceiling = hard if most == resource.RLIM_INFINITY else min(hard, most)
        resource.setrlimit(what, (min(soft, ceiling), ceiling))


def die_with_parent(descriptor: int) -> None:
    """End the process when the other end of ``descriptor`` is closed, as it is when we are left."""

    def wait() -> None:
        while os.read(descriptor, 1):
            pass
        os._exit(1)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()


def read_request(descriptor: int) -> wire.Request:
    """Read the one request."""
    _, size = wire.HEADER.unpack(_read_exactly(descriptor, wire.HEADER.size))
    return msgspec.msgpack.decode(_read_exactly(descriptor, size), type=wire.Request)


def _read_exactly(descriptor: int, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        block = os.read(descriptor, size - len(data))
        if not block:
            os._exit(1)
        data += block
    return bytes(data)


def find(request: wire.Request) -> Any:
    """Import the plug-in and return the callable that is asked for. Raises LookupError."""
    module = import_module(request.module)
    if not request.kind:
        return wire.resolve(request.module, request.method)
    register = getattr(module, f"register_{request.kind}")
    for provider in register(setup=_setup(request)):
        if provider.key == request.key:
            return getattr(provider, request.method)
    raise LookupError(f"{request.module} hands over no {request.kind} with key {request.key!r}")


def _setup(request: wire.Request) -> Setup:
    from core.pluginapi.manifest import API_VERSION

    return Setup(plugin=request.plugin, api_version=API_VERSION)


def context_of(request: wire.Request, channel: Wire) -> Context:
    """Build the Context: settings and HTTP work, verbs and hooks refuse."""
    from core.shared.http import GuardedHttp

    limits = request.limits
    return Context(
        plugin=request.plugin,
        channel=request.channel,
        settings=_settings(request),
        verbs=NoVerbs(),
        http=GuardedHttp(allowed_hosts=frozenset(request.allowed_hosts)),
        log=ChildLog(channel, []),
        cache=ChildCache(),
        hooks=no_hooks,
        now=request.now,
        deadline=time.monotonic() + limits.wall_seconds,
    )


def _settings(request: wire.Request) -> Any:
    register = getattr(sys.modules[request.module], "register_settings", None)
    if register is None or request.settings is None:
        return None
    declared = register(setup=_setup(request))
    return declared.model_validate(request.settings) if declared else None


def arguments_of(request: wire.Request, channel: Wire) -> dict[str, Any]:
    """Decode the arguments by the contract's types, and add Context and stream."""
    signature = wire.signature(request.module, request.kind, request.method)
    given: dict[str, Any] = {
        name: msgspec.msgpack.decode(raw, type=signature.parameters[name])
        for name, raw in request.arguments.items()
    }
    if request.stream:
        given[request.stream] = sys.stdin.buffer
    if signature.context:
        given[signature.context] = context_of(request, channel)
    return given


class Batch:
    """Collects what is yielded and sends it in frames of about 128 KiB, the first ones soon."""

    def __init__(self, channel: Wire) -> None:
        self.channel = channel
        self._empty()

    def _empty(self) -> None:
        self.packed, self.count, self.since = bytearray(), 0, time.monotonic()

    def add(self, item: Any) -> None:
        encoder.encode_into(item, self.packed, -1)
        self.count += 1
        late = time.monotonic() - self.since > FLUSH_SECONDS
        if late or self.count >= FLUSH_ITEMS or len(self.packed) >= FLUSH_BYTES:
            self.flush()

    def flush(self) -> None:
        if self.count:
            size = self.count.to_bytes(4, "big")
            self.channel.send(wire.ITEMS, ARRAY32 + size + self.packed)
        self._empty()


def send_items(channel: Wire, items: Iterator[Any]) -> None:
    """Send what is yielded; also what came before a failure, as it would have in-process."""
    batch = Batch(channel)
    try:
        for item in items:
            batch.add(item)
    except Exception:
        batch.flush()
        raise
    batch.flush()


def raised(error: BaseException) -> wire.Raised:
    """Describe an exception; the contract's own keep their class and their fields."""
    known = next((c.__name__ for c in CONTRACT_ERRORS if isinstance(error, c)), "")
    wrong = isinstance(error, msgspec.MsgspecError | TypeError) and _is_ours(error)
    trace = "".join(traceback.format_exception(error))
    return wire.Raised(
        kind="wrong_type" if wrong else "raised",
        name=type(error).__name__,
        message=str(error)[:2000],
        known=known,
        permanent=getattr(error, "permanent", False) is True,
        retry_after=getattr(error, "retry_after", None),
        path=str(getattr(error, "path", "$")),
        code=str(getattr(error, "code", "")),
        trace=trace[-6000:],
    )


def _is_ours(error: BaseException) -> bool:
    """Say whether the plug-in had returned: what failed was sending its answer."""
    codes = [frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)]
    return codes[-1:] in ([Batch.add.__code__], [run.__code__])


def run(request: wire.Request, channel: Wire) -> None:
    """Call the plug-in and send what it answers."""
    function = find(request)
    arguments = arguments_of(request, channel)
    signature = wire.signature(request.module, request.kind, request.method)
    answer = function(**arguments)
    if signature.item is None:
        channel.send(wire.RESULT, encoder.encode(answer))
    else:
        send_items(channel, iter(answer))
    channel.send(wire.END)


def main() -> None:
    """Run one request and leave without waiting for what the plug-in may have left behind."""
    asked, answers = int(sys.argv[1]), int(sys.argv[2])
    channel = Wire(answers)
    request = read_request(asked)
    die_with_parent(asked)
    apply_limits(request.limits)
    try:
        run(request, channel)
    except MemoryError:
        channel.write(channel.memory_frame)
    except BrokenPipeError:
        os._exit(1)
    except BaseException as error:
        channel.send(wire.ERROR, encoder.encode(raised(error)))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
