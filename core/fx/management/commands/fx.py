"""``manage.py fx``: fetch, back-fill, show and set exchange rates; days on which banks rest."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.fx import closed_days, queries, services
from core.fx.conversion import find
from core.fx.errors import RateError, RateRefused, RateUnconfirmed
from core.fx.types import StoreReport
from core.kernel import providers
from core.kernel.errors import ProviderFailed
from core.pluginapi import InvalidInput, MoneyError, Pair, Purpose, Rate
from core.shared.clock import now, today
from core.shared.money import checked_decimal, exponent

HISTORY_DAYS = 85
BAR = 30


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
    help = "Fetch, back-fill, show and set exchange rates; days on which banks rest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Define the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        _add_reading(verbs)
        _add_changing(verbs)
        _add_holidays(verbs)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the verb."""
        try:
            getattr(self, f"do_{options['verb']}")(options)
        except RateUnconfirmed as error:
            raise CommandError(f"{error}. If that is right, repeat with --confirm.") from None
        except (RateError, InvalidInput, MoneyError, ProviderFailed) as error:
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
        known_at = (
            datetime.combine(options["known_on"], time.max, tzinfo=UTC)
            if options["known_on"]
            else None
        )
        found = find(asked, at=at, purpose=Purpose(options["purpose"]), known_at=known_at)
        if options["json"]:
            path = [shown(one) for one in found.path]
            answer = {**shown(found.rate), "age_days": str(found.age_days), "path": path}
            self.stdout.write(json.dumps(answer))
            return
        self.stdout.write(f"1 {asked.base} = {found.rate.value.normalize():f} {asked.quote}")
        for one in found.path:
            self.stdout.write(f"  {described(one)}")
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
            confirmed=options["confirm"],
        )
        self.stdout.write(f"{row}")

    def do_release(self, options: dict[str, Any]) -> None:
        """Release a held rate."""
        row = next((one for one in queries.held() if str(one.pk) == options["id"]), None)
        if row is None:
            raise CommandError("No held rate has that id")
        services.release(row.pk, actor="command line", reason=options["reason"])
        self.stdout.write(f"released {row}")

    def do_backfill(self, options: dict[str, Any]) -> None:
        """Store a source's history; what was broken off goes on where it was."""
        since: date = options["since"]
        if since > today():
            raise CommandError("--since is a day that has been")
        bar = Bar(self.stderr, since)
        done = services.backfill(options["source"], since, tell=bar.tell)
        bar.end()
        self.stdout.write(
            f"{done.source}: {done.added} added, {done.unchanged} unchanged, {done.held} held"
        )

    def do_holiday(self, options: dict[str, Any]) -> None:
        """List, add or withdraw days on which a publisher rests."""
        calendar, on = options["calendar"], options["day"]
        if options["action"] == "list":
            found = closed_days.closed_days(calendar, on.year if on else today().year)
            for one, name in found.items():
                self.stdout.write(f"{one}  {name}")
            self.stderr.write(f"from {closed_days.LIBRARY}, with the days that operators added")
            return
        if on is None:
            raise CommandError("Say which day: fx holiday add CN 2027-02-17 --name … --source …")
        if options["action"] == "withdraw":
            if not closed_days.withdraw_day(calendar, on, actor="command line"):
                raise CommandError(f"{calendar} has no entry of yours for {on}")
            self.stdout.write(f"withdrawn: {calendar} {on}")
            return
        row = closed_days.add_day(
            calendar,
            on,
            options["name"],
            origin=options["source"],
            actor="command line",
            is_open=options["open"],
        )
        self.stdout.write(f"added: {row}")


class Bar:
    """How far a back-fill is: one line that is rewritten on a terminal, else a line a chunk."""

    def __init__(self, out: Any, since: date) -> None:
        self.out, self.since, self.rates = out, since, 0
        self.alive = bool(getattr(out, "isatty", lambda: False)())

    def tell(self, on: date, report: StoreReport) -> None:
        """Show that everything up to ``on`` is stored."""
        whole = max((today() - self.since).days, 1)
        share = min(max((on - self.since).days / whole, 0), 1)
        self.rates += report.added + report.unchanged + report.held
        filled = "#" * round(share * BAR)
        line = f"{on} [{filled:-<{BAR}}] {share:4.0%} {self.rates} rates"
        self.out.write(f"\r{line}" if self.alive else line, ending="" if self.alive else "\n")

    def end(self) -> None:
        """Leave the line."""
        if self.alive:
            self.out.write("")


def _add_reading(verbs: Any) -> None:
    fetch = verbs.add_parser("fetch", help="ask the sources that are switched on")
    fetch.add_argument("source", nargs="?", help="one source; all when left out")
    fetch.add_argument("--history", action="store_true", help="the last 85 days too")
    fetch.add_argument("--since", type=day, help="from the day after this one")
    fill = verbs.add_parser("backfill", help="store a source's history; goes on when broken off")
    fill.add_argument("source")
    fill.add_argument("--since", type=day, required=True, help="the first day, YYYY-MM-DD")
    show = verbs.add_parser("show", help="the rate of a pair, with where it comes from")
    show.add_argument("pair", type=pair, help="EUR/CNY")
    show.add_argument("--on", type=day, help="YYYY-MM-DD, today when left out")
    show.add_argument("--known-on", type=day, help="by what was stored at the end of that day")
    show.add_argument("--purpose", default="quote", choices=[one.value for one in Purpose])
    show.add_argument("--json", action="store_true")


def _add_changing(verbs: Any) -> None:
    put = verbs.add_parser("set", help="set a rate yourself; it comes before every source")
    put.add_argument("base", type=currency)
    put.add_argument("quote", type=currency)
    put.add_argument("value", type=number, help="units of QUOTE for one BASE")
    put.add_argument("--as-of", type=day, help="YYYY-MM-DD, today when left out")
    put.add_argument("--max-age-days", type=int, default=1)
    put.add_argument("--purpose", default="quote", choices=[one.value for one in Purpose])
    put.add_argument("--confirm", action="store_true", help="also when it is far from the last one")
    release = verbs.add_parser("release", help="let a held rate be used")
    release.add_argument("id")
    release.add_argument("--reason", required=True)


def _add_holidays(verbs: Any) -> None:
    rest = verbs.add_parser("holiday", help="days on which a publisher of rates rests")
    rest.add_argument("action", choices=["list", "add", "withdraw"])
    rest.add_argument("calendar", help="CN, XSWX, XECB …")
    rest.add_argument("day", type=day, nargs="?", help="YYYY-MM-DD; list: any day of the year")
    rest.add_argument("--name", default="")
    rest.add_argument("--source", default="", help="who announced it, and where")
    rest.add_argument("--open", action="store_true", help="the day is not a holiday after all")


def described(rate: Rate) -> str:
    """Return a stored rate in one line."""
    units = f"{rate.quantity} " if rate.quantity != 1 else ""
    usable = f"to {rate.valid_to}" if rate.valid_to else f"{rate.max_age.days} days"
    return (
        f"{units}{rate.pair.base}/{rate.pair.quote} {rate.value.normalize():f} "
        f"of {rate.as_of}, {rate.source}, usable {usable}, {rate.id}"
    )


def shown(rate: Rate) -> dict[str, str]:
    """Return a rate as JSON."""
    return {
        "base": rate.pair.base,
        "quote": rate.pair.quote,
        "value": f"{rate.value.normalize():f}",
        "quantity": str(rate.quantity),
        "source": rate.source,
        "as_of": rate.as_of.isoformat(),
        "max_age_days": str(rate.max_age.days),
        "purpose": rate.purpose.value,
        "id": rate.id,
    }
