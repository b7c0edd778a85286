"""Outgoing HTTP with a deadline, a byte limit and no way to private addresses.

requests-hardened resolves a name once, refuses what is not public and connects to that very
address, so a name that is rebound between check and connect gains nothing. Added here: allowed
ports, redirects that are checked again, a wall-clock deadline over name look-up, handshake,
headers and body together (the timeouts of requests are per read, and a server that drips one byte
a second never meets them), and a limit on the bytes after decompression.
"""

from __future__ import annotations

import ipaddress
import json as jsonlib
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests_hardened.ip_filter import filter_host
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.exceptions import HTTPError

from core.shared.errors import InvalidInput, Unavailable

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
BLOCK = 64 * 1024
MAX_REDIRECTS = 3
MAX_URL = 4096
PORTS = {"http": 80, "https": 443}
REDIRECTS = frozenset({301, 302, 303, 307, 308})
KEPT_ACROSS_ORIGINS = frozenset({"accept", "accept-language", "user-agent"})
USER_AGENT = "haitao/1.0"


@dataclass(slots=True)
class HttpReply:
    """An answer, read whole. ``headers`` are looked up in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str

    @property
    def text(self) -> str:
        """Return the body as text; bytes that are not UTF-8 become replacement characters."""
        return self.content.decode("utf-8-sig", errors="replace")

    def json(self) -> Any:
        """Return the parsed body. Raises InvalidInput when it is not JSON."""
        try:
            return jsonlib.loads(self.content)
        except (ValueError, RecursionError):
            raise InvalidInput(
                f"the answer of {_host(self.url)} is not JSON", code="not_json"
            ) from None


def check_url(url: str, *, allowed_hosts: frozenset[str] = frozenset()) -> str:
    """Return ``url`` when it may be stored as an address to call, without any look-up.

    Refuses other schemes and ports, user names, fragments, and every spelling of an address that
    is not public. Names are checked again when they are connected to. Raises InvalidInput.
    """
    parts = _split(url)
    if "#" in url:
        raise InvalidInput("the address must not contain '#'", path="$.url", code="url_refused")
    if _netloc(parts) in allowed_hosts:
        return url
    _check_port(parts)
    host = (parts.hostname or "").rstrip(".").lower()
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        raise InvalidInput(f"{host} is not a public address", path="$.url", code="url_refused")
    if _is_numeric(host):
        _check_numeric(host)
    return url


def _split(url: str) -> SplitResult:
    refused = InvalidInput("not an http or https address", path="$.url", code="url_refused")
    if not isinstance(url, str) or len(url) > MAX_URL or "\\" in url:
        raise refused
    if any(ord(char) <= 32 or ord(char) == 127 for char in url):
        raise refused
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise refused from None
    if parts.scheme not in PORTS or not parts.hostname or not parts.hostname.isascii():
        raise refused
    if "@" in parts.netloc or "%" in parts.netloc:
        raise refused
    return parts


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _netloc(parts: SplitResult) -> str:
    port = parts.port if parts.port is not None else PORTS[parts.scheme]
    return f"{parts.hostname}:{port}"


def _check_port(parts: SplitResult) -> None:
    if parts.port not in (None, *PORTS.values()):
        raise InvalidInput(
            f"port {parts.port} is not allowed, only 80 and 443", path="$.url", code="url_refused"
        )


def _is_numeric(host: str) -> bool:
    with suppress(socket.gaierror):
        return bool(socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST))
    return False


def _check_numeric(host: str) -> None:
    try:
        address = ipaddress.ip_address(filter_host(host, 80, allow_loopback=False).strip("[]"))
    except (requests.RequestException, ValueError):
        address = None
    if address is None or not address.is_global:
        raise InvalidInput(f"{host} is not a public address", path="$.url", code="url_refused")


class _Watch:
    """Shuts the sockets of one exchange down when its time is over."""

    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds
        self._held: list[socket.socket] = []
        self._lock = threading.Lock()

    def left(self) -> float:
        return self.ends - time.monotonic()

    def hold(self, connected: socket.socket) -> None:
        # A duplicate stays valid while the TLS layer takes the original over.
        with self._lock:
            self._held.append(connected.dup())

    def strike(self) -> None:
        with self._lock:
            for held in self._held:
                with suppress(OSError):
                    held.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with self._lock:
            for held in self._held:
                held.close()
            self._held.clear()

    @contextmanager
    def running(self) -> Iterator[None]:
        timer = threading.Timer(max(self.left(), 0), self.strike)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            self.close()


class _Watched(HTTPAdapter):
    """Registers each new socket with the watch of the exchange."""

    watch: _Watch

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool = super().get_connection_with_tls_context(*args, **kwargs)
        base: Any = getattr(pool, "ConnectionCls")  # noqa: B009  # not in the typed interface
        watch = self.watch

        class Connection(base):  # type: ignore[misc]  # chosen at run time: http or https
            def _new_conn(self) -> socket.socket:
                made: socket.socket = super()._new_conn()
                watch.hold(made)
                return made

        setattr(pool, "ConnectionCls", Connection)  # noqa: B010
        return pool


class _Public(_Watched, IPFilterAdapter):  # type: ignore[misc]  # the library is untyped
    """Connects to the checked public address, looked up within the deadline."""

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:
        answer: list[Any] = []
        failure: list[Exception] = []

        def resolve() -> None:
            try:
                found = IPFilterAdapter.build_connection_pool_key_attributes(self, *args, **kwargs)
                answer.append(found)
            except Exception as error:
                failure.append(error)

        # The resolver knows no timeout, so it is left behind when time is over.
        thread = threading.Thread(target=resolve, daemon=True)
        thread.start()
        thread.join(max(self.watch.left(), 0))
        if failure:
            raise failure[0]
        if not answer:
            raise requests.ConnectTimeout("name look-up took too long")
        return answer[0]


class GuardedHttp:
    """Calls partners. One exchange takes at most ``total_seconds`` and ``max_bytes`` of body.

    ``allowed_hosts`` names ``host:port`` pairs that are reached although they are not public or
    not on port 80 or 443; an operator's setting, never a plug-in's. ``headers`` go with every
    request. Raises Unavailable on time-outs, refused addresses and 5xx answers, InvalidInput on
    an address that is none and on an answer above the limit. Other answers are returned, 4xx too.
    """

    def __init__(
        self,
        *,
        total_seconds: float = 15,
        max_bytes: int = 20 << 20,
        allowed_hosts: frozenset[str] = frozenset(),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._seconds = total_seconds
        self._max_bytes = max_bytes
        self._allowed = allowed_hosts
        self._headers = dict(headers or {})

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpReply:
        """Fetch ``url``, following at most three redirects, none from https to http."""
        return self._exchange("GET", url, headers=headers, params=params)

    def post(
        self,
        url: str,
        *,
        json: object | None = None,
        data: bytes | Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpReply:
        """Send a body to ``url``; a redirect is not followed and counts as unavailable."""
        return self._exchange("POST", url, headers=headers, json=json, data=data)

    def _exchange(
        self, method: str, url: str, *, headers: Mapping[str, str] | None, **body: Any
    ) -> HttpReply:
        watch = _Watch(self._seconds)
        sent = {"User-Agent": USER_AGENT, **self._headers, **(headers or {})}
        sent["Accept-Encoding"] = "gzip, deflate"
        with watch.running():
            for _ in range(MAX_REDIRECTS + 1):
                reply = self._hop(method, url, watch=watch, headers=sent, **body)
                if reply.status not in REDIRECTS or "location" not in reply.headers:
                    return _answer(reply)
                if method != "GET":
                    raise Unavailable(f"{_host(url)} redirects a {method}")
                url, sent = _next(url, reply.headers["location"], sent)
                body = {}
        raise Unavailable(f"{_host(url)} redirects more than {MAX_REDIRECTS} times")

    def _hop(self, method: str, url: str, *, watch: _Watch, **arguments: Any) -> HttpReply:
        parts = _split(url)
        trusted = _netloc(parts) in self._allowed
        if not trusted:
            _check_port(parts)
        adapter = _adapter(parts.scheme, trusted=trusted)
        adapter.watch = watch
        with requests.Session() as session:
            session.trust_env = False
            session.mount(f"{parts.scheme}://", adapter)
            try:
                return self._send(session, method, url, watch=watch, **arguments)
            except (requests.RequestException, HTTPError, OSError, UnicodeError) as error:
                raise Unavailable(_reason(parts.hostname or "", error, watch)) from None

    def _send(
        self, session: requests.Session, method: str, url: str, *, watch: _Watch, **arguments: Any
    ) -> HttpReply:
        left = watch.left()
        if left <= 0:
            raise requests.ConnectTimeout("no time left")
        timeouts = (min(CONNECT_SECONDS, left), min(READ_SECONDS, left))
        response = session.request(
            method, url, timeout=timeouts, allow_redirects=False, stream=True, **arguments
        )
        with response:
            content = self._read(response, watch)
        named = {name.lower(): value for name, value in response.headers.items()}
        return HttpReply(response.status_code, named, content, url)

    def _read(self, response: requests.Response, watch: _Watch) -> bytes:
        too_large = InvalidInput(
            f"the answer is larger than {self._max_bytes} bytes", code="answer_too_large"
        )
        declared = response.headers.get("Content-Length", "")
        if declared.isascii() and declared.isdigit() and int(declared[:20]) > self._max_bytes:
            raise too_large
        blocks: list[bytes] = []
        size = 0
        for block in response.iter_content(BLOCK):
            size += len(block)
            if size > self._max_bytes:
                raise too_large
            blocks.append(block)
        if watch.left() <= 0:  # an answer that is ended by the watch is not whole
            raise requests.ReadTimeout("the deadline passed")
        return b"".join(blocks)


def _adapter(scheme: str, *, trusted: bool) -> _Watched:
    if trusted:
        return _Watched()
    options: dict[str, Any] = {"is_https_proto": scheme == "https"}
    return _Public(**options)


def _next(url: str, location: str, headers: dict[str, str]) -> tuple[str, dict[str, str]]:
    try:
        target = urljoin(url, location).partition("#")[0]
        before, after = _split(url), _split(target)
    except (ValueError, InvalidInput):
        raise Unavailable(f"{_host(url)} redirects to an address that is none") from None
    if before.scheme == "https" and after.scheme == "http":
        raise Unavailable(f"{_host(url)} redirects from https to http")
    if (before.scheme, _netloc(before)) == (after.scheme, _netloc(after)):
        return target, headers
    kept = KEPT_ACROSS_ORIGINS | {"accept-encoding"}
    return target, {name: value for name, value in headers.items() if name.lower() in kept}


def _answer(reply: HttpReply) -> HttpReply:
    if reply.status < 500:
        return reply
    waits = reply.headers.get("retry-after", "")
    seconds = float(waits) if waits.isascii() and waits.isdigit() and len(waits) < 7 else None
    raise Unavailable(f"{_host(reply.url)} answered {reply.status}", retry_after=seconds)


def _reason(host: str, error: Exception, watch: _Watch) -> str:
    if watch.left() <= 0 or isinstance(error, requests.Timeout | TimeoutError):
        return f"{host} did not answer in time"
    # Neither the message nor the cause is passed on: both can hold the address with its secrets.
    return f"{host} cannot be reached ({type(error).__name__})"
