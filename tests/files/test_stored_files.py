"""Stored files: the true type, the clean name, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings

from core.files.models import StoredFile
from core.files.services import MAX_BYTES, read, store
from core.kernel.verbs import BoundVerbs
from core.pluginapi import InvalidInput, NotPermitted, Verb
from core.testing.plugins import manifest

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: LazySettings) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_a_file_is_read_back_and_stored_once(folder: Path) -> None:
    first = store("a.png", PNG, content_type="image/png", owner="order:1")
    second = store("b.png", PNG, content_type="image/png", owner="order:2")
    assert read(first) == read(second) == PNG
    assert first.pk != second.pk
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize(
    ("content", "claimed", "code"),
    [
        (b"<html>", "image/png", "file_type"),
        (b"MZ\x90", "application/pdf", "file_type"),
        (b"a\0b", "text/plain", "file_type"),
        (b"\xff\xfe", "text/csv", "file_type"),
        (b"x", "text/html", "file_type"),
        (b"x", "", "file_type"),
        (b"x" * (MAX_BYTES + 1), "text/plain", "file_too_large"),
    ],
)
def test_what_is_not_what_it_claims_is_refused(content: bytes, claimed: str, code: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        store("x", content, content_type=claimed, owner="order:1")
    assert raised.value.code == code
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a\x00b.png", "ab.png"),
        ("", "file"),
        ("收据.png", "收据.png"),
    ],
)
def test_a_name_is_for_display_only(given: str, kept: str) -> None:
    assert store(given, PNG, content_type="image/png", owner="order:1").name == kept


def test_a_file_that_was_changed_is_not_handed_out(folder: Path) -> None:
    stored = store("a.png", PNG, content_type="image/png", owner="order:1")
    (path,) = [path for path in folder.rglob("*") if path.is_file()]
    path.write_bytes(b"other")
    with pytest.raises(InvalidInput, match="changed"):
        read(stored)


def test_a_plug_in_owns_what_it_stores_and_must_have_said_so() -> None:
    allowed = BoundVerbs(manifest("keeper", needs=(Verb.STORE_FILE,)), None)
    reference = allowed.store_file("a.png", PNG, content_type="image/png")
    assert StoredFile.objects.get(pk=reference).owner == "plugin:keeper"
    with pytest.raises(NotPermitted):
        BoundVerbs(manifest("other"), None).store_file("a.png", PNG, content_type="image/png")
    assert StoredFile.objects.count() == 1
