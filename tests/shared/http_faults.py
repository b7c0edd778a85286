"""A real server on 127.0.0.1 that misbehaves on request."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class Faults(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.seen.append((self.command, self.path, dict(self.headers)))
        name = self.path.split("?")[0].strip("/").replace("-", "_") or "fine"
        with suppress(BrokenPipeError, ConnectionResetError):
            getattr(self, f"answer_{name}")()

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer_fine(self) -> None:
        self.reply(200, b'{"ok": true}', Content_Type="application/json")

    def answer_echo(self) -> None:
        self.reply(200, self.body)

    def answer_html(self) -> None:
        self.reply(200, b"<html>maintenance</html>", Content_Type="text/html")

    def answer_broken(self) -> None:
        self.reply(503, b"busy", Retry_After="7")

    def answer_missing(self) -> None:
        self.reply(404, b"no")

    def answer_hang(self) -> None:
        time.sleep(5)

    def answer_drip_headers(self) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 60:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(0.1)

    def answer_drip_body(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "60")
        self.end_headers()
        for _ in range(60):
            self.wfile.write(b".")
            self.wfile.flush()
            time.sleep(0.1)

    def answer_declared_huge(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(1 << 40))
        self.end_headers()

    def answer_huge(self) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        for _ in range(64):
            self.wfile.write(b"x" * 65536)

    def answer_bomb(self) -> None:
        self.reply(200, gzip.compress(b"\0" * (64 << 20)), Content_Encoding="gzip")

    def answer_cut(self) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"half")

    def answer_to_fine(self) -> None:
        self.reply(302, Location="/fine")

    def answer_to_private(self) -> None:
        self.reply(302, Location="http://127.0.0.1:81/")

    def answer_to_file(self) -> None:
        self.reply(302, Location="file:///etc/passwd")

    def answer_to_other(self) -> None:
        self.reply(302, Location=self.server.other)

    def answer_loop(self) -> None:
        self.reply(302, Location="/loop")


class FaultServer(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Faults)
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        self.other = ""

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def handle_error(self, *arguments: object) -> None:
        pass


@contextmanager
def fault_server() -> Iterator[FaultServer]:
    server = FaultServer()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
