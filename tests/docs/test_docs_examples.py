"""What the documentation shows is what works."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest

from core.kernel import hooks
from core.pluginapi import (
    CarrierHint,
    ChargeKind,
    Outcome,
    ParcelRef,
    ParcelView,
    ShipmentFacts,
    ShipmentLine,
    Status,
)
from core.testing.plugins import plugins_loaded
from customs.services import assess
from customs.types import AssessmentReport
from tests.gates.test_duty_rules import faults_of

DOCS = Path(__file__).resolve().parents[2] / "docs"
FILE = re.compile(r"^`([\w./]+)`:\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)


@contextmanager
def plug_in(folder: Path, name: str, file: str) -> Iterator[ModuleType]:
    """Save the files of the how-to page as an author would, and import one of them."""
    page = (DOCS / "how-to" / "write-a-plugin.md").read_text(encoding="utf-8")
    for path, content in FILE.findall(page):
        target = folder / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(content, encoding="utf-8")
    spec = spec_from_file_location(name, folder / file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[name]


@pytest.fixture
def hello_post(tmp_path: Path) -> Iterator[ModuleType]:
    with plug_in(tmp_path, "hello_post", "hello_post.py") as module:
        yield module


@pytest.fixture
def duty_aq(tmp_path: Path) -> Iterator[ModuleType]:
    with plug_in(tmp_path, "duty_aq", "duty_aq/__init__.py") as module:
        yield module


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


def into_antarctica(price: str, code: str, **line: Any) -> AssessmentReport:
    goods = ShipmentLine("goods", Decimal(price), 2, code, "NZ", **line)
    shipment = ShipmentFacts(country="AQ", region="", currency="NZD", channel="", lines=(goods,),
                             freight=Decimal("10.05"))  # fmt: skip
    return assess(shipment, channel=None, on=date(2026, 11, 22))


@pytest.mark.django_db
def test_the_regimes_of_the_how_to_page_assess(duty_aq: ModuleType) -> None:
    with plugins_loaded(duty_aq) as (loaded,):
        assert loaded.loaded, loaded
        small = into_antarctica("50", "090121").chosen
        assert small is not None
        assert (small.regime, small.outcome) == ("aq.relief", Outcome.EXEMPT)
        ordinary = into_antarctica("50.01", "090121").chosen
        assert ordinary is not None
        assert ordinary.regime == "aq.standard"
        charged = {one.kind: one.amount.amount for one in ordinary.charges}
        # 7.5 % of 110.07 is 8.255 25; 10 % of 118.33, cut.
        assert charged == {ChargeKind.DUTY: Decimal("8.26"), ChargeKind.VAT: Decimal("11.83")}
        assert {one.source for one in ordinary.charges} == {
            "Penguin Gazette 2026/2", "Penguin Gazette 2026/3",
        }  # fmt: skip
        beer = into_antarctica("100", "22030000", litres=Decimal(6)).chosen
        assert beer is not None
        # 5 % of 210.05 and 6 litres at 0.40.
        assert beer.charges[0].amount.amount == Decimal("12.90")
        assert into_antarctica("100", "22030000").refusal_code == "quantity_missing"
        assert into_antarctica("100", "610910").refusal_code == "tariff_unknown"


def test_the_rules_of_the_how_to_page_are_complete(duty_aq: ModuleType) -> None:
    path = Path(str(duty_aq.__file__)).with_name("rules.json")
    rules = json.loads(path.read_text(encoding="utf-8"))["rules"]
    assert [fault for rule in rules for fault in faults_of(rule)] == []


def test_every_page_says_for_whom_it_is_or_is_generated() -> None:
    pages = [page for page in DOCS.rglob("*.md") if "hooks" not in page.parts]
    assert len(pages) > 8
    silent = [
        page.relative_to(DOCS).as_posix()
        for page in pages
        if not re.search(r"\bFor \w+", page.read_text(encoding="utf-8")[:600])
    ]
    assert silent == []
