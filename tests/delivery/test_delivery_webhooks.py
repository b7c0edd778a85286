"""Webhooks over a real server: signed, once per event, retried with patience, off after 410."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine

from core.delivery.models import DeliveryAttempt, Endpoint, WebhookDelivery
from core.delivery.services import add_endpoint, resend
from core.delivery.signatures import is_genuine, sign
from core.jobs import emit, enqueue, run_due, waking
from core.jobs.models import Job
from core.shared.clock import now
from core.shared.errors import InvalidInput

pytestmark = pytest.mark.django_db

State = WebhookDelivery.State


class Receiver:
    """A partner's server: answers with what it is told to, and remembers what it got."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.calls: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.calls.append(({k.lower(): v for k, v in self.headers.items()}, body))
                status, headers = receiver.answers.pop(0) if receiver.answers else (200, {})
                self.send_response(status)
                for name, value in {"Content-Length": "2", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver(settings, monkeypatch):
    monkeypatch.setattr(waking, "ring", lambda: None)
    started = Receiver()
    settings.HAITAO_HTTP_ALLOWED_HOSTS = frozenset({started.host})
    yield started
    started.server.shutdown()
    started.server.server_close()


@pytest.fixture
def endpoint(receiver) -> tuple[Endpoint, str]:
    return add_endpoint("Partner", f"http://{receiver.host}/hook", kinds=["order.*"])


def paid() -> None:
    emit("order.paid", {"order": "7", "state": "paid"}, channel="cn", subject="7")


def run_for(hours: float, clock) -> None:
    for _ in range(40):
        run_due()
        clock.shift(timedelta(hours=hours / 40))


def test_an_event_is_delivered_once_and_its_signature_can_be_checked(receiver, endpoint):
    paid()
    run_due()
    run_due()
    ((headers, body),) = receiver.calls
    told = json.loads(body)
    assert (told["kind"], told["data"]["order"], told["channel"]) == ("order.paid", "7", "cn")
    assert told["id"] == headers["haitao-id"]
    call = {"signature": headers["haitao-signature"], "timestamp": headers["haitao-timestamp"]}
    at = int(call["timestamp"])
    assert is_genuine(endpoint[1], body=body, at=at, **call)
    assert not is_genuine("other", body=body, at=at, **call)
    assert not is_genuine(endpoint[1], body=body + b" ", at=at, **call)
    assert not is_genuine(endpoint[1], body=body, at=at + 301, **call)
    assert not is_genuine(endpoint[1], body=body, at=at - 301, **call)
    assert WebhookDelivery.objects.get().state == State.DELIVERED
    assert DeliveryAttempt.objects.get().status == 200


def test_the_signature_is_as_documented():
    expected = "a560981650fc49f9a725eb2e07d8efad5f73692cba10685cef277976acd2eba4"
    assert sign("s", 1, b"{}") == f"v1={expected}"


def test_a_failing_endpoint_is_called_again_with_the_same_body_and_id(receiver, endpoint):
    receiver.answers = [(500, {}), (404, {}), (429, {"Retry-After": "1800"}), (200, {})]
    with time_machine.travel(now(), tick=False) as clock:
        paid()
        run_for(2, clock)
    assert len({body for _, body in receiver.calls}) == 1
    assert len({headers["haitao-id"] for headers, _ in receiver.calls}) == 1
    assert len(receiver.calls) == 4
    statuses = DeliveryAttempt.objects.order_by("at").values_list("status", flat=True)
    assert list(statuses) == [None, 404, 429, 200]
    assert WebhookDelivery.objects.get().state == State.DELIVERED


def test_it_is_given_up_after_three_days_and_can_be_resent(receiver, endpoint):
    receiver.answers = [(500, {})] * 11
    with time_machine.travel(now(), tick=False) as clock:
        paid()
        for _ in range(14):
            run_due()
            clock.shift(timedelta(hours=31))
        assert len(receiver.calls) == 11
        assert WebhookDelivery.objects.get().state == State.FAILED
        assert Job.objects.get(kind="delivery.webhook").state == Job.State.PARKED
        resend(WebhookDelivery.objects.get())
        run_due()
    assert WebhookDelivery.objects.get().state == State.DELIVERED
    assert receiver.calls[-1][1] == receiver.calls[0][1]


def test_410_switches_the_endpoint_off(receiver, endpoint):
    receiver.answers = [(410, {})]
    paid()
    run_due()
    row = Endpoint.objects.get()
    assert (row.is_on, "410" in row.off_reason) == (False, True)
    paid()
    run_due()
    assert len(receiver.calls) == 1


def test_only_wanted_events_of_the_channel_are_sent(receiver):
    address = f"http://{receiver.host}/hook"
    add_endpoint("DE", address, kinds=["order.*"], channel="de")
    add_endpoint("Shipped", address, kinds=["order.shipped"])
    paid()
    emit("order.shipped", {}, channel="de")
    run_due()
    kinds = sorted(WebhookDelivery.objects.values_list("endpoint__name", "kind"))
    assert kinds == [("DE", "order.shipped"), ("Shipped", "order.shipped")]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://10.0.0.1/",
        "ftp://example.com/",
        "http://localhost/",
        "nonsense",
    ],
)
def test_addresses_that_are_not_public_are_refused(url):
    with pytest.raises(InvalidInput):
        add_endpoint("Bad", url, kinds=["order.*"])
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize("kinds", [[], ["*"], ["jobs.consume"], ["order."]])
def test_kinds_that_are_not_public_are_refused(kinds):
    with pytest.raises(InvalidInput, match="choose events"):
        add_endpoint("Bad", "https://example.com/hook", kinds=kinds)


def test_the_secret_is_sealed_to_its_endpoint(endpoint):
    stored = Endpoint.objects.get()
    assert endpoint[1].encode() not in bytes(stored.secret)
    assert stored.open_secret() == endpoint[1]


def test_old_deliveries_are_forgotten_and_pending_ones_kept(receiver, endpoint):
    with time_machine.travel(now(), tick=False) as clock:
        paid()
        run_due()
        paid()
        clock.shift(timedelta(days=31))
        run_due()
        enqueue("delivery.prune")
        run_due()
    assert WebhookDelivery.objects.count() == 1
