"""Outgoing HTTP keeps its deadline, its byte limit, and away from private addresses."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from http_faults import FaultServer, fault_server

from core.pluginapi import Http, InvalidInput, Unavailable
from core.shared.http import GuardedHttp, check_url


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with fault_server() as running:
        yield running


def guarded(server: FaultServer, **options: object) -> Http:
    return GuardedHttp(allowed_hosts=frozenset({server.host}), **options)


def test_an_answer_is_read_whole_with_status_headers_and_json(server: FaultServer) -> None:
    reply = guarded(server).get(server.url + "/fine", params={"day": "1"})
    assert (reply.status, reply.json(), reply.headers["content-type"]) == (
        200,
        {"ok": True},
        "application/json",
    )
    assert server.seen[0][1] == "/fine?day=1"


def test_a_4xx_answer_is_returned(server: FaultServer) -> None:
    assert guarded(server).get(server.url + "/missing").status == 404


def test_a_post_sends_its_body_and_the_headers_of_the_session(server: FaultServer) -> None:
    http = guarded(server, headers={"X-Session": "1"})
    reply = http.post(server.url + "/echo", json={"a": 1}, headers={"X-Call": "2"})
    sent = server.seen[0][2]
    assert (reply.json(), sent["X-Session"], sent["X-Call"]) == ({"a": 1}, "1", "2")


def test_a_5xx_answer_is_unavailable_and_says_when_to_come_again(server: FaultServer) -> None:
    with pytest.raises(Unavailable, match="503") as caught:
        guarded(server).get(server.url + "/broken")
    assert caught.value.retry_after == 7


def test_html_where_json_was_due_is_invalid_input(server: FaultServer) -> None:
    with pytest.raises(InvalidInput, match="not JSON"):
        guarded(server).get(server.url + "/html").json()


@pytest.mark.parametrize("fault", ["hang", "drip-headers", "drip-body"])
def test_the_deadline_covers_headers_and_body(server: FaultServer, fault: str) -> None:
    begun = time.monotonic()
    with pytest.raises(Unavailable, match="in time"):
        guarded(server, total_seconds=0.6).get(f"{server.url}/{fault}")
    assert time.monotonic() - begun < 4  # the server needs 5 to 8 seconds


@pytest.mark.parametrize("fault", ["huge", "declared-huge", "bomb"])
def test_a_body_above_the_limit_is_refused(server: FaultServer, fault: str) -> None:
    with pytest.raises(InvalidInput, match="larger") as caught:
        guarded(server, max_bytes=1 << 20).get(f"{server.url}/{fault}")
    assert caught.value.code == "answer_too_large"


def test_a_body_that_is_cut_off_is_unavailable(server: FaultServer) -> None:
    with pytest.raises(Unavailable):
        guarded(server).get(server.url + "/cut")


def test_a_redirect_is_followed_three_times_at_most(server: FaultServer) -> None:
    assert guarded(server).get(server.url + "/to-fine").json() == {"ok": True}
    with pytest.raises(Unavailable, match="more than 3"):
        guarded(server).get(server.url + "/loop")
    assert len([path for _, path, _ in server.seen if path == "/loop"]) == 4


@pytest.mark.parametrize("fault", ["to-private", "to-file"])
def test_a_redirect_is_checked_like_the_first_address(server: FaultServer, fault: str) -> None:
    with pytest.raises((Unavailable, InvalidInput)):
        guarded(server).get(f"{server.url}/{fault}")
    assert len(server.seen) == 1


def test_a_redirected_post_is_not_sent_again(server: FaultServer) -> None:
    with pytest.raises(Unavailable, match="redirects a POST"):
        guarded(server).post(server.url + "/to-fine", json={})


def test_a_redirect_to_another_host_loses_the_secrets(server: FaultServer) -> None:
    with fault_server() as other:
        server.other = other.url + "/fine"
        hosts = frozenset({server.host, other.host})
        http = GuardedHttp(allowed_hosts=hosts, headers={"X-Api-Key": "secret"})
        assert http.get(server.url + "/to-other", headers={"Authorization": "secret"}).status == 200
        assert "secret" not in str(other.seen)
    assert "secret" in str(server.seen)


def test_the_environment_cannot_bring_a_proxy(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert guarded(server).get(server.url + "/fine").status == 200


def test_a_server_that_is_not_on_the_list_is_not_reached(server: FaultServer) -> None:
    with pytest.raises((Unavailable, InvalidInput)):
        GuardedHttp().get(server.url + "/fine")
    assert server.seen == []


def test_an_error_does_not_repeat_the_address(server: FaultServer) -> None:
    with pytest.raises(Unavailable) as caught:
        GuardedHttp().get("http://10.0.0.1/?token=secret")
    assert "secret" not in str(caught.value)


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every connect, counted and refused."""
    made: list[object] = []

    def refuse(_self: socket.socket, address: object) -> None:
        made.append(address)
        raise ConnectionRefusedError("counted")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    return made


