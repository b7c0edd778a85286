"""Lets the sides of the bench take turns, and says what it found.

Every side is a process with its own database. CPU time counts, the smallest round of each: what
else the machine does can only make a round longer. PostgreSQL's own process is counted to the
client's over the whole run, because it is told in clock ticks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection

from core.kernel.measuring import Report
from core.orders.benchmarks import oscar_env

ROUNDS = 30
ENGINE_LIMIT, THREE_LIMIT, OSCAR_LIMIT = 15, 80, 20
TURNS = (
    ("sqlite", "plain", 1000),
    ("sqlite", "engine", 200),
    ("sqlite", "engine-json", 200),
    ("sqlite", "plain-three", 200),
    ("sqlite", "three", 20),
    ("postgresql", "three", 20),
    ("oscar", "oscar", 5),
    ("oscar", "oscar-stored", 10),
)
"""Whose turn it is, for what, how often in a round."""

NO_OSCAR = (
    "django-oscar is not installed, so it was not measured: "
    "python -m core.orders.benchmarks.oscar_env makes an environment for it"
)
NO_POSTGRES = (
    "PostgreSQL was not measured: let HAITAO_BENCH_POSTGRES name a server, "
    "postgres://user@host/name"
)


@dataclass
class Times:
    """Microseconds of CPU for one call: of each round, and what the server's process added."""

    client: list[float] = field(default_factory=list)
    calls: int = 0
    server_seconds: float = 0.0

    @property
    def best(self) -> float:
        """The smallest round of the client, with the server's average."""
        return min(self.client) + self.server

    @property
    def server(self) -> float:
        """Microseconds of the server's process for one call."""
        return self.server_seconds / self.calls * 1e6 if self.calls else 0.0


class Side:
    """A process that measures on demand."""

    def __init__(self, command: list[str], environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(  # noqa: S603  # interpreters and modules of our own
            command,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.counts_server = bool(self._answer().get("backend"))

    def measure(self, name: str, count: int, times: Times) -> None:
        """Let ``name`` run ``count`` times."""
        assert self.process.stdin is not None  # noqa: S101  # it was asked for as a pipe
        self.process.stdin.write(f"{name} {count}\n")
        self.process.stdin.flush()
        told = self._answer()
        times.client.append(told["cpu"] / count * 1e6)
        times.calls += count
        times.server_seconds += told.get("backend", 0.0)

    def close(self) -> None:
        """End the process, which takes its database away."""
        self.process.communicate()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None  # noqa: S101
        for line in self.process.stdout:
            if line.startswith("{"):
                found: dict[str, Any] = json.loads(line)
                return found
        _, wrong = self.process.communicate()
        raise RuntimeError(f"a side of the bench ended: {wrong[-2000:]}")


def compare(rounds: int = 0) -> Report:
    """Let all sides take turns, and judge the ratios."""
    with _sides() as sides:
        times = {(side, name): Times() for side, name, _ in TURNS if side in sides}
        for _ in range(rounds or ROUNDS):
            for side, name, count in TURNS:
                if side in sides:
                    sides[side].measure(name, count, times[side, name])
        counted = "postgresql" in sides and sides["postgresql"].counts_server
    return _report({key: one for key, one in times.items() if one.client}, server=counted)


@contextmanager
def _sides() -> Iterator[dict[str, Side]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="haitao-bench-")))
        sides = {"sqlite": _own(folder / "sqlite", None)}
        server = _postgres()
        if server:
            sides["postgresql"] = _own(folder / "postgresql", server)
        python = oscar_env.python()
        if python:
            script = Path(__file__).with_name("oscar_worker.py")
            sides["oscar"] = Side([str(python), str(script), str(folder / "oscar")], os.environ)
        for side in sides.values():
            stack.callback(side.close)
        yield sides


def _own(folder: Path, server: str | None) -> Side:
    """Start this platform with a database that is made for the bench, and files of its own."""
    folder.mkdir()
    environment = {**os.environ, "HAITAO_VAR": str(folder)}
    environment["DATABASE_URL"] = server or f"sqlite:///{folder / 'site.sqlite3'}"
    environment["HAITAO_TEST_SQLITE"] = str(folder / "bench.sqlite3")
    return Side([sys.executable, "-m", "core.orders.benchmarks.worker"], environment)


def _postgres() -> str | None:
    named = os.environ.get("HAITAO_BENCH_POSTGRES")
    return named or (os.environ.get("DATABASE_URL") if connection.vendor == "postgresql" else None)


def _report(times: Mapping[tuple[str, str], Times], *, server: bool) -> Report:
    best = {key: one.best for key, one in times.items()}
    plain, plain_three = best["sqlite", "plain"], best["sqlite", "plain-three"]
    engine, three = best["sqlite", "engine"], best["sqlite", "three"]
    oscar = best.get(("oscar", "oscar"))
    lines = [f"{'database':<12}{'measured':<16}{'CPU µs':>10}{'× plain':>10}"]
    facts = []
    for (side, name), value in best.items():
        ratio = value / (plain_three if "three" in name else plain)
        lines.append(f"{side:<12}{name:<16}{value:>10,.1f}{_times(side, ratio):>10}")
        facts.append({"side": side, "measured": name, "cpu_us": round(value, 1),
                      "server_us": round(times[side, name].server, 1)})  # fmt: skip
    goals = [
        (f"engine, one regime, explained: {engine / plain:.1f} × plain, at most {ENGINE_LIMIT}",
         engine <= ENGINE_LIMIT * plain),
        (f"three channels, stored, SQLite: {three / plain_three:.1f} × plain, "
         f"at most {THREE_LIMIT}", three <= THREE_LIMIT * plain_three),
    ]  # fmt: skip
    if oscar:
        goals.append(
            (f"three channels against django-oscar's basket: {oscar / three:.1f} × faster, "
             f"at least {OSCAR_LIMIT}", oscar >= OSCAR_LIMIT * three)
        )  # fmt: skip
    notes = ["microseconds of CPU for one call, the smallest of alternating rounds"]
    if ("postgresql", "three") in times:
        notes.append(
            f"PostgreSQL's own process is counted: {times['postgresql', 'three'].server:,.0f} µs"
            if server
            else "PostgreSQL's own process runs elsewhere and is not counted"
        )
    else:
        notes.append(NO_POSTGRES)
    if not oscar:
        notes.append(NO_OSCAR)
    verdicts = [f"{'met ' if met else 'MISSED'} {text}" for text, met in goals]
    missed = [text for text, met in goals if not met]
    verdict = "; ".join(missed) if missed else "every limit is kept"
    return Report((*lines, *notes, *verdicts), facts, not missed, verdict)


def _times(side: str, ratio: float) -> str:
    return "" if side == "oscar" else f"{ratio:.1f}"
