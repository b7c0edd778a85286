"""Inputs fx_import-02 to fx_import-16: from a real server into the store, and from a person."""

from __future__ import annotations

import gzip
import ipaddress
import json
import resource
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Thread
from typing import Any

import documents
import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.test import Client
from rate_server import Bank, Raw, packed, redirecting

from core.accounts.models import User
from core.fx.errors import RateMissing, RateStale
from core.fx.models import RateRow, SourceState
from core.fx.services import convert, fetch
from core.jobs import enqueue, run_due
from core.kernel.activation import enable, save_settings
from core.kernel.errors import ProviderFailed
from core.kernel.models import Incident
from core.pluginapi import Money, Purpose

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
TESTED = {2, 3, 4, 6, 7, 10, 11, 12, 13, 15, 16}
"""16 is proven where orders are placed: tests/orders/test_rate_swap.py."""

LISTED = Path("reference") / "adversarial_inputs.json"


@pytest.fixture(autouse=True)
def november() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def parity(bank: Bank) -> Bank:
    """China's parity, switched on, with yesterday's rates stored."""
    enable("fx_cn_parity", None, actor="test")
    publish(bank, "2026-11-19", ("USD/CNY", "7.10"), ("100JPY/CNY", "4.70"))
    point_at(bank.url)
    fetch("fx_cn_parity")
    return bank


def point_at(address: str) -> None:
    assert not save_settings("fx_cn_parity", None, {"base_url": address}, actor="test")


def publish(bank: Bank, day: str, *rates: tuple[str, str]) -> None:
    names, values = [one[0] for one in rates], [one[1] for one in rates]
    name = f"d{day.replace('-', '_')}"
    bank.files["ccpr.json"] = documents.parity_day(f"{day} 9:15", *rates)
    bank.files["CcprHisNew"] = documents.parity_days(names, **{name: values})


def serve(bank: Bank, body: Any) -> None:
    bank.files |= {"ccpr.json": body, "CcprHisNew": body}


def yuan(currency: str = "USD") -> Decimal:
    made = convert(Money(Decimal(100), currency), "CNY", at=NOW, purpose=Purpose.QUOTE)
    return made.result.amount


def refused_and_kept() -> None:
    """The job refuses, what was stored stays in use, and somebody is told."""
    enqueue("fx.fetch", {"source": "fx_cn_parity"})
    run_due()
    assert RateRow.objects.count() == 2
    assert yuan() == Decimal("710.00")
    assert SourceState.objects.get(source="fx_cn_parity").failing_since is not None
    assert Incident.objects.filter(plugin="fx_cn_parity").exists()


@pytest.fixture
def console(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_user("op@example.org", None, is_staff=True, name="Op"))
    return client


def typed(console: Client, value: str) -> int:
    given = {
        "base": "USD", "quote": "CNY", "value": value, "purpose": "quote",
        "as_of": "2026-11-20", "max_age_days": "3",
    }  # fmt: skip
    answer = console.post("/console/rates/", given)
    assert b"Traceback" not in answer.content
    return answer.status_code


def literal(shared_dir: Path, name: str) -> Any:
    listed = json.loads((shared_dir / LISTED).read_text())["inputs"]
    return next(json.loads(one["payload"]) for one in listed if one["id"] == name)


def test_every_listed_rate_input_has_a_test(shared_dir: Path) -> None:
    listed = json.loads((shared_dir / LISTED).read_text())["inputs"]
    ids = {one["id"] for one in listed if one["endpoint_kind"] == "fx_import"}
    assert ids == {f"fx_import-{number:02}" for number in TESTED}


def test_fx_import_02_a_negative_rate(parity: Bank, console: Client, shared_dir: Path) -> None:
    ((pair, value),) = literal(shared_dir, "fx_import-02").items()
    publish(parity, "2026-11-20", (pair, value))
    refused_and_kept()
    assert typed(console, value) == 400
    assert not RateRow.objects.filter(source="operator").exists()


@pytest.mark.parametrize(
    ("name", "code"), [("fx_import-03", "rate_jump"), ("fx_import-04", "rate_inverted")]
)
def test_fx_import_03_and_04_ten_times_or_upside_down_wait_for_a_person(
    parity: Bank, console: Client, shared_dir: Path, name: str, code: str
) -> None:
    ((pair, value),) = literal(shared_dir, name).items()
    publish(parity, "2026-11-20", (pair, value), ("100JPY/CNY", "4.71"))
    report = fetch("fx_cn_parity")
    assert (report.added, report.held) == (1, 1)
    assert RateRow.objects.get(held=True).held_for[0]["code"] == code
    assert yuan() == Decimal("710.00")
    assert yuan("JPY") == Decimal("4.71")
    assert typed(console, value) == 400
    assert not RateRow.objects.filter(source="operator").exists()


