"""Inputs http-01 to http-07 against the real server, over raw sockets."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from tests.web.conftest import Server, status_of

CLOSE = b"Host: localhost\r\nConnection: close\r\n"
SLOW_CONNECTIONS = 200


def get(path: bytes) -> bytes:
    return b"GET " + path + b" HTTP/1.1\r\n" + CLOSE + b"\r\n"


def assert_clean(server: Server, answer: bytes) -> None:
    """No trace in the answer, no 5xx, and the next request is served."""
    assert status_of(answer) < 500
    assert b"Traceback" not in answer
    assert server.is_healthy()


def test_every_listed_http_input_has_a_test(shared_dir: Path) -> None:
    listed = json.loads((shared_dir / "reference" / "adversarial_inputs.json").read_text())
    ids = {case["id"] for case in listed["inputs"] if case["endpoint_kind"] == "http"}
    assert ids == {f"http-{number:02}" for number in range(1, 8)}


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n",
        b"Transfer-Encoding: xchunked\r\nContent-Length: 6\r\n",
    ],
)
def test_http_01_two_lengths_are_refused_and_nothing_is_smuggled(
    server: Server, headers: bytes
) -> None:
    smuggled = b"0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answer = server.send(b"POST / HTTP/1.1\r\n" + CLOSE + headers + b"\r\n" + smuggled)
    assert 400 <= status_of(answer) < 500
    assert answer.count(b"HTTP/1.1 ") == 1
    assert_clean(server, answer)


def test_two_content_lengths_are_refused(server: Server) -> None:
    lengths = b"Content-Length: 1\r\nContent-Length: 2\r\n"
    answer = server.send(b"POST / HTTP/1.1\r\n" + CLOSE + lengths + b"\r\nab")
    assert status_of(answer) == 400
    assert_clean(server, answer)


def test_a_chunked_body_is_refused_with_a_sentence_instead_of_read_as_empty(
    server: Server,
) -> None:
    chunked = b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    answer = server.send(b"POST /api/v1/quotes HTTP/1.1\r\n" + CLOSE + chunked)
    assert status_of(answer) == 411
    assert b"Content-Length" in answer
    assert_clean(server, answer)


def test_http_02_a_header_of_one_mebibyte_is_refused(server: Server) -> None:
    huge = b"X: " + b"a" * (1 << 20)
    answer = server.send(b"GET / HTTP/1.1\r\n" + CLOSE + huge + b"\r\n\r\n")
    assert status_of(answer) in {0, 400, 431}
    assert_clean(server, answer)


@pytest.mark.parametrize("method", [b"FOO", b"TRACE", b"PROPFIND"])
@pytest.mark.parametrize("path", [b"/", b"/healthz", b"/api/v1/quotes", b"/static/web/site.css"])
def test_http_03_unknown_methods_get_405(server: Server, method: bytes, path: bytes) -> None:
    answer = server.send(method + b" " + path + b" HTTP/1.1\r\n" + CLOSE + b"\r\n")
    assert status_of(answer) == 405
    assert b"allow:" in answer.lower()
    assert_clean(server, answer)


@pytest.mark.parametrize(
    "path",
    [
        b"/static/%2e%2e/settings.py",
        b"/static/%2e%2e/%2e%2e/core/conf/settings.py",
        b"/static/..%2f..%2fcore/conf/settings.py",
        b"/static/..%5c..%5csecret_key",
        b"/static/../secret_key",
        b"/static//etc/passwd",
    ],
)
def test_http_04_no_file_outside_static_is_served(server: Server, path: bytes) -> None:
    answer = server.send(get(path))
    assert status_of(answer) == 404
    assert b"SECRET_KEY" not in answer
    assert_clean(server, answer)


@pytest.mark.parametrize(
    "path",
    [
        b"/static/%252e%252e/settings.py",
        b"/products/%252e/",
        b"/t/%2500/",
        b"/t/%00/",
        b"/?q=%00",
        b"/?q=%ed%a0%80",
        b"/t/%ff%fe/",
        b"/?q=%",
    ],
)
def test_http_05_double_encoded_and_broken_escapes_never_break(server: Server, path: bytes) -> None:
    assert_clean(server, server.send(get(path)))


def test_http_06_slow_connections_do_not_keep_others_waiting(server: Server) -> None:
    slow: list[socket.socket] = []
    try:
        for _ in range(SLOW_CONNECTIONS):
            line = server.connect()
            line.sendall(b"GET / HTTP/1.1\r\nHost: localh")
            slow.append(line)
        healthy = b"GET /healthz HTTP/1.1\r\n" + CLOSE + b"\r\n"
        for _ in range(3):
            assert status_of(server.send(healthy, timeout=5)) == 200
            for line in slow:
                line.sendall(b"o")
    finally:
        for line in slow:
            line.close()
    assert server.is_healthy()


def test_a_few_half_sent_bodies_do_not_keep_others_waiting(server: Server) -> None:
    head = (
        b"POST /i18n/setlang/ HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n"
        b"Cookie: csrftoken=" + b"a" * 32 + b"\r\nContent-Length: 5000\r\n\r\nlan"
    )
    slow: list[socket.socket] = []
    try:
        for _ in range(3):
            line = server.connect()
            line.sendall(head)
            slow.append(line)
        assert server.is_healthy()
    finally:
        for line in slow:
            line.close()
    assert server.is_healthy()


def test_http_07_http_1_0_without_host_is_refused(server: Server) -> None:
    answer = server.send(b"GET / HTTP/1.0\r\n\r\n")
    assert status_of(answer) == 400
    assert_clean(server, answer)


@pytest.mark.parametrize("host", [b"", b"Host: a\r\nHost: b\r\n", b"Host: evil.example\r\n"])
def test_a_request_names_one_allowed_host(server: Server, host: bytes) -> None:
    answer = server.send(b"GET / HTTP/1.1\r\n" + host + b"Connection: close\r\n\r\n")
    assert status_of(answer) == 400
    assert_clean(server, answer)
