"""A plug-in whose providers behave, and misbehave, in a child process."""

from __future__ import annotations

import ctypes
import decimal
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

from core.pluginapi import (
    Context,
    FeedHead,
    FeedHeader,
    InvalidInput,
    Manifest,
    Pair,
    PluginSettings,
    Rate,
    RateTable,
    RawEvent,
    RawRow,
    RawTrack,
    Setup,
    Text,
    TrackingEvent,
    Unavailable,
    hookimpl,
    setting,
)

MANIFEST = Manifest(
    key="isolated_plugin",
    name=Text("Isolated"),
    version="1",
    api=">=1.0,<2",
    summary=Text("For tests"),
    provides=(),
    isolated=True,
)


class Settings(PluginSettings):
    token: str = setting("", label=Text("Token"))


class Lines:
    key = "lines"
    title = Text("Lines")
    version = 1

    def sniff(self, head: FeedHead) -> int:
        return 100

    def header(self, head: FeedHead) -> FeedHeader:
        return FeedHeader(columns=("a",))

    def rows(self, ctx: Context, stream: BinaryIO, head: FeedHead) -> Iterator[RawRow]:
        for number, line in enumerate(stream, 1):
            text = line.decode().strip()
            if text == "broken":
                raise InvalidInput("the rest is missing", code="DATA_TRUNCATED", path=f"${number}")
            yield RawRow(number, number, f"line {number}", {"a": text}, line)


class Rates:
    title = Text("Rates")
    base = "EUR"

    def __init__(self, key: str) -> None:
        self.key = key

    def fetch_rates(self, ctx: Context, since: date | None) -> RateTable:
        return getattr(self, self.key)(ctx, since)

    def good(self, ctx: Context, since: date | None) -> RateTable:
        ctx.log.info("fetched", since=since)
        rate = Rate(Pair("EUR", "CNY"), Decimal("7.9812"), "isolated", since or ctx.now.date())
        return RateTable(f"{ctx.settings.token}@{ctx.channel and ctx.channel.key}", (rate,))

    def hang(self, ctx: Context, since: date | None) -> RateTable:
        time.sleep(600)

    def spin(self, ctx: Context, since: date | None) -> RateTable:
        while True:
            pass

    def eat(self, ctx: Context, since: date | None) -> RateTable:
        eaten = []
        while True:
            eaten.append(bytearray(64 << 20))

    def leave(self, ctx: Context, since: date | None) -> RateTable:
        print("last words", file=sys.stderr, flush=True)
        os._exit(7)

    def segfault(self, ctx: Context, since: date | None) -> RateTable:
        ctypes.string_at(0)

    def system_exit(self, ctx: Context, since: date | None) -> RateTable:
        raise SystemExit(3)

    def boom(self, ctx: Context, since: date | None) -> RateTable:
        raise RuntimeError("nothing works")

    def busy(self, ctx: Context, since: date | None) -> RateTable:
        raise Unavailable("busy", retry_after=12.5)

    def wrong(self, ctx: Context, since: date | None) -> RateTable:
        return "rates"

    def nothing(self, ctx: Context, since: date | None) -> RateTable:
        return None

    def unknown_type(self, ctx: Context, since: date | None) -> RateTable:
        return RateTable("isolated", (object(),))

    def not_a_number(self, ctx: Context, since: date | None) -> RateTable:
        rate = Rate(Pair("EUR", "CNY"), Decimal(1), "isolated", ctx.now.date())
        object.__setattr__(rate, "value", Decimal("NaN"))
        return RateTable("isolated", (rate,))

    def verb(self, ctx: Context, since: date | None) -> RateTable:
        ctx.verbs.current_buyer()

    def database(self, ctx: Context, since: date | None) -> RateTable:
        from django.contrib.contenttypes.models import ContentType

        ContentType.objects.count()

    def world(self, ctx: Context, since: date | None) -> RateTable:
        decimal.getcontext().prec = 3
        os.environ["TZ"] = "Asia/Tokyo"
        time.tzset()
        return self.good(ctx, since)

    def shout(self, ctx: Context, since: date | None) -> RateTable:
        for _ in range(20_000):
            print("x" * 99)
        return self.good(ctx, since)

    def children(self, ctx: Context, since: date | None) -> RateTable:
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        raise Unavailable(str(child.pid))

    def environment(self, ctx: Context, since: date | None) -> RateTable:
        return RateTable(",".join(sorted(os.environ)), ())

    def fetch(self, ctx: Context, since: date | None) -> RateTable:
        return RateTable(ctx.http.get(ctx.settings.token).text, ())


class Post:
    key = "post"
    title = Text("Post")
    hub = False
    formats = ()

    def normalise(self, raw: RawEvent) -> TrackingEvent:
        raise NotImplementedError

    def track(self, ctx: Context, numbers: Sequence[str]) -> Iterator[RawTrack]:
        for number in numbers:
            yield RawTrack(number, (RawEvent("D", "Delivered", "2026-11-22T10:00"),))


@hookimpl
def register_settings(setup: Setup) -> type[PluginSettings]:
    return Settings


@hookimpl
def register_feed_dialects(setup: Setup) -> list[Lines]:
    return [Lines()]


@hookimpl
def register_fx_sources(setup: Setup) -> list[Rates]:
    return [Rates(name) for name in vars(Rates) if not name.startswith("_")]


@hookimpl
def register_carriers(setup: Setup) -> list[Post]:
    return [Post()]


def endless(ctx: Context) -> Iterator[bytes]:
    while True:
        yield b"x" * 100_000


def peak(ctx: Context) -> Iterator[int]:
    """Yield numbers and, at the end, the process's peak memory in KiB.

    Not ``ru_maxrss``: a child inherits its parent's peak through fork and exec.
    """
    yield from range(300_000)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    yield int(status.split("VmHWM:")[1].split()[0])


def sleep_long(mark: str) -> None:
    Path(mark).write_text(str(os.getpid()))
    time.sleep(600)
