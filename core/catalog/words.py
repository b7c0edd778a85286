"""Names in many languages folded to the platform's three, and to what a search reads."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from core.pluginapi import Text


def text_of(names: Mapping[str, str]) -> Text:
    """Return names by BCP-47 language as a Text; a name in another language stands in for English.

    ``zh`` and ``zh-CN`` are simplified, ``zh-TW``, ``zh-HK`` and ``zh-MO`` traditional.
    """
    english = simplified = traditional = ""
    other = ""
    for language, name in names.items():
        folded = language.lower().replace("_", "-")
        if folded.startswith(("zh-hant", "zh-tw", "zh-hk", "zh-mo")):
            traditional = traditional or name
        elif folded.startswith("zh"):
            simplified = simplified or name
        elif folded.startswith("en"):
            english = english or name
        else:
            other = other or name
    return Text(english or other or simplified or traditional, simplified, traditional)


def searchable(parts: Iterable[str]) -> str:
    """Return ``parts`` as one line folded for search: compatibility forms, lower case."""
    return unicodedata.normalize("NFKC", " ".join(part for part in parts if part)).lower()
