"""Who may open the console and the records: operators alone, at every address."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, reverse

from core.accounts.models import User
from core.web.operator.urls import urlpatterns

SAMPLES = {"uuid": str(uuid4()), "slug": "nothing_here", "int": "1", "str": "nothing"}
METHODS = ("get", "post")
STRANGE = (
    "q=%00",
    "q=" + "x" * 5000,
    "page=99999999999999999999",
    "page=" + "9" * 6000,
    "show=%F0%9F%98%80&channel=%22",
    "state=%EF%BF%BF",
)


def addresses() -> list[str]:
    """Every address of the console, with samples for its parts."""
    found = []
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        route = str(pattern.pattern)
        found.append(
            "/console/" + re.sub(r"<(?:(\w+):)?\w+>", lambda m: SAMPLES[m.group(1) or "str"], route)
        )
    return found


ADDRESSES = addresses()
LISTS = [a for a in ADDRESSES if "nothing" not in a and "-" not in a]


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
def test_who_is_not_signed_in_is_asked_to_sign_in(method: str) -> None:
    for address in ADDRESSES:
        answer = getattr(Client(), method)(address)
        assert answer.status_code == 302, address
        assert answer["Location"].startswith("/account/sign-in/?next=/console/")


@pytest.mark.parametrize("method", METHODS)
def test_for_buyers_the_console_does_not_exist(method: str, buyer_user: User) -> None:
    client = Client()
    client.force_login(buyer_user)
    for address in ADDRESSES:
        assert getattr(client, method)(address).status_code == 404, address


def test_an_operator_who_was_switched_off_is_out(console: Client, operator: User) -> None:
    User.objects.filter(pk=operator.pk).update(is_active=False)
    assert console.get("/console/").status_code == 302
    User.objects.filter(pk=operator.pk).update(is_active=True, is_staff=False)
    assert console.get("/console/").status_code == 404


@pytest.mark.parametrize("method", METHODS)
def test_operators_never_meet_an_error(console: Client, method: str) -> None:
    """Empty forms and things that are not there answer with a page, not with a traceback."""
    for address in ADDRESSES:
        answer = getattr(console, method)(address)
        assert answer.status_code in {200, 302, 400, 404, 405}, address


@pytest.mark.parametrize("query", STRANGE, ids=range(len(STRANGE)))
def test_strange_filters_are_harmless(console: Client, query: str) -> None:
    for address in LISTS:
        assert console.get(f"{address}?{query}").status_code in {200, 400, 405}, address


def test_what_is_not_there_is_not_found(console: Client) -> None:
    for address in set(ADDRESSES) - set(LISTS):
        assert console.get(address).status_code in {404, 405}, address


@pytest.mark.django_db
def test_every_change_needs_the_csrf_token(operator: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(operator)
    for address in ADDRESSES:
        assert client.post(address).status_code in {403, 405}, address


def records() -> list[str]:
    """The list page of every kind of record."""
    return [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    ]


@pytest.mark.django_db
def test_records_open_for_operators_alone(console: Client, buyer_user: User) -> None:
    outsider = Client()
    outsider.force_login(buyer_user)
    for address in records():
        assert console.get(address).status_code == 200, address
        assert outsider.get(address).status_code == 302, address
        assert Client().get(address).status_code == 302, address


def test_records_index_opens_in_every_language(console: Client) -> None:
    for language in ("en", "zh-hans", "zh-hant"):
        console.cookies["django_language"] = language
        assert console.get("/records/").status_code == 200
