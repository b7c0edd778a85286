"""``manage.py tracking identify [FILE]``: whose numbers may these be?"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError

from core.kernel.models import Channel
from core.logistics.detect import detector
from core.logistics.types import Identification
from core.pluginapi import CarrierHint, ChannelRef

MAX_LINE = 1000


class Command(BaseCommand):
    """Reads numbers, one a line, and writes one JSON object a line."""

    help = "Identify carriers by tracking numbers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare ``identify [FILE]`` with what is known beside the numbers."""
        actions = parser.add_subparsers(dest="action", required=True)
        one = actions.add_parser("identify", help="print the ranked candidates for each number")
        one.add_argument("file", nargs="?", default="-", help="numbers, one a line; default stdin")
        one.add_argument("--channel", default="", help="a channel's key; default platform-wide")
        one.add_argument("--origin", default="", help="country the parcel left, as in JP")
        one.add_argument("--destination", default="", help="country it goes to, as in CN")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write ``{"number", "candidates", "refused"}`` for each line that is not empty."""
        finder = detector(_channel(options["channel"]))
        if not finder.carriers:
            self.stderr.write("no carrier is switched on in any open channel")
        hint = CarrierHint(options["origin"].upper(), options["destination"].upper())
        for line in _lines(options["file"]):
            answer = finder.identify(line, hint)
            self.stdout.write(json.dumps(as_json(answer), ensure_ascii=False))


def as_json(answer: Identification) -> dict[str, object]:
    """Return an answer in the documented shape; confidence is a number from 0 to 1."""
    return {
        "number": answer.number,
        "candidates": [
            {
                "carrier": guess.carrier,
                "format": guess.format,
                "confidence": float(guess.confidence),
                "reason": guess.reason.en,
            }
            for guess in answer.candidates
        ],
        "refused": answer.refused,
    }


def _lines(source: str) -> Iterator[str]:
    try:
        place = sys.stdin.fileno() if source == "-" else source
        with open(place, encoding="utf-8", errors="replace", closefd=source != "-") as file:
            yield from _numbers(file)
    except OSError as error:
        raise CommandError(f"{source} cannot be read: {error.strerror}") from None


def _numbers(file: TextIO) -> Iterator[str]:
    while line := file.readline(MAX_LINE):
        if line.strip():
            yield line.rstrip("\r\n")


def _channel(key: str) -> ChannelRef | None:
    if not key:
        return None
    channel = Channel.objects.filter(key=key).first()
    if channel is None:
        raise CommandError(f"there is no channel {key!r}")
    return channel.ref