def test_fx_import_06_a_missing_currency_refuses_alone(parity: Bank) -> None:
    with pytest.raises(RateMissing):
        yuan("EUR")
    assert yuan() == Decimal("710.00")
    publish(parity, "2026-11-20", ("USD/CNY", "7.12"))
    assert fetch("fx_cn_parity").added == 1
    assert yuan() == Decimal("712.00")
    assert yuan("JPY") == Decimal("4.70")
    with time_machine.travel(NOW, tick=False):
        later = NOW + timedelta(days=11)
        with pytest.raises(RateStale):
            convert(Money(Decimal(1), "JPY"), "CNY", at=later, purpose=Purpose.QUOTE)
        convert(Money(Decimal(1), "USD"), "CNY", at=later, purpose=Purpose.QUOTE)
    serve(parity, b"{}")
    with pytest.raises(ProviderFailed):
        fetch("fx_cn_parity")


def test_fx_import_07_the_age_is_that_of_the_day_not_of_the_fetch(parity: Bank) -> None:
    row = RateRow.objects.get(base="USD")
    assert (row.as_of, row.fetched_at) == (date(2026, 11, 19), NOW)
    made = convert(Money(Decimal(1), "USD"), "CNY", at=NOW, purpose=Purpose.QUOTE)
    assert made.age_days == 1
    for days, usable in ((10, True), (11, False)):
        at = NOW + timedelta(days=days)
        if usable:
            convert(Money(Decimal(1), "USD"), "CNY", at=at, purpose=Purpose.QUOTE)
        else:
            with pytest.raises(RateStale):
                convert(Money(Decimal(1), "USD"), "CNY", at=at, purpose=Purpose.QUOTE)


def test_fx_import_10_a_web_page_with_200_keeps_the_old_rates_and_alarms(parity: Bank) -> None:
    serve(parity, b"<html>maintenance")
    refused_and_kept()


@pytest.fixture
def secure(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bank]:
    """A server with TLS whose certificate the platform trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, secret = tmp_path / "bank.pem", tmp_path / "bank.key"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(pem))
    server = Bank()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    settings.HAITAO_HTTP_ALLOWED_HOSTS |= {server.host}
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_fx_import_11_a_redirect_from_https_to_http_is_not_followed(
    parity: Bank, secure: Bank
) -> None:
    point_at(f"https://{secure.host}")
    for name, content in parity.files.items():
        secure.files[name] = content
    assert fetch("fx_cn_parity").unchanged == 2, "the server with TLS is reached and trusted"
    publish(parity, "2026-11-20", ("USD/CNY", "7.11"))
    asked = len(parity.asked)
    serve(secure, redirecting(f"{parity.url}/CcprHisNew"))
    with pytest.raises(ProviderFailed, match="https to http"):
        fetch("fx_cn_parity")
    assert len(parity.asked) == asked
    assert RateRow.objects.count() == 2


def grown(work: Callable[[], None]) -> int:
    """Return by how many MiB the most memory of this process grew."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    work()
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024


@pytest.mark.parametrize("mebibytes", [10, 64])
def test_fx_import_12_a_huge_body_meets_the_cap(parity: Bank, mebibytes: int) -> None:
    body = b'{"data": {"head": [' + b'"USD/CNY",' * (mebibytes << 20 // 10) + b'"x"]}}'
    serve(parity, body + b" " * ((mebibytes << 20) - len(body)))
    assert grown(refused_and_kept) < 256


def test_fx_import_13_a_gzip_bomb_meets_the_cap_after_decompression(parity: Bank) -> None:
    bomb = gzip.compress(gzip.compress(b"0" * (256 << 20)))
    serve(parity, packed(gzip.decompress(bomb)))
    assert grown(refused_and_kept) < 256

    def write(handler: Any) -> None:
        handler.answer(gzip.decompress(bomb), Content_Encoding="gzip")

    serve(parity, Raw(write))
    assert grown(refused_and_kept) < 256


def test_fx_import_15_rates_that_do_not_fit_together_never_make_a_cross_rate(
    rate: Make, store: Make
) -> None:
    day = "2026-11-20"
    store(rate("USD/CNY", "7.10", day), rate("JPY/CNY", "0.047", day))
    store(rate("USD/JPY", "120", day))
    store(rate("USD/JPY", "140", day, source="other"))
    held = RateRow.objects.filter(held=True)
    assert [(row.base, row.held_for[0]["code"]) for row in held] == [("USD", "rate_triangle")]
    one = Money(Decimal(1), "USD")
    through = convert(one, "JPY", at=NOW, purpose=Purpose.QUOTE)
    back = convert(Money(Decimal(1), "JPY"), "CNY", at=NOW, purpose=Purpose.QUOTE)
    direct = convert(one, "CNY", at=NOW, purpose=Purpose.QUOTE)
    if through.rate.source == "bank":
        around = through.rate.value * back.rate.value / direct.rate.value
        assert abs(around - 1) < Decimal("1E-15")
    assert len({leg.source for leg in through.path}) == 1
    assert len({leg.as_of for leg in through.path}) == 1
