"""``manage.py journey``: one order in each channel of the demonstration, step by step."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.orders.journey import Step, demonstration_channels, run


class Command(BaseCommand):
    """Exit 0 when every order was delivered and completed, 1 when a step failed."""

    help = "Walk one order per channel kind of the demonstration from quote to delivery."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the channel and the form of the answer."""
        parser.add_argument("--channel", default="", help="a channel's key, or a kind")
        parser.add_argument("--json", action="store_true", help="one JSON document at the end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk, and tell each step."""
        channels = demonstration_channels(options["channel"])
        if not channels:
            raise CommandError(
                "No open demonstration channel fits. Load the demonstration with 'manage.py up'."
            )
        steps: list[Step] = []

        def tell(step: Step) -> None:
            steps.append(step)
            if not options["json"]:
                self.stdout.write(
                    f"{step.channel:<16} {step.name:<10} {step.state:<10} {step.detail}"
                )

        failures = run(channels, tell)
        if options["json"]:
            body = {"steps": [step.as_json() for step in steps], "failures": failures}
            self.stdout.write(json.dumps(body, ensure_ascii=False))
        for channel, reason in failures.items():
            self.stderr.write(f"{channel}: {reason}")
        if failures:
            raise SystemExit(1)
