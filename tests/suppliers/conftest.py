"""A supplier, and a way to push bytes through the real intake."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from core.jobs.services import run_due
from suppliers.models import Feed, Supplier
from suppliers.report import report
from suppliers.services import Push, create_supplier, receive_feed

Pushed = Callable[..., Feed]


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def supplier(db: None) -> Supplier:
    return create_supplier("Aoyama Trading", country="JP", language="en").supplier


@pytest.fixture
def push(supplier: Supplier) -> Pushed:
    """Push bytes, text or rows (as JSON lines) and run the jobs to the end."""

    def pushed(content: bytes | str | list[dict[str, Any]], **options: Any) -> Feed:
        owner = options.pop("owner", supplier)
        if isinstance(content, list):
            content = "\n".join(json.dumps(row, ensure_ascii=False) for row in content) + "\n"
        data = content.encode() if isinstance(content, str) else content
        feed = receive_feed(owner, [data], push=Push(**options), most=64 << 20)
        run_due()
        feed.refresh_from_db()
        return feed

    return pushed


def row(sku: str = "A1", **fields: Any) -> dict[str, Any]:
    """Return a row that nothing is wrong with."""
    return {
        "sku": sku,
        "title": f"Serum {sku}",
        "price": "12.90",
        "currency": "EUR",
        "brand": "Aoyama",
        "origin": "JP",
        "hs_code": "330499",
        "gross_grams": "120",
        "images": ["https://img.example.org/a.jpg"],
        **fields,
    }


def codes(feed: Feed) -> dict[str, int]:
    """Return how often each code occurred."""
    return {entry["code"]: entry["count"] for entry in feed.by_code}


def whole_report(feed: Feed) -> dict[str, Any]:
    return report(feed, feed.issues.all())
