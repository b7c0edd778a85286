"""Slots, pages and API routes of plug-ins: in the platform's frame, escaped, gone when off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from django.test import Client

from core.catalog.models import Product
from core.pluginapi import (
    ApiAnswer,
    ApiRoute,
    Capability,
    Context,
    Fragment,
    Manifest,
    Page,
    PageAnswer,
    PageRequest,
    Place,
    PluginScope,
    Setup,
    Subject,
    Text,
    hookimpl,
)
from core.testing.plugins import plugins_loaded
from core.web import slots
from tests.orders.conftest import Market

HOSTILE = "<script>alert(1)</script>"


def note(ctx: Context, request: PageRequest) -> PageAnswer:
    if request.query.get("to"):
        return PageAnswer(redirect=request.query["to"])
    if request.query.get("break"):
        raise RuntimeError("secret detail")
    asked = request.query.get("q", "")
    return PageAnswer(Fragment("webnote/note.html", {"text": asked}), Text("Notes", "便签", "便箋"))


def status(ctx: Context, request: PageRequest) -> ApiAnswer:
    return ApiAnswer(200, {"state": "ok", "language": request.language})


@pytest.fixture
def webnote(tmp_path: Path) -> ModuleType:
    """A plug-in with a page, a route and a slot, its template beside it."""
    folder = tmp_path / "templates" / "webnote"
    folder.mkdir(parents=True)
    (folder / "note.html").write_text("<p class='webnote'>{{ text }}</p>")
    module = ModuleType("webnote")
    module.__file__ = str(tmp_path / "__init__.py")

    @hookimpl
    def register_pages(setup: Setup) -> Iterable[Page]:
        return [Page("notes", Text("Notes"), "buyer", note)]

    @hookimpl
    def register_api_routes(setup: Setup) -> Iterable[ApiRoute]:
        return [ApiRoute("GET", "status", "How it is", status)]

    @hookimpl
    def slot_product_page(ctx: Context, place: Place, subject: Subject) -> Fragment | None:
        return Fragment("webnote/note.html", {"text": HOSTILE})

    module.MANIFEST = Manifest(  # type: ignore[attr-defined]
        key="webnote",
        name=Text("Notes"),
        version="1.0.0",
        api=">=1.0,<2",
        summary=Text("Notes"),
        provides=(Capability.PAGES,),
        scope=PluginScope.PLATFORM,
    )
    for hook in (register_pages, register_api_routes, slot_product_page):
        setattr(module, hook.__name__, hook)
    return module


@pytest.fixture
def loaded(webnote: ModuleType, market: Market) -> Iterator[None]:
    slots._engine.cache_clear()
    with plugins_loaded(webnote):
        yield
    slots._engine.cache_clear()


def test_a_page_is_shown_in_the_buyers_frame_and_escaped(loaded: None, english: Client) -> None:
    answer = english.get("/p/webnote/notes", {"q": HOSTILE})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<h1>Notes</h1>" in page
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page


def test_a_slot_is_escaped_and_shown_once(loaded: None, english: Client) -> None:
    page = english.get(f"/products/{Product.objects.get().pk}/").content.decode()
    assert page.count("class='webnote'") == 1
    assert HOSTILE not in page


def test_a_page_cannot_send_visitors_to_another_site(loaded: None, english: Client) -> None:
    assert english.get("/p/webnote/notes?to=https://evil.example/").status_code == 503
    assert english.get("/p/webnote/notes?to=/orders/")["Location"] == "/orders/"


def test_a_failing_page_costs_that_page_alone(loaded: None, english: Client) -> None:
    answer = english.get("/p/webnote/notes?break=1")
    assert answer.status_code == 503
    assert b"secret" not in answer.content
    assert english.get("/").status_code == 200


def test_unknown_pages_are_404(loaded: None, english: Client) -> None:
    assert english.get("/p/webnote/other").status_code == 404
    assert english.get("/p/unknown/notes").status_code == 404


def test_a_route_answers_under_the_plugins_prefix(loaded: None, english: Client) -> None:
    assert english.get("/api/v1/p/webnote/status").json() == {"state": "ok", "language": "en"}
    assert english.post("/api/v1/p/webnote/status").status_code == 404


def test_everything_is_gone_when_the_plugin_is_off(
    webnote: ModuleType, market: Market, english: Client
) -> None:
    with plugins_loaded(webnote, on=False):
        assert english.get("/p/webnote/notes").status_code == 404
        assert english.get("/api/v1/p/webnote/status").status_code == 404
        page = english.get(f"/products/{Product.objects.get().pk}/").content.decode()
    assert "webnote" not in page
