"""A real server on 127.0.0.1 that serves the sources' documents, or what a test puts there."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

SPACE = "http://www.ecb.int/vocabulary/2002-08-01/eurofxref"


def envelope(**days: dict[str, str]) -> bytes:
    """Write the ECB's XML: ``envelope(d2025_05_09={"USD": "1.12"})``."""
    cubes = ""
    for name, rates in days.items():
        inner = "".join(f"<Cube currency='{c}' rate='{v}'/>" for c, v in rates.items())
        cubes += f"<Cube time='{name[1:].replace('_', '-')}'>{inner}</Cube>"
    return (
        f"<?xml version='1.0' encoding='UTF-8'?><gesmes:Envelope "
        f"xmlns:gesmes='http://www.gesmes.org/xml/2002-08-01' xmlns='{SPACE}'>"
        f"<Cube>{cubes}</Cube></gesmes:Envelope>"
    ).encode()


class Bank(ThreadingHTTPServer):
    """Serves ``files`` by name: bytes, a status, "hang", a :class:`Raw`, or a function.

    A function is given the query and returns bytes or a status.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Counter)
        self.files: dict[str, Any] = {}
        self.asked: list[str] = []
        self.queries: list[dict[str, str]] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def handle_error(self, *arguments: object) -> None:
        pass


class Counter(BaseHTTPRequestHandler):
    server: Bank

    def log_message(self, *arguments: object) -> None:
        pass

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        name, query = parts.path.rpartition("/")[2], dict(parse_qsl(parts.query))
        self.server.asked.append(name)
        self.server.queries.append(query)
        body = self.server.files.get(name, 404)
        if body == "hang":
            time.sleep(3)
            return
        if isinstance(body, Raw):
            body.write(self)
            return
        self.answer(body(query) if callable(body) else body)

    def answer(self, body: Any, **headers: str) -> None:
        self.send_response(body if isinstance(body, int) else 200)
        content = body if isinstance(body, bytes) else b""
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class Raw:
    """An answer that writes itself."""

    def __init__(self, write: Callable[[Counter], None]) -> None:
        self.write = write


def packed(content: bytes) -> Raw:
    """Answer with a gzip body."""
    return Raw(lambda handler: handler.answer(gzip.compress(content), Content_Encoding="gzip"))


def redirecting(target: str) -> Raw:
    """Answer with a permanent redirect."""

    def write(handler: Counter) -> None:
        handler.send_response(301)
        handler.send_header("Location", target)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return Raw(write)
