"""What dispatch costs, beside pluggy's own call loop and Django's ``Signal.send_robust``.

CPU time of this process, rounds of the candidates in turn, the smallest round counts: what else
the machine does can only make a round longer.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import pluggy
from django.db import transaction
from django.dispatch import Signal

from core.kernel import dispatch, hooks
from core.kernel.discovery import Found, Origin, with_manifest
from core.kernel.measuring import Report, register_bench
from core.kernel.registry import registry
from core.kernel.snapshot import forget, go_offline
from core.pluginapi import (
    Capability,
    ChannelRef,
    Manifest,
    OrderEvent,
    PriceComponent,
    QuoteDraft,
    Text,
    hookimpl,
)
from core.pluginapi.markers import PROJECT
from core.pluginapi.specs import MODULES
from core.shared.money import Money

SIZES = (1, 5, 20)
ROUNDS = 40
CALLS = 400
TARGET = 1.5
CHANNEL = ChannelRef("bench", "m2c", Text("Bench"), "CN", "CNY")


class Row(NamedTuple):
    """One line of the report; times in nanoseconds of CPU for one dispatch."""

    subject: str
    implementers: int
    ours: float
    pluggy: float
    signal: float

    @property
    def ratio(self) -> float:
        """How many times pluggy's own loop our dispatch takes."""
        return self.ours / self.pluggy


class Fee:
    """A plug-in with a price component, as channels have them."""

    def __init__(self, number: int) -> None:
        words = Text(f"bench {number}")
        self.MANIFEST = Manifest(
            key=f"bench_{number:02}",
            name=words,
            version="1",
            api=">=1.0,<2",
            summary=words,
            provides=(Capability.OTHER,),
        )
        amount = Money(Decimal("1.25"), "CNY")
        self.answer = (PriceComponent("fee", words, amount, "bench", "r1", basis=amount),)

    @hookimpl
    def add_price_components(self, ctx: Any, quote: QuoteDraft) -> Iterable[PriceComponent]:
        """Answer with a component that is ready, so that the dispatch alone is measured."""
        return self.answer

    @hookimpl
    def on_order_paid(self, ctx: Any, event: OrderEvent) -> None:
        """Hear, and do nothing."""


def quote() -> QuoteDraft:
    """Return a draft without lines, in yuan."""
    goods = Money(Decimal(100), "CNY")
    return QuoteDraft("CNY", "CN", "", (), goods, datetime(2026, 1, 1, tzinfo=UTC))


def run(*, rounds: int = ROUNDS, calls: int = CALLS) -> Iterator[Row]:
    """Yield a row for each number of implementers, then one for hooks that run in tasks."""
    for size in SIZES:
        with _registered(size) as candidates:
            yield _measure("add_price_components", size, candidates, rounds, calls)
    with _registered(5) as candidates:
        yield _measure_task(5, rounds, max(1, calls // 20))


class _registered:
    """Puts ``size`` plug-ins alone into the kernel, a bare pluggy manager and a signal."""

    def __init__(self, size: int) -> None:
        self.plugins = [Fee(number) for number in range(size)]

    def __enter__(self) -> tuple[Callable[[], Any], ...]:
        known, self.forced = registry(), {}
        for key, plugin in known.plugins.items():
            self.forced[key], plugin.forced = plugin.forced, False
        bare = pluggy.PluginManager(PROJECT)
        signal = Signal()
        for module in MODULES:
            bare.add_hookspecs(module)
        self.receivers = []
        for fee in self.plugins:
            found = with_manifest(Found(fee.MANIFEST.key, Origin.TEST, "bench", fee))
            known.add(found).forced = True
            bare.register(fee, fee.MANIFEST.key)
            self.receivers.append(_receiver(fee))
            signal.connect(self.receivers[-1])
        go_offline()
        draft = quote()
        return (
            lambda: hooks.add_price_components(CHANNEL, quote=draft),
            lambda: bare.hook.add_price_components(ctx=None, quote=draft),
            lambda: signal.send_robust(sender=None, ctx=None, quote=draft),
        )

    def __exit__(self, *_: object) -> None:
        known = registry()
        for plugin in self.plugins:
            known.remove(plugin.MANIFEST.key)
        for key, value in self.forced.items():
            known.plugins[key].forced = value
        forget()


def _receiver(plugin: Fee) -> Callable[..., Any]:
    def receive(sender: Any, ctx: Any, quote: QuoteDraft, **_: Any) -> Any:
        return plugin.answer

    return receive


def _measure(
    subject: str, size: int, candidates: tuple[Callable[[], Any], ...], rounds: int, calls: int
) -> Row:
    ours, theirs, signal = _times(candidates, rounds, calls)
    return Row(subject, size, ours, theirs, signal)


def _measure_task(size: int, rounds: int, calls: int) -> Row:
    """Measure a ``db=True`` hook: a savepoint and every check around each plug-in."""
    bare = pluggy.PluginManager(PROJECT)
    for module in MODULES:
        bare.add_hookspecs(module)
    for number in range(size):
        bare.register(Fee(number), str(number))

    def ours() -> Any:
        return dispatch.tell("on_order_paid", CHANNEL, (None,))

    with transaction.atomic():
        times = _times(
            (ours, lambda: bare.hook.on_order_paid(ctx=None, event=None)), rounds // 4, calls
        )
    return Row("on_order_paid (db=True)", size, times[0], times[1], float("nan"))


def _times(candidates: tuple[Callable[[], Any], ...], rounds: int, calls: int) -> tuple[float, ...]:
    """Return nanoseconds of CPU for one call of each candidate."""
    for candidate in candidates:
        candidate()
    best: list[list[float]] = [[] for _ in candidates]
    gc.collect()
    for _ in range(rounds):
        for index, candidate in enumerate(candidates):
            started = time.process_time_ns()
            for _ in range(calls):
                candidate()
            best[index].append((time.process_time_ns() - started) / calls)
    return tuple(min(times) for times in best)


def report(rounds: int = 0) -> Report:
    """Measure, and say whether our dispatch stays within one and a half times pluggy's loop."""
    rows = list(run(rounds=rounds or ROUNDS))
    lines = [f"{'hook':<26}{'n':>3}{'ours':>10}{'pluggy':>10}{'signal':>10}{'ratio':>8}"]
    for row in rows:
        times = "".join(f"{value:>10,.0f}" for value in (row.ours, row.pluggy, row.signal))
        lines.append(f"{row.subject:<26}{row.implementers:>3}{times}{row.ratio:>8.2f}")
    lines.append("nanoseconds of CPU for one dispatch, the smallest of alternating rounds")
    judged = [row for row in rows if "db=True" not in row.subject]
    worst = max(row.ratio for row in judged)
    verdict = f"the worst ratio is {worst:.2f}, the target {TARGET}"
    facts = [
        {**row._asdict(), "signal": None if row.signal != row.signal else row.signal}
        for row in rows
    ]
    return Report((*lines, verdict), facts, worst <= TARGET, verdict)


register_bench("kernel", report)