def outbound_inputs(shared_dir: Path) -> list[dict[str, str]]:
    corpus = json.loads((shared_dir / "reference" / "adversarial_inputs.json").read_text("utf-8"))
    found = [entry for entry in corpus["inputs"] if entry["endpoint_kind"] == "outbound_url"]
    return [entry for entry in found if entry["encoding"] == "literal"]


def test_no_adversarial_address_is_saved_or_connected_to(
    shared_dir: Path, connects: list[object]
) -> None:
    inputs = outbound_inputs(shared_dir)
    assert len(inputs) >= 15
    for entry in inputs:
        with pytest.raises(InvalidInput):
            check_url(entry["payload"])
        with (
            mock.patch("requests_hardened.ip_filter.socket.getaddrinfo", wraps=numeric_only),
            pytest.raises((InvalidInput, Unavailable)),
        ):
            GuardedHttp(total_seconds=5).get(entry["payload"])
    assert connects == []


real_getaddrinfo = socket.getaddrinfo


def numeric_only(host: str, *arguments: object, **options: object) -> object:
    """Names are unknown here, so that the test asks no resolver; numbers are read as always."""
    if host == "localhost":
        host = "127.0.0.1"
    return real_getaddrinfo(host, *arguments, **{**options, "flags": socket.AI_NUMERICHOST})


def test_a_public_address_may_be_saved() -> None:
    url = "https://feeds.example.com/a.xml?key=1"
    assert check_url(url) == url
    assert check_url("http://127.0.0.1:8123/x", allowed_hosts=frozenset({"127.0.0.1:8123"}))


@pytest.mark.parametrize("port", [25, 6379, 8080])
def test_other_ports_are_refused(port: int, connects: list[object]) -> None:
    with pytest.raises(InvalidInput, match="port"):
        GuardedHttp().get(f"http://example.com:{port}/")
    assert connects == []


def answers(*addresses: str) -> object:
    """A resolver that gives each call the next list of addresses."""
    turns = iter(addresses)

    def resolve(host: str, port: int, *rest: object, **options: object) -> object:
        if host[0].isdigit():
            return real_getaddrinfo(host, port, *rest, **options)
        found = next(turns).split()
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    return resolve


def test_a_rebound_name_is_connected_at_the_checked_address(connects: list[object]) -> None:
    resolver = answers("93.184.216.34", "127.0.0.1")
    with mock.patch("requests_hardened.ip_filter.socket.getaddrinfo", side_effect=resolver):
        for _ in range(2):
            with pytest.raises(Unavailable):
                GuardedHttp().get("http://rebinding.example/")
    assert [address[0] for address in connects] == ["93.184.216.34"]


def test_a_name_with_a_second_private_address_is_pinned_to_the_checked_one(
    connects: list[object],
) -> None:
    resolver = answers("93.184.216.34 127.0.0.1")
    with (
        mock.patch("requests_hardened.ip_filter.socket.getaddrinfo", side_effect=resolver),
        pytest.raises(Unavailable),
    ):
        GuardedHttp().get("http://two.example/")
    assert {address[0] for address in connects} <= {"93.184.216.34"}


def test_a_resolver_that_hangs_costs_the_deadline_only() -> None:
    begun = time.monotonic()
    with (
        mock.patch(
            "requests_hardened.ip_filter.socket.getaddrinfo",
            side_effect=lambda *a, **k: time.sleep(3),
        ),
        pytest.raises(Unavailable, match="in time"),
    ):
        GuardedHttp(total_seconds=0.3).get("http://slow.example/")
    assert time.monotonic() - begun < 2.5


@pytest.mark.parametrize(
    "url",
    [
        "http://0x7f000001/",
        "http://127.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://192.168.0.1/",
        "http://[fe80::1]/",
        "http://[fc00::1]/",
        "http://[::]/",
        "http://[64:ff9b::7f00:1]/",
        "http://255.255.255.255/",
        "http://user:password@example.com/",
        "http://example.com\\@127.0.0.1/",
        "http://１２７.0.0.1/",
        "http://exa mple.com/",
        "http://example.com:0/",
        "ftp://example.com/",
        "http:///path",
        "http://[::1",
        "http://service.internal/",
        "",
    ],
)
def test_further_spellings_are_refused_without_a_connection(
    url: str, connects: list[object]
) -> None:
    with pytest.raises(InvalidInput):
        check_url(url)
    with (
        mock.patch("requests_hardened.ip_filter.socket.getaddrinfo", wraps=numeric_only),
        pytest.raises((InvalidInput, Unavailable)),
    ):
        GuardedHttp().get(url)
    assert connects == []
