"""The catalogues are complete, fresh and keep their placeholders."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from babel.messages.pofile import read_po
from django.utils.translation import gettext, override

from core.conf.translations import FOLDER, LOCALES, found_messages, update

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_is_translated_and_the_files_are_fresh(locale: str) -> None:
    outcome = update(locale)
    assert outcome.missing == ()
    assert outcome.is_fresh, "run manage.py messages"


@pytest.mark.parametrize("locale", LOCALES)
def test_translations_keep_their_placeholders(locale: str) -> None:
    stored = (FOLDER / locale / "LC_MESSAGES" / "django.po").read_bytes()
    for message in read_po(BytesIO(stored), locale=locale):
        if not message.id:
            continue
        plural = not isinstance(message.id, str)
        source = message.id[-1] if plural else message.id
        text = message.string[0] if plural else message.string
        assert set(PLACEHOLDER.findall(source)) == set(PLACEHOLDER.findall(text)), source


def test_templates_and_code_are_both_read() -> None:
    kinds = {file.rsplit(".", 1)[-1] for file, _message, _context in found_messages()}
    assert kinds == {"py", "html"}


def test_the_words_of_the_glossary_are_used() -> None:
    with override("zh-hans"):
        assert gettext("Tracking number") == "运单号"
    with override("zh-hant"):
        assert gettext("Tracking number") == "追蹤號碼"
