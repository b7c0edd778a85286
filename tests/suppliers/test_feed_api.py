"""The suppliers' API: who gets in, what is accepted, and that nothing happens twice."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import time
from typing import Any

import pytest
from django.test import Client

from core.jobs.services import run_due
from suppliers.models import Feed, StagedOffer, Supplier
from suppliers.services import create_supplier
from suppliers.signing import SignedRequest, new_live_key, signature
from tests.suppliers.conftest import row

pytestmark = pytest.mark.django_db
FEEDS = "/api/suppliers/v1/feeds"
BODY = (json.dumps(row("A1")) + "\n").encode()


@pytest.fixture
def key() -> str:
    return create_supplier("Keyed", language="en").key.plaintext


def post(client: Client, key: str, body: bytes = BODY, **headers: str) -> Any:
    path = headers.pop("path", FEEDS)
    kind = headers.pop("content_type", "application/x-ndjson")
    sent = {"Authorization": f"Bearer {key}", **headers}
    return client.generic("POST", path, body, content_type=kind, headers=sent)


def get(client: Client, key: str, path: str, **headers: str) -> Any:
    return client.get(path, headers={"Authorization": f"Bearer {key}", **headers})


def test_push_read_report_issues_and_rejected_rows(client: Client, key: str) -> None:
    rows = [row("A1", title="=1+1"), row("A2", price="-1", title="=2+2")]
    body = "\n".join(json.dumps(one) for one in rows).encode() + b"\n"
    answer = post(client, key, body)
    assert answer.status_code == 202
    path = answer["Location"]
    running = get(client, key, path)
    assert (running.json()["status"], running["Retry-After"]) == ("received", "2")
    run_due()
    done = get(client, key, path)
    assert done.json()["status"] == "done_with_errors"
    assert done.json()["summary"]["balance_ok"] is True
    assert get(client, key, path, **{"If-None-Match": done["ETag"]}).status_code == 304
    found = get(client, key, f"{path}/issues?severity=error").json()
    assert [issue["code"] for issue in found["items"]] == ["PRICE_NEGATIVE"]
    rejected = b"".join(get(client, key, f"{path}/rejected").streaming_content)
    assert json.loads(rejected)["_error"] == "PRICE_NEGATIVE"


def test_exports_neutralise_formulas_and_can_be_sent_back(client: Client, key: str) -> None:
    body = b"sku,title,price,currency\nA1,=cmd|'/C calc'!A0,-1,EUR\nA2,+1+1,x,EUR\n"
    path = post(client, key, body, content_type="text/csv")["Location"]
    run_due()
    issues = b"".join(get(client, key, f"{path}/issues?format=csv").streaming_content).decode()
    assert ",-1," not in issues
    assert ",'-1," in issues
    rejected = b"".join(get(client, key, f"{path}/rejected").streaming_content)
    assert b"'=cmd" in rejected
    mended = rejected.replace(b"'-1", b"1").replace(b",x,", b",2,")
    post(client, key, mended, path=f"{FEEDS}?feed_type=delta")
    run_due()
    assert StagedOffer.objects.get(sku="A1").titles == {"en": "=cmd|'/C calc'!A0"}


def test_strangers_and_suspended_suppliers_stay_outside(client: Client, key: str) -> None:
    assert client.post(FEEDS, BODY, content_type="text/csv").status_code == 401
    assert post(client, "ht_test_000_x").status_code == 401
    assert client.get(f"{FEEDS}?token={key}").status_code == 401
    Supplier.objects.update(state="suspended")
    answer = post(client, key)
    assert answer.status_code == 401
    assert answer["Content-Type"].startswith("application/problem+json")


def test_a_supplier_sees_only_its_own_feeds(client: Client, key: str) -> None:
    path = post(client, key)["Location"]
    other = create_supplier("Other").key.plaintext
    for suffix in ("", "/issues", "/rejected"):
        assert get(client, other, path + suffix).status_code == 404
    assert post(client, other, b"", path=f"{path}/confirm").status_code == 404
    assert get(client, key, f"{FEEDS}/fd_nonsense").status_code == 404


def test_same_key_same_body_has_one_effect_and_one_answer(client: Client, key: str) -> None:
    answers = [post(client, key, **{"Idempotency-Key": "k1"}) for _ in range(20)]
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    assert answers[1]["Idempotency-Replayed"] == "true"
    assert Feed.objects.count() == 1


def test_same_key_other_body_is_a_mismatch(client: Client, key: str) -> None:
    post(client, key, **{"Idempotency-Key": "k1"})
    other = post(client, key, BODY + b"\n", **{"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    elsewhere = post(client, key, path=f"{FEEDS}?scope=b", **{"Idempotency-Key": "k1"})
    assert elsewhere.status_code == 422


def test_key_in_flight_is_a_conflict(client: Client, key: str) -> None:
    from core.web.api.suppliers import ROUTE
    from suppliers import replays

    digest = hashlib.sha256(FEEDS.encode() + b"\n" + BODY).hexdigest()
    replays.begin(Supplier.objects.get(), ROUTE, "k1", digest)
    answer = post(client, key, **{"Idempotency-Key": "k1"})
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_in_flight")


def test_refused_request_gives_its_key_back(client: Client, key: str) -> None:
    assert post(client, key, b"", **{"Idempotency-Key": "k1"}).status_code == 400
    bad = post(client, key, path=f"{FEEDS}?feed_type=x", **{"Idempotency-Key": "k2"})
    assert (bad.status_code, bad.json()["code"]) == (422, "feed_type_invalid")
    assert post(client, key, **{"Idempotency-Key": "k2"}).status_code == 202


def test_content_digest_is_checked(client: Client, key: str) -> None:
    right = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    assert post(client, key, **{"Content-Digest": f"sha-256=:{right}:"}).status_code == 202
    for stated in ("sha-256=:AAAA:", "sha-256=:%%:", "md5=:AAAA:"):
        assert post(client, key, **{"Content-Digest": stated}).status_code == 400


def test_gzip_bodies(client: Client, key: str) -> None:
    packed = gzip.compress(BODY)
    assert post(client, key, packed, **{"Content-Encoding": "gzip"}).status_code == 202
    run_due()
    assert StagedOffer.objects.count() == 1
    assert post(client, key, **{"Content-Encoding": "gzip"}).status_code == 400
    assert post(client, key, **{"Content-Encoding": "br"}).status_code == 415


def test_too_large_a_body_is_refused_before_it_is_kept(
    client: Client, key: str, settings: Any
) -> None:
    settings.HAITAO_FEED_INLINE_BYTES = 1000
    answer = post(client, key, b"x" * 100_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "DATA_TOO_LARGE")
    assert not Feed.objects.exists()


def test_form_upload_keeps_generated_names_only(client: Client, key: str) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    name = "../../etc/a\u202egpj.exe"
    file = SimpleUploadedFile(name, BODY, content_type="text/csv")
    answer = client.post(
        FEEDS, {"file": file, "scope": "b"}, headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.status_code == 202
    feed = Feed.objects.get()
    assert (feed.scope, feed.file_name) == ("b", "agpj.exe")
    assert ".." not in feed.stored_as
    broken = post(client, key, b"x", content_type="multipart/form-data")
    assert 400 <= broken.status_code < 500


@pytest.mark.parametrize(
    "query",
    [
        "feed_type=x", "scope=", "scope=%00", "sequence=-1", "sequence=9" + "9" * 30,
        "language=%3Cscript%3E", "default_currency=ABC", "error_policy=x", "dry_run=maybe",
    ],
)  # fmt: skip
def test_parameters_that_cannot_be_are_refused(client: Client, key: str, query: str) -> None:
    answer = post(client, key, path=f"{FEEDS}?{query}")
    assert 400 <= answer.status_code < 500
    assert answer["Content-Type"].startswith("application/problem+json")
    assert not Feed.objects.exists()


def signed(supplier: Supplier, secret: str, moment: float, body: bytes = BODY) -> dict[str, str]:
    stamp = str(int(moment))
    request = SignedRequest("POST", FEEDS, stamp, hashlib.sha256(body).hexdigest())
    mac = signature(secret, request)
    return {"X-Supplier-Id": supplier.key, "X-Timestamp": stamp, "X-Signature": mac}


def test_live_keys_need_a_fresh_signature(client: Client, supplier: Supplier) -> None:
    live = new_live_key(supplier, actor="test")
    now = time.time()
    assert post(client, live.plaintext).json()["code"] == "FEED_SIGNATURE"
    for moment in (now - 310, now + 310):
        stale = signed(supplier, live.secret, moment)
        assert post(client, live.plaintext, **stale).status_code == 401
    good = signed(supplier, live.secret, now)
    assert post(client, live.plaintext, BODY + b" ", **good).status_code == 401
    assert post(client, live.plaintext, **good).status_code == 202
    assert post(client, live.plaintext, **good).status_code == 401


def test_two_secrets_are_active_and_a_third_is_refused(client: Client, supplier: Supplier) -> None:
    from suppliers.errors import SupplierError

    first, second = (new_live_key(supplier, actor="test") for _ in range(2))
    with pytest.raises(SupplierError):
        new_live_key(supplier, actor="test")
    now = time.time()
    assert post(client, first.plaintext, **signed(supplier, second.secret, now)).status_code == 202
    second.key.revoked_at = first.key.created_at
    second.key.save()
    late = signed(supplier, second.secret, now - 1)
    assert post(client, first.plaintext, **late).status_code == 401


def test_held_feed_is_confirmed_once(client: Client, key: str) -> None:
    many = "\n".join(json.dumps(row(f"A{n}")) for n in range(60)).encode()
    post(client, key, many)
    run_due()
    path = post(client, key, BODY)["Location"]
    run_due()
    held = get(client, key, path).json()
    assert held["status"] == "held"
    assert post(client, key, b"", path=held["links"]["confirm"]).status_code == 202
    run_due()
    assert get(client, key, path).json()["status"] == "done"
    assert post(client, key, b"", path=f"{path}/confirm").status_code == 409
    assert post(client, key, b"", path=f"{path}/cancel").status_code == 409
