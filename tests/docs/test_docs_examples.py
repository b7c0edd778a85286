"""What the documentation shows is what works."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from uuid import uuid4

import pytest

from core.kernel import hooks
from core.pluginapi import CarrierHint, ParcelRef, ParcelView, Status
from core.testing.plugins import plugins_loaded

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture
def hello_post(tmp_path: Path) -> Iterator[ModuleType]:
    """The one-file plug-in of the how-to page, as an author would save it."""
    page = (DOCS / "how-to" / "write-a-plugin.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    path = tmp_path / "hello_post.py"
    path.write_text(code, encoding="utf-8")
    spec = spec_from_file_location("hello_post", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules["hello_post"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["hello_post"]


def parcel(status: Status) -> ParcelView:
    return ParcelView(ParcelRef(uuid4()), None, status, None, "JP", "CN", ())


def test_the_plug_in_of_the_how_to_page_answers(hello_post: ModuleType) -> None:
    with plugins_loaded(hello_post, alone=True) as (loaded,):
        assert loaded.loaded, loaded
        hint = CarrierHint()
        (guess,) = hooks.add_carrier_guesses(None, number="HP12345678901", hint=hint)
        assert (guess.plugin, guess.value.carrier) == ("hello_post", "hello_post")
        assert hooks.add_carrier_guesses(None, number="RR123456785CN", hint=hint) == []
        eta = hooks.offer_eta(None, parcel=parcel(Status.IN_TRANSIT))
        assert eta is not None
        assert (eta.value.latest - eta.value.earliest).days == 7
        (note,) = hooks.add_tracking_notes(None, parcel=parcel(Status.CUSTOMS))
        assert note.value.code == "customs"
        assert hooks.add_tracking_notes(None, parcel=parcel(Status.DELIVERED)) == []


def test_every_page_says_for_whom_it_is_or_is_generated() -> None:
    pages = [page for page in DOCS.rglob("*.md") if "hooks" not in page.parts]
    assert len(pages) > 8
    silent = [
        page.relative_to(DOCS).as_posix()
        for page in pages
        if not re.search(r"\bFor \w+", page.read_text(encoding="utf-8")[:600])
    ]
    assert silent == []
