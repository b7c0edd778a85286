"""The commands: their output is JSON alone, their exit code says whether the file was read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from suppliers.models import Feed, StagedOffer, Supplier

pytestmark = pytest.mark.django_db
GOOD = "sku,title,price,currency\nA1,T,5,EUR\n"


@pytest.fixture
def good(tmp_path: Path) -> str:
    path = tmp_path / "good.csv"
    path.write_text(GOOD)
    return str(path)


def test_check_stores_nothing(good: str, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("feeds", "check", good)
    found = json.loads(capsys.readouterr().out)
    assert (found["status"], found["summary"]["created"]) == ("done", 1)
    assert not Feed.objects.exists()
    assert not StagedOffer.objects.exists()


def test_check_of_no_feed_exits_with_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "page.html"
    path.write_text("<html>sign in</html>")
    with pytest.raises(SystemExit) as ended:
        call_command("feeds", "check", str(path))
    assert ended.value.code == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["by_code"][0]["code"] == "DATA_NOT_A_FEED"
    assert "DATA_NOT_A_FEED" in err


def test_push_applies_and_reports(good: str, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("suppliers", "create", "Aoyama", "--json")
    created = json.loads(capsys.readouterr().out)
    assert created["test_key"].startswith("ht_test_")
    call_command("feeds", "push", good, "--supplier", created["supplier"])
    assert json.loads(capsys.readouterr().out)["summary"]["created"] == 1
    call_command("feeds", "push", good, "--supplier", "Aoyama")
    assert json.loads(capsys.readouterr().out)["status"] == "unchanged"
    call_command("feeds", "list", "--json")
    assert len(json.loads(capsys.readouterr().out)) == 2


def test_unknown_names_are_sentences(good: str) -> None:
    with pytest.raises(CommandError, match="no supplier"):
        call_command("feeds", "push", good, "--supplier", "nobody")
    with pytest.raises(CommandError, match="no file"):
        call_command("feeds", "check", "/nowhere")
    with pytest.raises(CommandError, match="kind"):
        call_command("suppliers", "create", "X", "--kind", "robot")
    with pytest.raises(CommandError, match="two letters"):
        call_command("suppliers", "create", "X", "--country", "Germany")
    with pytest.raises(CommandError, match="ISO 4217"):
        call_command("suppliers", "create", "X", "--currency", "EURO")
    assert not Supplier.objects.exists()


def test_code_reference_is_fresh() -> None:
    call_command("feeds", "codes", "--check")
