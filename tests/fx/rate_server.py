"""A real server on 127.0.0.1 that serves the ECB's files, or what a test puts in their place."""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

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
    """Serves ``files`` by name; a callable writes the answer itself."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Counter)
        self.files: dict[str, Any] = {}
        self.asked: list[str] = []

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
        name = self.path.rpartition("/")[2]
        self.server.asked.append(name)
        body = self.server.files.get(name, 404)
        if body == "hang":
            time.sleep(3)
            return
        self.send_response(body if isinstance(body, int) else 200)
        content = body if isinstance(body, bytes) else b""
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
