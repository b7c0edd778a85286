"""The API: one shape of error, a schema that tells the truth, the stored bytes of a quote."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from core.logistics.services import AddParcel, add_parcel
from core.orders.models import Order, StoredQuote
from core.web.api.app import api, suppliers_api
from tests.orders.conftest import Customer, Market

PROBLEM = {"type", "title", "status", "code", "detail", "request_id"}
BASKET = {
    "destination": {"country": "CN"},
    "currency": "CNY",
    "lines": [{"sku": "CREAM", "quantity": 1}],
}


def post(client: Client, path: str, body: Any, **headers: str) -> HttpResponse:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(f"/api/v1{path}", text, content_type="application/json", headers=headers)


def assert_problem(answer: HttpResponse, status: int, code: str = "") -> dict[str, Any]:
    body = json.loads(answer.content)
    assert answer.status_code == status, body
    assert answer["Content-Type"] == "application/problem+json"
    assert body.keys() >= PROBLEM
    assert body["status"] == status
    assert body["request_id"]
    assert not code or body["code"] == code, body
    return dict(body)


def test_a_basket_is_priced_in_every_channel(market: Market, english: Client) -> None:
    answer = post(english, "/quotes", BASKET)
    assert answer.status_code == 201
    quotes = json.loads(answer.content)["quotes"]
    assert {quote["channel"] for quote in quotes} == {"m2c", "b2c_bonded", "b2c_direct", "c2c"}
    for quote in quotes:
        assert quote["outcome"] == "ok", quote
        for component in quote["components"]:
            assert component["rule_id"]
            assert component["source"]


def test_a_stored_quote_is_given_byte_for_byte(market: Market, english: Client) -> None:
    quote = market.quote("m2c")
    first = english.get(f"/api/v1/quotes/{quote.pk}")
    assert first.content == bytes(StoredQuote.objects.get().body)
    assert first["ETag"] == f'"{quote.sha256}"'


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"lines": []}, 422),
        ({"lines": [{"sku": "CREAM", "quantity": 0}]}, 422),
        ({"lines": [{"sku": "CREAM", "quantity": 1.5}]}, 422),
        ({"lines": [{"sku": "CREAM", "quantity": "1"}]}, 422),
        ({"lines": [{"sku": "CREAM", "quantity": 10**40}]}, 422),
        ({"lines": [{"sku": "NONE", "quantity": 1}]}, 422),
        ({"lines": [{"sku": "CREAM", "quantity": 1, "price": "1"}]}, 422),
        ({"destination": {"country": "cn"}}, 422),
        ({"destination": {"country": "ZZ"}}, 422),
        ({"currency": "XXQ"}, 422),
        ({"on": "2026-13-01"}, 422),
        ({"channels": ["nope"]}, 422),
        ({"total": "1"}, 422),
    ],
)
def test_bad_baskets_are_refused(
    market: Market, english: Client, change: dict[str, Any], status: int
) -> None:
    assert_problem(post(english, "/quotes", {**BASKET, **change}), status)
    assert not StoredQuote.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[" * 100_000,
        b"\xff\xfe",
        '{"a":1,"a":2}',
        '{"destination":NaN}',
        '{"destination":"\\u0000"}',
        '{"destination":"\\ud800"}',
        '{"on":' + "9" * 5000 + "}",
        "null",
        "[]",
    ],
)
def test_unreadable_bodies_are_refused(db: None, english: Client, body: str | bytes) -> None:
    answer = post(english, "/quotes", body)
    assert_problem(answer, answer.status_code)
    assert answer.status_code in {400, 422}


def test_a_body_beyond_one_mebibyte_is_refused(db: None, english: Client) -> None:
    answer = post(english, "/quotes", '{"a":"' + "x" * (1 << 20) + '"}')
    assert_problem(answer, 413, "body_too_large")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/quotes/01a20171-b81b-7e86-b9cf-0c95f8486d92", 404),
        ("/quotes/nonsense", 404),
        ("/products/01a20171-b81b-7e86-b9cf-0c95f8486d92", 404),
        ("/products?page=0", 422),
        ("/products?page=abc", 422),
        ("/products?page=99999999999999999999", 422),
        ("/products?size=101", 422),
        ("/products?q=%00", 400),
        ("/products?country=china", 422),
        ("/tracking/x", 404),
        ("/orders", 401),
        ("/orders/H1", 401),
        ("/p/none/x", 404),
    ],
)
def test_errors_have_one_shape(db: None, english: Client, path: str, status: int) -> None:
    assert_problem(english.get(f"/api/v1{path}"), status)


def test_a_wrong_method_is_a_problem_too(db: None, english: Client) -> None:
    answer = english.delete("/api/v1/quotes")
    assert_problem(answer, 405, "method_not_allowed")
    assert "POST" in answer["Allow"]


def test_an_unexpected_error_is_a_500_without_a_trace(
    db: None, english: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("core.web.api.catalogue.search", broken)
    client = Client(raise_request_exception=False)
    answer = client.get("/api/v1/products")
    assert_problem(answer, 500, "internal_error")
    assert b"secret" not in answer.content


def test_products_are_listed_in_pages(market: Market, english: Client) -> None:
    market.sell("m2c", sku="SECOND", gtin="")
    first = english.get("/api/v1/products?size=1").json()
    beyond = english.get("/api/v1/products?size=1&page=9").json()
    assert (len(first["items"]), first["total"]) == (1, 2)
    assert beyond["items"] == []
    detail = english.get(f"/api/v1/products/{first['items'][0]['id']}").json()
    assert detail["items"][0]["offers"][0]["price"] == {"amount": "2000", "currency": "JPY"}


def test_an_order_is_placed_once_for_its_key(market: Market, as_ann: Client, ann: Customer) -> None:
    quote = market.quote("c2c", buyer=ann.buyer.ref)
    body = {"quote": str(quote.pk), "address": str(ann.address.pk)}
    headers = {"idempotency-key": "k1"}
    first, again = (
        post(as_ann, "/orders", body, **headers),
        post(as_ann, "/orders", body, **headers),
    )
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert Order.objects.count() == 1
    assert_problem(post(as_ann, "/orders", body, **{"idempotency-key": "k2"}), 409, "quote_used")
    assert as_ann.get("/api/v1/orders").json()["total"] == 1


def test_an_order_needs_its_key_and_its_csrf_token(
    market: Market, as_ann: Client, ann: Customer
) -> None:
    quote = market.quote("c2c", buyer=ann.buyer.ref)
    body = {"quote": str(quote.pk), "address": str(ann.address.pk)}
    assert_problem(post(as_ann, "/orders", body), 422)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ann.buyer.user)
    assert_problem(post(strict, "/orders", body, **{"idempotency-key": "k"}), 403)


def test_tracking_gives_the_parcel_and_nothing_of_the_order(
    market: Market, english: Client, ann: Customer
) -> None:
    order = market.order("c2c", ann)
    parcel = add_parcel(
        AddParcel(order=order.pk, channel="c2c", origin="JP", destination="CN", gross_grams=1)
    )
    text = english.get(f"/api/v1/tracking/{parcel.public_token}").content.decode()
    assert json.loads(text)["status"] == "pending"
    assert order.number not in text
    assert str(order.pk) not in text


@pytest.mark.parametrize("made", [api, suppliers_api])
def test_every_route_declares_its_errors(made: Any) -> None:
    schema = made.get_openapi_schema(path_prefix="/")
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            assert {"400", "404", "422", "500"} <= {str(s) for s in operation["responses"]}, (
                method,
                path,
            )


@pytest.mark.parametrize("prefix", ["/api/v1", "/api/suppliers/v1"])
def test_schema_and_documentation_are_served_offline(
    db: None, english: Client, prefix: str
) -> None:
    assert english.get(f"{prefix}/openapi.json").json()["openapi"].startswith("3.")
    page = english.get(f"{prefix}/docs").content.decode()
    assert "swagger-ui" in page
    assert "//cdn" not in page


def test_an_unsigned_payment_notice_is_refused(market: Market, english: Client) -> None:
    answer = post(english, "/webhooks/payments/m2c/sandbox", {"id": "1"})
    assert_problem(answer, 401, "signature_invalid")
    assert_problem(post(english, "/webhooks/payments/none/sandbox", {}), 404)
    assert_problem(post(english, "/webhooks/payments/m2c/none", {}), 404)
