"""``manage.py fx``: fetch, show and set exchange rates."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.fx import queries, services
from core.fx.conversion import find
from core.fx.errors import RateError, RateRefused
from core.kernel import providers
from core.kernel.errors import ProviderFailed
from core.pluginapi import MoneyError, Pair, Purpose, Rate
from core.shared.clock import now, today
from core.shared.money import checked_decimal, exponent

HISTORY_DAYS = 85


def day(text: str) -> date:
    """Read YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text[:20]!r} is not a date like 2026-11-22") from None


def currency(text: str) -> str:
    """Read an ISO 4217 code."""
    try:
        exponent(text.upper())
    except MoneyError as error:
        raise ArgumentTypeError(str(error)) from None
    return text.upper()


def pair(text: str) -> Pair:
    """Read EUR/CNY or EURCNY."""
    code = text.replace("/", "")
    return Pair(currency(code[:3]), currency(code[3:]))


def number(text: str) -> Decimal:
    """Read a decimal number of a magnitude that money can have."""
    try:
        return checked_decimal(text)
    except MoneyError as error:
        raise ArgumentTypeError(str(error)) from None


class Command(BaseCommand):
    help = "Fetch, show and set exchange rates."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Define the three verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        fetch = verbs.add_parser("fetch", help="ask the sources that are switched on")
        fetch.add_argument("source", nargs="?", help="one source; all when left out")
        fetch.add_argument("--history", action="store_true", help="the last 85 days too")
        fetch.add_argument("--since", type=day, help="from the day after this one")
        show = verbs.add_parser("show", help="the rate of a pair, with where it comes from")
        show.add_argument("pair", type=pair, help="EUR/CNY")
        show.add_argument("--on", type=day, help="YYYY-MM-DD, today when left out")
        show.add_argument("--purpose", default="quote", choices=[one.value for one in Purpose])
        show.add_argument("--json", action="store_true")
        put = verbs.add_parser("set", help="set a rate yourself; it comes before every source")
        put.add_argument("base", type=currency)
        put.add_argument("quote", type=currency)
        put.add_argument("value", type=number, help="units of QUOTE for one BASE")
        put.add_argument("--as-of", type=day, help="YYYY-MM-DD, today when left out")
        put.add_argument("--max-age-days", type=int, default=1)
        put.add_argument("--purpose", default="quote", choices=[one.value for one in Purpose])
        release = verbs.add_parser("release", help="let a held rate be used")
        release.add_argument("id")
        release.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the verb."""
        try:
            getattr(self, f"do_{options['verb']}")(options)
        except (RateError, RateRefused, MoneyError, ProviderFailed) as error:
            raise CommandError(str(error)) from None

    def do_fetch(self, options: dict[str, Any]) -> None:
        """Fetch one source or all."""
        active = [one.key for one in providers.fx_sources(None)]
        wanted = [options["source"]] if options["source"] else active
        if not wanted:
            raise CommandError("No source is switched on. Try: manage.py plugins enable fx_ecb")
        since = options["since"]
        if options["history"]:
            since = today() - timedelta(days=HISTORY_DAYS)
        failed = 0
        for source in wanted:
            try:
                report = services.fetch(source, since=since)
            except (ProviderFailed, RateRefused) as error:
                failed += 1
                self.stderr.write(f"{source}: {error}")
                continue
            self.stdout.write(
                f"{source}: {report.added} added, {report.unchanged} unchanged, {report.held} held"
            )
        if failed:
            raise CommandError(f"{failed} of {len(wanted)} sources did not answer")

    def do_show(self, options: dict[str, Any]) -> None:
        """Print the rate in use and the stored rows behind it."""
        asked: Pair = options["pair"]
        on = options["on"]
        at = datetime.combine(on, time.max, tzinfo=UTC) if on else now()
        rate, path = find(asked, at=at, purpose=Purpose(options["purpose"]))
        if options["json"]:
            answer = {**shown(rate), "path": [shown(one) for one in path]}
            self.stdout.write(json.dumps(answer))
            return
        self.stdout.write(f"1 {asked.base} = {rate.value.normalize():f} {asked.quote}")
        for one in path:
            self.stdout.write(
                f"  {one.pair.base}/{one.pair.quote} {one.value.normalize():f} "
                f"of {one.as_of}, {one.source}, usable {one.max_age.days} days, {one.id}"
            )
        known = queries.history(asked.base, asked.quote, on=on).filter(held=True).count()
        if known:
            self.stdout.write(f"  {known} held, not used; release with: fx release ID --reason …")

    def do_set(self, options: dict[str, Any]) -> None:
        """Store a rate of the operator's."""
        if not 0 <= options["max_age_days"] <= 36_500:
            raise CommandError("--max-age-days is between 0 and 36500")
        row = services.set_rate(
            Pair(options["base"], options["quote"]),
            options["value"],
            as_of=options["as_of"] or today(),
            max_age=timedelta(days=options["max_age_days"]),
            actor="command line",
            purpose=Purpose(options["purpose"]),
        )
        self.stdout.write(f"{row}")

    def do_release(self, options: dict[str, Any]) -> None:
        """Release a held rate."""
        row = next((one for one in queries.held() if str(one.pk) == options["id"]), None)
        if row is None:
            raise CommandError("No held rate has that id")
        services.release(row.pk, actor="command line", reason=options["reason"])
        self.stdout.write(f"released {row}")


def shown(rate: Rate) -> dict[str, str]:
    """Return a rate as JSON."""
    return {
        "base": rate.pair.base,
        "quote": rate.pair.quote,
        "value": f"{rate.value.normalize():f}",
        "source": rate.source,
        "as_of": rate.as_of.isoformat(),
        "max_age_days": str(rate.max_age.days),
        "purpose": rate.purpose.value,
        "id": rate.id,
    }
