"""``manage.py messages``: keep the translations beside the code; needs no GNU gettext."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.conf.translations import LOCALES, update


class Command(BaseCommand):
    """Update and compile the catalogues, or check that they are up to date and complete."""

    help = "Extract translatable texts, update the .po files and compile the .mo files."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``--check``."""
        parser.add_argument(
            "--check",
            action="store_true",
            help="write nothing; exit 1 when a file is stale or a text has no translation",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or check every language. Raises CommandError where a check fails."""
        outcomes = [update(locale) for locale in LOCALES]
        if not options["check"]:
            for outcome in outcomes:
                outcome.write()
        for outcome in outcomes:
            for text in outcome.missing:
                self.stderr.write(f"{outcome.locale}: no translation of {text!r}")
        stale = [outcome.locale for outcome in outcomes if not outcome.is_fresh]
        if stale:
            raise CommandError(f"stale: {', '.join(stale)}. Run 'manage.py messages'.")
        missing = sum(len(outcome.missing) for outcome in outcomes)
        if missing and options["check"]:
            raise CommandError(f"{missing} texts have no translation; edit core/conf/locale.")
        self.stdout.write(f"{', '.join(LOCALES)}: up to date, {missing} without translation")
