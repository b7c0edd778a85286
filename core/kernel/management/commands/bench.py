"""``manage.py bench``: measurements that anyone can repeat."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.kernel.measuring import BENCHES


class Command(BaseCommand):
    """Runs one bench by its name and prints its table."""

    help = "Measure something, in this process, on this machine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the name of the bench."""
        parser.add_argument("name", nargs="?", help="which bench; without one they are listed")
        parser.add_argument("--rounds", type=int, default=0, help="how often, 0 for the usual")
        parser.add_argument("--json", action="store_true", help="write JSON alone")

    def handle(self, *_: Any, **options: Any) -> None:
        """Run the bench."""
        import_module("core.kernel.benchmarks")
        bench = BENCHES.get(options["name"])
        if bench is None:
            known = ", ".join(sorted(BENCHES))
            if options["name"]:
                raise CommandError(f"no bench is called {options['name']!r}; there are: {known}")
            self.stdout.write(known)
            return
        report = bench(options["rounds"])
        if options["json"]:
            self.stdout.write(json.dumps(report.facts, indent=2))
        else:
            self.stdout.write("\n".join(report.lines))
        if not report.met:
            raise CommandError(report.verdict)
