"""``manage.py customs hs``: what the Harmonized System says of a code, and which codes it has."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError, OutputWrapper

from core.shared import nomenclature


def add_arguments(parser: ArgumentParser) -> None:
    """Define ``show CODE`` and ``search TEXT``."""
    verbs = parser.add_subparsers(dest="hs", required=True)
    show = verbs.add_parser("show", help="where a code stands, and what is below it")
    show.add_argument("code", help="2, 4 or 6 to 13 digits; dots and spaces are read over")
    search = verbs.add_parser("search", help="codes whose names hold all words")
    search.add_argument("text", nargs="+")
    for verb in (show, search):
        verb.add_argument("--json", action="store_true")


def run(options: dict[str, Any], out: OutputWrapper) -> None:
    """Answer one of the two. Raises CommandError when there is nothing to show."""
    found = _shown(options["code"]) if options["hs"] == "show" else _found(options["text"])
    if options["json"]:
        out.write(json.dumps(found, ensure_ascii=False))
        return
    for one in found:
        indent = "  " * max(0, len(one["code"]) // 2 - 1) if options["hs"] == "show" else ""
        out.write(f"{indent}{one['code']}  {one['name']}")


def _shown(raw: str) -> list[dict[str, str]]:
    code = nomenclature.digits_of(raw)
    if code is None:
        raise CommandError(f"{raw[:40]} is no code: give 2, 4 or 6 to 13 digits")
    place = nomenclature.place_of(code)
    levels = {2: place.chapter, 4: place.heading, 6: place.subheading}
    for length, part in levels.items():
        if part is None and len(code) >= length:
            raise CommandError(f"{nomenclature.EDITION} has no {code[:length]}")
    above = [part for part in (place.chapter, place.heading, place.subheading) if part]
    deepest = above[-1][0]
    below = [
        (one, name)
        for one, name in nomenclature.names().items()
        if one.startswith(deepest) and len(one) == len(deepest) + 2
    ]
    return [{"code": one, "name": name} for one, name in (*above, *below)]


def _found(words: list[str]) -> list[dict[str, str]]:
    found = nomenclature.search(" ".join(words))
    if not found:
        raise CommandError(f"{nomenclature.EDITION} has no name with these words (in English)")
    return [{"code": one, "name": name} for one, name in found]
