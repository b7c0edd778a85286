"""``manage.py feeds``: check a file, push it, list what was pushed, write the code reference."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from core.jobs.queries import progress_of
from core.jobs.services import run_due
from suppliers.apply.checking import check_file
from suppliers.codes import code_documentation
from suppliers.errors import SupplierError
from suppliers.intake.errors import FeedRefused, PlatformFault
from suppliers.limits import limit
from suppliers.models import Feed, Supplier
from suppliers.report import report
from suppliers.services import Push, receive_feed

REFUSED = ("rejected", "failed")


class Command(BaseCommand):
    """Check and push suppliers' feeds."""

    help = "Check a feed, push it as a supplier would, or list the feeds."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare ``check``, ``push``, ``list`` and ``codes``."""
        actions = parser.add_subparsers(dest="action", required=True)
        check = actions.add_parser("check", help="report on a file; nothing is stored")
        check.add_argument("file")
        check.add_argument("--dialect", default="")
        push = actions.add_parser("push", help="apply a file as a supplier's feed")
        push.add_argument("file")
        push.add_argument("--supplier", required=True, help="key, id or exact name")
        push.add_argument("--scope", default="main")
        push.add_argument("--type", default="full", help="full (default) or delta")
        push.add_argument("--dialect", default="")
        push.add_argument("--language", default="")
        push.add_argument("--currency", default="", help="for rows that name none")
        push.add_argument("--sequence", type=int)
        push.add_argument("--error-policy", default="reject_failed_rows")
        push.add_argument("--dry-run", action="store_true", help="report only, apply nothing")
        listed = actions.add_parser("list", help="list the latest feeds")
        listed.add_argument("--supplier", default="")
        listed.add_argument("--json", action="store_true")
        codes = actions.add_parser("codes", help="write docs/reference/feed-codes.md")
        codes.add_argument("--check", action="store_true", help="fail when the page is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the chosen action."""
        getattr(self, f"_{options['action']}")(options)

    def _check(self, options: dict[str, Any]) -> None:
        path = _file(options["file"])
        try:
            found = check_file(path, dialect=options["dialect"])
        except (OSError, PlatformFault) as error:
            raise CommandError(str(error)) from None
        self._answer(found)

    def _push(self, options: dict[str, Any]) -> None:
        path, supplier = _file(options["file"]), _supplier(options["supplier"])
        push = Push(
            file_name=path.name,
            type=options["type"],
            scope=options["scope"],
            dialect=options["dialect"],
            sequence=options["sequence"],
            dry_run=options["dry_run"],
            error_policy=options["error_policy"],
            language=options["language"],
            default_currency=options["currency"],
        )
        try:
            feed = receive_feed(supplier, _blocks(path), push=push, most=limit("RAW_BYTES"))
        except (SupplierError, OSError) as error:
            raise CommandError(str(error)) from None
        except FeedRefused as error:
            raise CommandError(f"{error.code}: the file is larger than {error.expected}") from None
        self._drain(feed)
        self._answer(report(feed, feed.issues.all()))

    def _drain(self, feed: Feed) -> None:
        """Run jobs here until the feed has ended, or wait for the worker that took it."""
        feed.refresh_from_db()
        while feed.is_running:
            if not run_due(limit=1):
                time.sleep(0.2)
            feed.refresh_from_db()
            self._progress(feed)
        run_due()
        feed.refresh_from_db()
        self._progress(feed, end="\n")

    def _progress(self, feed: Feed, end: str = "\r") -> None:
        found = progress_of(feed.job) if feed.job else None
        done = f"{found.done} / {found.total or '?'}" if found else ""
        self.stderr.write(f"{feed.public_id}  {feed.status}  {done}   ", ending=end)

    def _list(self, options: dict[str, Any]) -> None:
        feeds = Feed.objects.select_related("supplier")
        if options["supplier"]:
            feeds = feeds.filter(supplier=_supplier(options["supplier"]))
        rows = [_line(feed) for feed in feeds[:50]]
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False))
            return
        for row in rows:
            self.stdout.write("  ".join(str(value) for value in row.values()))

    def _codes(self, options: dict[str, Any]) -> None:
        path = Path(settings.BASE_DIR) / "docs" / "reference" / "feed-codes.md"
        text = code_documentation()
        if options["check"]:
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                raise CommandError(f"{path} is stale: run manage.py feeds codes")
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.stderr.write(f"wrote {path}")

    def _answer(self, found: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
        if found["status"] in REFUSED:
            for issue in found["issues"]:
                self.stderr.write(f"{issue['code']}: {issue['message']['en']}")
            sys.exit(1)


def _file(name: str) -> Path:
    path = Path(name)
    if not path.is_file():
        raise CommandError(f"There is no file {name}.")
    return path


def _supplier(name: str) -> Supplier:
    wanted = Q(key=name) | Q(name=name)
    found = list(Supplier.objects.filter(wanted)[:2])
    if len(found) == 1:
        return found[0]
    if found:
        raise CommandError(f"Several suppliers are called {name}: give the key.")
    raise CommandError(f"There is no supplier {name}. 'manage.py suppliers list' shows all.")


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(1 << 16):
            yield block


def _line(feed: Feed) -> dict[str, Any]:
    return {
        "feed": feed.public_id,
        "supplier": feed.supplier.key,
        "scope": feed.scope,
        "status": feed.status,
        "rows_read": feed.summary.get("rows_read", 0),
        "received_at": feed.received_at.isoformat(timespec="seconds"),
    }
