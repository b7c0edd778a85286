"""Bad input becomes a 400 with a sentence; a programming error stays a 500."""

from __future__ import annotations

from decimal import InvalidOperation

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError
from django.test import Client, RequestFactory

from core.pluginapi import Fragment, Money, Text
from core.web.guard import guarded
from core.web.input import is_input_error
from core.web.languages import spoken
from core.web.middleware import InputErrors
from core.web.money_text import money_text
from core.web.slots import fragment_html


@pytest.mark.parametrize(
    "error",
    [
        DataError("too long"),
        OverflowError("int too large"),
        InvalidOperation(),
        ValidationError("not a valid UUID"),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
        ValueError("A string literal cannot contain NUL (0x00) characters."),
    ],
)
def test_errors_of_input_become_400(error: Exception, db: None) -> None:
    request = RequestFactory().get("/?x=1")
    answer = InputErrors(lambda _request: None).process_exception(request, error)  # type: ignore[arg-type,return-value]
    assert answer is not None
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "error", [KeyError("x"), TypeError(), ValueError("x"), IntegrityError(), RecursionError()]
)
def test_programming_errors_are_not_hidden(error: Exception) -> None:
    assert not is_input_error(error)


def test_without_input_even_an_overflow_is_ours() -> None:
    request = RequestFactory().get("/")
    request.resolver_match = None
    middleware = InputErrors(lambda _request: None)  # type: ignore[arg-type,return-value]
    assert middleware.process_exception(request, OverflowError()) is None


@pytest.mark.parametrize("field", ["q", "category", "page"])
def test_nul_in_a_query_is_400(db: None, field: str) -> None:
    assert Client().get("/", {field: "a\x00b"}).status_code == 400


def test_nul_in_a_form_is_400(db: None) -> None:
    assert Client().post("/account/sign-in/", {"username": "a\x00"}).status_code == 400


def test_nul_in_a_cookie_is_400(db: None) -> None:
    client = Client()
    client.cookies["sessionid"] = "a\x00b"
    assert client.get("/").status_code == 400


@pytest.mark.parametrize(
    ("environ", "status"),
    [
        ({"REQUEST_METHOD": "FOO"}, "405"),
        ({"HTTP_HOST": ""}, "400"),
        ({"HTTP_HOST": "a,b"}, "400"),
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, "411"),
        ({}, "200"),
    ],
)
def test_the_gate_refuses_before_django(environ: dict[str, str], status: str) -> None:
    seen: list[str] = []

    def inner(_environ: object, start: object) -> list[bytes]:
        seen.append("200")
        return []

    whole = {"REQUEST_METHOD": "GET", "HTTP_HOST": "localhost", **environ}
    guarded(inner)(whole, lambda line, _headers: seen.append(line[:3]))  # type: ignore[arg-type]
    assert seen == [status]


@pytest.mark.parametrize(
    ("amount", "currency", "language", "text"),
    [
        ("1234.505", "CNY", "zh-hans", "¥1,234.51"),
        ("1234.5", "CNY", "zh-hant", "CN¥1,234.50"),
        ("1234.5", "JPY", "zh-hans", "JP¥1,235"),
        ("1234.5", "JPY", "zh-hant", "JP¥1,235"),
        ("1234.5", "TWD", "zh-hant", "NT$1,234.50"),
        ("1234.5", "USD", "en", "US$1,234.50"),
        ("1.5", "KWD", "en", "KWD\N{NO-BREAK SPACE}1.500"),
        ("-3", "EUR", "en", "-€3.00"),
    ],
)
def test_amounts_are_quantised_and_never_ambiguous(
    amount: str, currency: str, language: str, text: str
) -> None:
    from decimal import Decimal

    assert money_text(Money(Decimal(amount), currency), language) == text


def test_text_falls_back_to_the_nearest_language() -> None:
    assert spoken(Text("Duty", "关税", "關稅"), "zh-hant") == "關稅"
    assert spoken({"zh-Hans": "关税"}, "zh-hant") == "关税"
    assert spoken({"ja": "関税"}, "en") == "関税"
    assert spoken(None, "en") == ""


def test_a_fragment_outside_its_plugins_folder_is_left_out() -> None:
    assert fragment_html("one", Fragment("two/note.html")) is None
    assert fragment_html("one", Fragment("one/../two/note.html")) is None
    assert fragment_html("one", Fragment("one/missing.html")) is None
