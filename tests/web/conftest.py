"""The real server on a free loopback port, a small market, and visitors."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client

from core.conf.server import web_command
from tests.orders.conftest import Customer, Market, build_market, customer

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0


@dataclass(frozen=True)
class Server:
    """A running server: its port, its process and where its log is."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def connect(self, *, timeout: float = 10) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def send(self, request: bytes, *, timeout: float = 10) -> bytes:
        """Send raw bytes and return what comes back until the server closes or falls silent."""
        with self.connect(timeout=timeout) as line:
            answer = b""
            try:
                line.sendall(request)
                while block := line.recv(65536):
                    answer += block
            except (ConnectionError, TimeoutError):
                pass
            return answer

    def is_healthy(self) -> bool:
        request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        return self.process.poll() is None and status_of(self.send(request)) == 200


def status_of(answer: bytes) -> int:
    """Return the status code of a raw answer, 0 when there is none."""
    parts = answer.split(b"\r\n", 1)[0].split()
    return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Migrate an empty site into a folder of its own and serve it."""
    folder = tmp_path_factory.mktemp("server")
    environment = {**os.environ, "HAITAO_VAR": str(folder)}
    environment.pop("DATABASE_URL", None)
    manage = [sys.executable, "manage.py", "migrate", "-v0"]
    subprocess.run(manage, cwd=ROOT, env=environment, check=True, timeout=120)
    port, log = free_port(), folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            web_command(host="127.0.0.1", port=port, workers=1),
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    running = Server(port, process, log)
    try:
        _wait(running)
        yield running
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if server.is_healthy():
                return
        except OSError:
            pass
        if server.process.poll() is not None:
            break
        time.sleep(0.2)
    pytest.fail("the server did not start:\n" + server.log.read_text()[-2000:])


@pytest.fixture
def market(db: None) -> Iterator[Market]:
    """Channels of every kind to China with rates, freight and rules, and one product on sale."""
    cache.clear()
    for built in build_market():
        for key in ("m2c", "b2c_bonded", "b2c_direct", "c2c"):
            built.sell(key)
        yield built


@pytest.fixture
def ann(market: Market) -> Customer:
    return customer("ann")


@pytest.fixture
def english() -> Client:
    """A visitor who reads English."""
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def as_ann(ann: Customer, english: Client) -> Client:
    english.force_login(ann.buyer.user)
    return english
