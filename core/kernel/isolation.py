"""Runs one call of a plug-in in a child process with CPU, memory, time and output limits.

What cannot be contained in-process is contained here: hangs, spins, memory, ``os._exit``,
segmentation faults. Needs Django only to read which hosts an operator allows.
"""

from __future__ import annotations

import logging
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from io import BufferedRandom, BufferedReader, FileIO
from pathlib import Path
from typing import IO, Any, BinaryIO

import msgspec

from core.kernel import wire
from core.kernel.wire import Limits
from core.pluginapi import ChannelRef
from core.pluginapi.errors import InvalidInput, NotPermitted, PluginError, Unavailable
from core.shared.clock import now

__all__ = ["IsolationFailed", "Limits", "run_isolated", "stream_isolated"]

KEPT_OUTPUT = 16 * 1024
PASSED_ENVIRONMENT = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
)


class IsolationFailed(Exception):
    """The child could not answer.

    ``kind`` is one of ``timeout``, ``cpu``, ``memory``, ``crashed``, ``output`` (too much of it),
    ``wrong_type`` and ``raised`` (an exception that is not of the contract). ``detail`` is the
    child's traceback or last words, at most 16 KiB, for the operator only.
    """

    permanent = False

    def __init__(self, kind: str, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.detail = detail


def run_isolated(
    plugin_module: str,
    kind: str,
    key: str,
    method: str,
    kwargs: Mapping[str, Any],
    *,
    settings: Mapping[str, Any] | None = None,
    channel: ChannelRef | None = None,
    limits: Limits | None = None,
    plugin: str = "",
) -> Any:
    """Call a provider's method in a child process and return its answer, checked for its type.

    ``kind`` is what the plug-in registers (``fx_sources``), ``key`` the provider's; with ``kind``
    "" the function ``method`` of the module is called. A ``BinaryIO`` argument becomes the child's
    standard input. Answers that are streams come as a list. Raises the contract's errors as the
    plug-in raised them, and IsolationFailed.
    """
    call = _Call(
        (plugin_module, kind, key, method),
        kwargs,
        settings=settings,
        channel=channel,
        limits=limits or Limits(),
        plugin=plugin,
    )
    answers = list(call.run())
    if call.signature.item is not None:
        return [item for batch in answers for item in batch]
    if not answers:
        raise IsolationFailed("crashed", "the child ended without an answer")
    return answers[0]


def stream_isolated(
    plugin_module: str,
    kind: str,
    key: str,
    method: str,
    kwargs: Mapping[str, Any],
    *,
    settings: Mapping[str, Any] | None = None,
    channel: ChannelRef | None = None,
    limits: Limits | None = None,
    plugin: str = "",
) -> Iterator[Any]:
    """Yield what a provider's method yields in a child process, as it comes; see run_isolated.

    The child waits while the caller works on what was sent, so neither side's memory grows. The
    child is killed when the iterator is closed. What was yielded before a failure stands.
    """
    call = _Call(
        (plugin_module, kind, key, method),
        kwargs,
        settings=settings,
        channel=channel,
        limits=limits or Limits(),
        plugin=plugin,
    )
    if call.signature.item is None:
        raise ValueError(f"{kind}.{method} does not answer with a stream")
    for batch in call.run():
        yield from batch


class _Call:
    """One child process from start to end."""

    def __init__(
        self,
        target: tuple[str, str, str, str],
        arguments: Mapping[str, Any],
        *,
        settings: Mapping[str, Any] | None,
        channel: ChannelRef | None,
        limits: Limits,
        plugin: str,
    ) -> None:
        module, kind, key, method = target
        kind = kind.removeprefix("register_")
        self.signature = wire.signature(module, kind, method)
        self.limits = limits
        self.log = logging.getLogger(f"haitao.plugin.{plugin or key or module}")
        self.last_words = bytearray()
        self.received = 0
        self.waited = 0.0
        stream = self.signature.stream
        self.stdin: BinaryIO | None = arguments.get(stream) if stream else None
        encode = msgspec.msgpack.encode
        self.request = wire.Request(
            module=module,
            plugin=plugin,
            kind=kind,
            key=key,
            method=method,
            arguments={
                name: msgspec.Raw(encode(value))
                for name, value in arguments.items()
                if name not in {"ctx", stream}
            },
            stream=stream if self.stdin is not None else "",
            settings=dict(settings) if settings is not None else None,
            channel=channel,
            now=now(),
            limits=self.limits,
            allowed_hosts=sorted(_allowed_hosts()),
        )
        self.decoder = msgspec.msgpack.Decoder(
            list[self.signature.item] if self.signature.item else self.signature.result  # type: ignore[name-defined]  # a run-time type
        )

    def run(self) -> Iterator[Any]:
        """Start the child, yield its decoded answers, and leave nothing of it behind."""
        asked_read, asked_write = os.pipe()
        answer_read, answer_write = os.pipe()
        try:
            with _as_file(self.stdin) as stdin:
                child = self._start(stdin, asked_read, answer_write)
        finally:
            os.close(asked_read)
            os.close(answer_write)
        try:
            _send(asked_write, msgspec.msgpack.encode(self.request))
            yield from self._answers(child, answer_read)
        finally:
            _end(child)
            os.close(asked_write)
            os.close(answer_read)

    def _start(self, stdin: IO[bytes], asked: int, answers: int) -> subprocess.Popen[bytes]:
        environment = {name: os.environ[name] for name in PASSED_ENVIRONMENT if name in os.environ}
        environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        return subprocess.Popen(  # noqa: S603  # our own interpreter and module
            [sys.executable, "-m", "core.kernel.child", str(asked), str(answers)],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(asked, answers),
            env=environment,
            start_new_session=True,
        )

    def _answers(self, child: subprocess.Popen[bytes], descriptor: int) -> Iterator[Any]:
        pending = bytearray()
        assert child.stdout is not None  # noqa: S101  # opened as a pipe above
        with selectors.DefaultSelector() as ready:
            ready.register(descriptor, selectors.EVENT_READ)
            ready.register(child.stdout, selectors.EVENT_READ)
            while True:
                block = self._next_block(ready, descriptor, child.stdout)
                if not block:
                    raise self._explain_end(child)
                pending += block
                for kind, payload in self._frames(pending):
                    if kind == wire.END:
                        return
                    yield from self._take(kind, payload)

    def _next_block(
        self, ready: selectors.BaseSelector, descriptor: int, output: IO[bytes]
    ) -> bytes:
        while True:
            started = time.monotonic()
            events = ready.select(max(0.0, self.limits.wall_seconds - self.waited))
            self.waited += time.monotonic() - started
            names = {key.fd for key, _ in events}
            if output.fileno() in names:
                self._keep_words(os.read(output.fileno(), 1 << 16), ready, output)
            if descriptor in names:
                return os.read(descriptor, 1 << 20)
            if self.waited >= self.limits.wall_seconds:
                raise IsolationFailed(
                    "timeout",
                    f"no answer within {self.limits.wall_seconds:g} s",
                    detail=self._words(),
                )

    def _keep_words(self, block: bytes, ready: selectors.BaseSelector, output: IO[bytes]) -> None:
        if not block:
            ready.unregister(output)
            return
        self.last_words += block
        del self.last_words[:-KEPT_OUTPUT]

    def _frames(self, pending: bytearray) -> Iterator[tuple[bytes, bytes]]:
        while len(pending) >= wire.HEADER.size:
            kind, size = wire.HEADER.unpack_from(pending)
            if self.received + size > self.limits.max_output_bytes or size > wire.MAX_FRAME:
                raise IsolationFailed(
                    "output", f"more than {self.limits.max_output_bytes} bytes were answered"
                )
            end = wire.HEADER.size + size
            if len(pending) < end:
                return
            payload = bytes(pending[wire.HEADER.size : end])
            del pending[:end]
            self.received += size
            yield kind, payload

    def _take(self, kind: bytes, payload: bytes) -> Iterator[Any]:
        try:
            if kind in {wire.ITEMS, wire.RESULT}:
                yield self.decoder.decode(payload)
            elif kind == wire.LOG:
                self._write_log(msgspec.msgpack.decode(payload, type=wire.LogLine))
            elif kind == wire.ERROR:
                raise _error(msgspec.msgpack.decode(payload, type=wire.Raised))
        except (msgspec.MsgspecError, ValueError, ArithmeticError) as error:
            raise IsolationFailed("wrong_type", f"the answer is not as promised: {error}") from None

    def _write_log(self, line: wire.LogLine) -> None:
        level = logging.getLevelNamesMapping().get(line.level.upper(), logging.INFO)
        self.log.log(level, "%s %s", line.message, line.fields or "")

    def _explain_end(self, child: subprocess.Popen[bytes]) -> IsolationFailed:
        code = _status(child.pid)
        self._drain(child)
        words = self._words()
        if code == -signal.SIGXCPU:
            limit = self.limits.cpu_seconds
            return IsolationFailed("cpu", f"more than {limit} s of processor time", detail=words)
        if "MemoryError" in words or "Cannot allocate memory" in words:
            return IsolationFailed("memory", "out of memory", detail=words)
        if code is not None and code < 0:
            reason = signal.strsignal(-code) or f"signal {-code}"
            return IsolationFailed("crashed", f"ended by signal: {reason}", detail=words)
        if code is None:
            return IsolationFailed("crashed", "closed its answer and stayed", detail=words)
        return IsolationFailed("crashed", f"left with status {code}", detail=words)

    def _drain(self, child: subprocess.Popen[bytes]) -> None:
        assert child.stdout is not None  # noqa: S101  # opened as a pipe
        os.set_blocking(child.stdout.fileno(), False)
        with suppress(BlockingIOError):
            self.last_words += os.read(child.stdout.fileno(), 1 << 16)
        del self.last_words[:-KEPT_OUTPUT]

    def _words(self) -> str:
        return self.last_words.decode("utf-8", errors="replace")


def _error(told: wire.Raised) -> Exception:
    if told.known == "InvalidInput":
        return InvalidInput(told.message, path=told.path, code=told.code)
    if told.known == "Unavailable":
        return Unavailable(told.message, retry_after=told.retry_after)
    if told.known == "NotPermitted":
        return NotPermitted(told.message)
    if told.known:
        return PluginError(told.message, permanent=told.permanent)
    return IsolationFailed(told.kind, f"{told.name}: {told.message}", detail=told.trace)


def _status(pid: int) -> int | None:
    """Return how a child ended, negative for a signal, without reaping it: its id stays taken."""
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if ended is not None:
            return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
        time.sleep(0.01)
    return None


def _send(descriptor: int, payload: bytes) -> None:
    # A child that is gone already is explained when its answer is read.
    with suppress(BrokenPipeError):
        view = memoryview(wire.HEADER.pack(b"q", len(payload)) + payload)
        while view:
            view = view[os.write(descriptor, view) :]


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill whatever is left of the child's process group, its own children with it."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    if child.stdout is not None:
        child.stdout.close()


def _as_file(stream: BinaryIO | None) -> IO[bytes]:
    """Return a real file with the stream's remaining bytes, which a child can seek in."""
    if stream is None:
        return Path(os.devnull).open("rb")
    same = Path(f"/proc/self/fd/{stream.fileno()}") if _is_plain_file(stream) else None
    if same and same.exists():
        # Opened anew, not duplicated: a shared offset would move under the caller's buffer.
        opened = same.open("rb", buffering=0)
        opened.seek(stream.tell())
        return opened
    copy: IO[bytes] = tempfile.TemporaryFile()  # closed by the caller
    shutil.copyfileobj(stream, copy, 1 << 20)
    copy.seek(0)
    return copy


def _is_plain_file(stream: BinaryIO) -> bool:
    # A GzipFile has a descriptor too, but that of the compressed bytes.
    return isinstance(stream, FileIO) or (
        isinstance(stream, BufferedReader | BufferedRandom) and isinstance(stream.raw, FileIO)
    )


def _allowed_hosts() -> frozenset[str]:
    from django.conf import settings

    if not settings.configured:
        return frozenset()
    hosts: frozenset[str] = settings.HAITAO_HTTP_ALLOWED_HOSTS
    return hosts
