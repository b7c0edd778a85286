"""``manage.py customs hs``."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command


def run(*words: str) -> str:
    out = StringIO()
    call_command("customs", "hs", *words, stdout=out)
    return out.getvalue()


def test_a_code_is_shown_with_what_is_above_and_below_it() -> None:
    lines = run("show", "6109").splitlines()
    assert [line.split()[0] for line in lines] == ["61", "6109", "610910", "610990"]
    lines = run("show", "0902.10 00").splitlines()
    assert [line.split()[0] for line in lines] == ["09", "0902", "090210"]


def test_codes_are_found_by_words_as_json() -> None:
    found = json.loads(run("search", "cotton", "t-shirt", "--json"))
    assert [one["code"] for one in found] == ["610910", "610990"]
    assert set(found[0]) == {"code", "name"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "851712"), "HS 2022 has no 851712"),
        (("show", "6199"), "HS 2022 has no 6199"),
        (("show", "77"), "HS 2022 has no 77"),
        (("show", "61091"), "is no code"),
        (("show", "\x00"), "is no code"),
        (("search", "qqq"), "no name with these words"),
    ],
)
def test_what_does_not_exist_is_said(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        run(*words)
