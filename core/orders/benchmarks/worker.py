"""One side of the bench: a process with a database of its own that measures on demand.

Reads ``NAME COUNT`` from standard input and answers with seconds of CPU as JSON: of this process,
and of PostgreSQL's process that serves it where that can be read.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import django

Contender = Callable[[], Any]


def contenders() -> dict[str, Contender]:
    """Return what can be measured, after checking that all of it gives equal amounts."""
    from core.orders.benchmarks import plain, subjects

    engine, made = subjects.engine(), subjects.compared()
    lines, freight = subjects.plain_lines(engine), engine.shipment.freight
    subjects.check_engine(engine, plain.taxes(lines, freight))
    offers = [subjects.offered(document) for document in made]
    for document, offer in zip(made, offers, strict=True):
        subjects.check_quote(document, plain.landed(*offer))

    def three() -> None:
        for offer in offers:
            plain.landed(*offer)

    return {
        "plain": lambda: plain.taxes(lines, freight),
        "engine": engine.assess,
        "engine-json": engine.as_json,
        "plain-three": three,
        "three": subjects.compare_and_store,
    }


class Backend:
    """The CPU time of the database's own process, where it runs on this machine."""

    def __init__(self) -> None:
        from django.db import connection

        self.stat: Path | None = None
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                path = Path(f"/proc/{cursor.fetchone()[0]}/stat")
            self.stat = path if path.exists() else None

    def seconds(self) -> float:
        """Return the CPU seconds spent so far, in steps of a clock tick."""
        if self.stat is None:
            return 0.0
        fields = self.stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def serve(known: dict[str, Contender]) -> None:
    """Answer until standard input ends."""
    backend = Backend()
    _say({"ready": sorted(known), "backend": backend.stat is not None})
    for line in sys.stdin:
        name, count = line.split()
        work = known[name]
        behind, began = backend.seconds(), time.process_time()
        for _ in range(int(count)):
            work()
        spent = time.process_time() - began
        _say({"cpu": spent, "backend": backend.seconds() - behind})


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Make a database, fill it, answer, and take the database away again."""
    django.setup()
    from django.db import connection

    from core.orders.benchmarks.market import fill

    kept = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    with ExitStack() as stack:
        stack.callback(connection.creation.destroy_test_db, kept, verbosity=0)
        fill()
        serve(contenders())


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.conf.settings")
    main()
