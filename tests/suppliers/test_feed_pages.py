"""The supplier's pages: upload, report, keys; for members only."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.accounts.models import ApiKey, User
from core.jobs.services import run_due
from suppliers.models import Feed, Supplier
from suppliers.services import create_supplier, join
from tests.suppliers.conftest import Pushed, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client: Client, supplier: Supplier) -> Client:
    user = User.objects.create_user("member@example.org", language="en")
    join(supplier, user)
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def upload(client: Client, content: bytes, **fields: str) -> object:
    file = SimpleUploadedFile("goods.csv", content)
    return client.post("/supplier/", {"file": file, "type": "full", "scope": "main", **fields})


def test_a_visitor_is_asked_to_sign_in(client: Client) -> None:
    answer = client.get("/supplier/")
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/account/sign-in/")


def test_a_person_without_supplier_opens_an_account(client: Client) -> None:
    client.force_login(User.objects.create_user("new@example.org"))
    assert b"supplier/open/" in client.get("/supplier/").content
    client.post("/supplier/open/", {"name": "Lyon Atelier", "kind": "company"})
    assert Supplier.objects.get().name == "Lyon Atelier"
    assert client.get("/supplier/").status_code == 200
    assert not ApiKey.objects.exists()


def test_upload_progress_and_report(member: Client) -> None:
    content = b"sku,title,price,currency\nA1,<img src=x onerror=alert(1)>,5,EUR\nA2,T,-1,EUR\n"
    answer = upload(member, content)
    page = answer["Location"]  # type: ignore[index]
    waiting = member.get(page).content.decode()
    assert 'hx-trigger="every 2s"' in waiting
    assert member.get(f"{page}part/").status_code == 200
    run_due()
    ended = member.get(f"{page}part/")
    assert (ended.status_code, ended["HX-Refresh"]) == (286, "true")
    shown = member.get(page).content.decode()
    assert "PRICE_NEGATIVE" in shown
    assert "onerror=alert(1)>" not in shown
    assert "1 created" in shown
    assert "1 refused" in shown
    assert member.get(f"{page}?code=PRICE_NEGATIVE").status_code == 200
    assert b"_error" in b"".join(member.get(f"{page}rejected").streaming_content)
    assert b"PRICE_NEGATIVE" in b"".join(member.get(f"{page}issues.csv").streaming_content)


def test_bad_uploads_are_explained_on_the_form(member: Client, settings: object) -> None:
    assert upload(member, b"").status_code == 422  # type: ignore[attr-defined]
    assert upload(member, b"x", scope="a b").status_code == 422  # type: ignore[attr-defined]
    settings.HAITAO_FEED_INLINE_BYTES = 10  # type: ignore[attr-defined]
    assert upload(member, b"x" * 100).status_code == 422  # type: ignore[attr-defined]
    assert not Feed.objects.exists()


def test_others_feeds_are_not_there(member: Client, push: Pushed) -> None:
    other = create_supplier("Other").supplier
    feed = push([row("A1")], owner=other)
    for suffix in ("", "part/", "issues.csv", "rejected"):
        assert member.get(f"/supplier/feeds/{feed.public_id}/{suffix}").status_code == 404
    assert member.post(f"/supplier/feeds/{feed.public_id}/cancel/").status_code == 404


def test_held_feed_is_decided_on_its_page(member: Client, push: Pushed) -> None:
    push([row(f"A{n}") for n in range(60)])
    held = push([row("A1")])
    page = f"/supplier/feeds/{held.public_id}/"
    assert b"confirm/" in member.get(page).content
    member.post(f"{page}confirm/")
    run_due()
    held.refresh_from_db()
    assert held.status == "done"


def test_key_is_shown_once_and_can_be_revoked(member: Client) -> None:
    shown = member.post("/supplier/keys/", {"name": "shop"}).content.decode()
    key = ApiKey.objects.exclude(name="").get()
    assert f"ht_test_{key.prefix}_" in shown
    assert f"ht_test_{key.prefix}_" not in member.get("/supplier/keys/").content.decode()
    member.post(f"/supplier/keys/{key.pk}/revoke/")
    key.refresh_from_db()
    assert key.revoked_at is not None
