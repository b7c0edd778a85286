"""Reads a file as a feed and reports, without storing anything."""

from __future__ import annotations

import hashlib
import tempfile
from itertools import islice
from pathlib import Path
from typing import Any

from suppliers.apply.checks import PluginChecks
from suppliers.apply.judge import Judge
from suppliers.apply.known import digest
from suppliers.apply.setting import supplier_facts
from suppliers.apply.tally import Tally, issue_of
from suppliers.intake.errors import FeedRefused
from suppliers.intake.reading import OpenedFeed, open_feed, read_rows
from suppliers.limits import limit
from suppliers.models import Supplier
from suppliers.report import assembled, fresh_issue


def check_file(path: Path, *, dialect: str = "") -> dict[str, Any]:
    """Return the processing report of ``path`` as if a new supplier had pushed it.

    The status is ``rejected`` when the file cannot be read. Raises OSError, PlatformFault.
    """
    supplier = Supplier(name="check", key="")
    tally, opened = Tally(), None
    issues: list[dict[str, Any]] = []
    status, fault = "done", "none"
    with tempfile.TemporaryDirectory(prefix="haitao-feed-") as work:
        try:
            opened = open_feed(path, work=Path(work) / "feed", name=path.name, dialect=dialect)
            _read(opened, supplier, tally, issues)
        except FeedRefused as refusal:
            tally, issues, status, fault = Tally(), [], "rejected", "supplier"
            tally.add(
                issue_of(refusal.code, refusal.value, refusal.expected, locator=refusal.place[:200])
            )
        issues += [fresh_issue(issue) for issue in tally.take_issues()]
    if status == "done" and (tally.counts["rejected"] or tally.counts["duplicates"]):
        status, fault = "done_with_errors", "supplier"
    return assembled(
        head=_head(path, opened),
        status=status,
        fault=fault,
        summary=tally.summary(),
        by_code=tally.by_code(),
        issues=issues,
        truncated=tally.truncated,
    )


def _read(
    opened: OpenedFeed, supplier: Supplier, tally: Tally, issues: list[dict[str, Any]]
) -> None:
    facts = supplier_facts(
        supplier, language=opened.header.language, currency=opened.header.currency
    )
    if opened.encoding_source == "guess":
        tally.add(issue_of("DATA_ENCODING_GUESSED", opened.encoding))
    if not facts.language:
        tally.add(issue_of("LANG_MISSING"))
    checks = PluginChecks(supplier.view, ())
    judge = Judge(facts=facts, checks=checks, version=digest(b""), tally=tally)
    rows = read_rows(opened)
    while batch := list(islice(rows, limit("BATCH"))):
        judge.judge(batch, {})
        issues += [fresh_issue(issue) for issue in tally.take_issues()]
    if not tally.counts["rows_read"]:
        raise FeedRefused("DATA_EMPTY")


def _head(path: Path, opened: OpenedFeed | None) -> dict[str, Any]:
    digest_ = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest_.update(block)
    return {
        "id": None,
        "supplier": None,
        "scope": None,
        "type": "full",
        "dialect": opened.label if opened else None,
        "encoding": opened.encoding if opened else None,
        "encoding_source": opened.encoding_source if opened else None,
        "bytes": path.stat().st_size,
        "sha256": digest_.hexdigest(),
        "sequence": None,
        "idempotency_key": None,
        "received_at": None,
        "started_at": None,
        "finished_at": None,
        "dry_run": True,
        "error_policy": "reject_failed_rows",
    }
