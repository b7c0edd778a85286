"""``manage.py demo load``: the demonstration, through the real pipelines."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.conf.demo.loading import DemoFailed, load
from core.kernel.errors import ActivationRefused
from core.kernel.models import Channel
from core.orders.errors import OrderError
from core.orders.journey import JourneyFailed


class Command(BaseCommand):
    """Load channels, suppliers, feeds and orders into an empty site."""

    help = "Load the demonstration: five channels, three feeds, orders in every state."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the one thing that it can do."""
        parser.add_argument("action", choices=["load"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and tell each step; refuse where channels exist."""
        if Channel.objects.exists():
            raise CommandError(
                "This site has channels already; the demonstration is for an empty one. "
                "Point HAITAO_VAR or DATABASE_URL at an empty place."
            )
        try:
            load(lambda line: self.stdout.write(f"  {line}"))
        except (DemoFailed, ActivationRefused, JourneyFailed, OrderError) as error:
            raise CommandError(f"The demonstration could not be loaded whole: {error}") from error
