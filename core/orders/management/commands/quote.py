"""``manage.py quote``: a basket in, the landed price of every channel out.

``quote recompute ID`` (or ``--all``) computes stored quotes again and says what differs.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.orders.errors import OrderError
from core.orders.quotes import make_quote, stored_bytes
from core.orders.quoting.reading import read_request
from core.orders.quoting.recomputing import recompute_all

MAX_BYTES = 1 << 20


class Command(BaseCommand):
    """Prints JSON to standard output and nothing else; messages go to standard error."""

    help = "Price a basket in every channel, show a stored quote, or compute one again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file, and the stored quote."""
        parser.add_argument(
            "file", nargs="?", help="a basket as JSON, - reads standard input; or: recompute"
        )
        parser.add_argument("id", nargs="?", help="the quote to compute again")
        parser.add_argument("--all", action="store_true", help="compute every stored quote again")
        parser.add_argument("--show", metavar="ID", help="print the stored bytes of a quote")

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer. Exit 0 also when every channel refuses, 1 when the request has no answer."""
        try:
            if options["show"]:
                self._write(stored_bytes(options["show"]))
                return
            if options["file"] == "recompute":
                self._recompute(options["id"], everything=options["all"])
                return
            if not options["file"]:
                raise CommandError("Give a FILE with a basket, or --show ID.")
            quotes = make_quote(read_request(_read(options["file"])))
        except OrderError as problem:
            raise CommandError(f"{problem.path}: {problem} ({problem.code})") from None
        self._write(b'{"quotes":[' + b",".join(bytes(quote.body) for quote in quotes) + b"]}\n")

    def _recompute(self, identifier: str | None, *, everything: bool) -> None:
        """Say of each quote whether its bytes came out again; exit 1 when one did not."""
        if bool(identifier) == everything:
            raise CommandError("Give the ID of a quote, or --all.")
        count = differing = skipped = 0
        for one in recompute_all(identifier):
            count, skipped = count + 1, skipped + bool(one.skipped)
            if one.same:
                continue
            differing += 1
            for found in one.differences:
                self.stdout.write(f"{one.quote.pk} {found.path}: {found.old!r} -> {found.new!r}")
            for plugin in one.plugins:
                name = plugin.path.removeprefix("$.plugins.")
                self.stdout.write(
                    f"{one.quote.pk} was made by version {plugin.old} of {name}, "
                    f"now {plugin.new or 'gone'}"
                )
        same = count - differing - skipped
        self.stdout.write(
            f"{count} quotes: {same} the same to the last byte, {differing} differ, "
            f"{skipped} ended before customs were asked"
        )
        if differing:
            raise CommandError(f"{differing} of {count} quotes differ")

    def _write(self, content: bytes) -> None:
        """Write bytes as they are: a quote is shown exactly as it was stored."""
        buffer = getattr(self.stdout._out, "buffer", None)
        if buffer is None:
            self.stdout.write(content.decode(), ending="")
            return
        self.stdout.flush()
        buffer.write(content)
        buffer.flush()


def _read(name: str) -> object:
    try:
        data = sys.stdin.buffer.read(MAX_BYTES + 1) if name == "-" else _file(Path(name))
    except OSError as problem:
        raise CommandError(f"{name} cannot be read: {problem.strerror}") from None
    if len(data) > MAX_BYTES:
        raise CommandError("A basket is at most 1 MiB.")
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as problem:
        raise CommandError(f"{name} is not JSON: {str(problem)[:120]}") from None


def _file(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)
