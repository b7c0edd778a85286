"""The processing report of a feed, as the API, the pages and the commands show it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from suppliers.apply.tally import COUNTERS, Issue
from suppliers.codes import DOCS, code_of
from suppliers.models import Feed, FeedIssue

VERSION = "1.0"
API = "/api/suppliers/v1/feeds"


def report(feed: Feed, issues: Iterable[FeedIssue]) -> dict[str, Any]:
    """Return the whole report of a stored feed, with the given issues."""
    held = feed.held if feed.status == Feed.Status.HELD else None
    links = {
        "issues": f"{API}/{feed.public_id}/issues",
        "rejected": f"{API}/{feed.public_id}/rejected",
        "confirm": f"{API}/{feed.public_id}/confirm" if held else None,
    }
    return assembled(
        head=head_of(feed),
        status=feed.status,
        fault=feed.fault,
        summary=feed.summary,
        by_code=feed.by_code,
        issues=[stored_issue(issue) for issue in issues],
        truncated=feed.issues_truncated,
        held=held,
        links=links,
    )


def assembled(
    *,
    head: Mapping[str, Any],
    status: str,
    fault: str,
    summary: Mapping[str, Any],
    by_code: Iterable[Mapping[str, Any]],
    issues: list[dict[str, Any]],
    truncated: bool,
    held: Mapping[str, Any] | None = None,
    links: Mapping[str, str | None] | None = None,
) -> dict[str, Any]:
    """Put a report together; its shape is version 1.0."""
    return {
        "version": VERSION,
        "feed": dict(head),
        "status": status,
        "fault": fault,
        "summary": _ordered(summary),
        "by_code": [{**entry, "doc": f"{DOCS}#{entry['code']}"} for entry in by_code],
        "issues": issues,
        "issues_truncated": truncated,
        "held": dict(held) if held else None,
        "links": dict(links or {"issues": None, "rejected": None, "confirm": None}),
    }


def head_of(feed: Feed) -> dict[str, Any]:
    """Return what the report says of the file itself."""
    return {
        "id": feed.public_id,
        "supplier": feed.supplier.key,
        "scope": feed.scope,
        "type": feed.type,
        "dialect": feed.dialect or None,
        "encoding": feed.encoding or None,
        "encoding_source": feed.encoding_source or None,
        "bytes": feed.bytes,
        "sha256": feed.sha256,
        "sequence": feed.sequence,
        "idempotency_key": feed.idempotency_key or None,
        "received_at": _moment(feed.received_at),
        "started_at": _moment(feed.started_at),
        "finished_at": _moment(feed.finished_at),
        "dry_run": feed.dry_run,
        "error_policy": feed.error_policy,
    }


def stored_issue(issue: FeedIssue) -> dict[str, Any]:
    """Return one stored issue as the report shows it."""
    return _shown(
        row=issue.row,
        line=issue.line,
        locator=issue.locator,
        sku=issue.sku,
        code=issue.code,
        severity=issue.severity,
        attribute=issue.attribute,
        value=issue.value,
        expected=issue.expected,
        action=issue.action,
        message=issue.message,
    )


def fresh_issue(issue: Issue) -> dict[str, Any]:
    """Return one issue that was never stored as the report shows it."""
    return _shown(
        row=issue.row,
        line=issue.line,
        locator=issue.locator,
        sku=issue.sku,
        code=issue.code,
        severity=issue.severity.value,
        attribute=issue.attribute,
        value=issue.value,
        expected=issue.expected,
        action=issue.action.value,
        message=issue.message or {},
    )


def message_of(code: str, value: str, expected: str, own: Mapping[str, str]) -> dict[str, str]:
    """Return the sentence of an issue in three languages."""
    entry = code_of(code)
    if own:
        return dict(own)
    return (
        entry.message(value, expected)
        if entry
        else dict.fromkeys(("en", "zh-Hans", "zh-Hant"), code)
    )


def _shown(**issue: Any) -> dict[str, Any]:
    column = re.search(r"column (\d+)", issue["locator"])
    supplier_can = not issue["code"].startswith(("SYS_", "CHECK_"))
    return {
        "row": issue["row"],
        "line": issue["line"],
        "col": int(column[1]) if column else None,
        "locator": issue["locator"] or None,
        "sku": issue["sku"] or None,
        "code": issue["code"],
        "severity": issue["severity"],
        "attribute": issue["attribute"] or None,
        "value": issue["value"],
        "expected": issue["expected"] or None,
        "action": issue["action"],
        "resolution": "supplier_action" if supplier_can else "platform_action",
        "message": message_of(issue["code"], issue["value"], issue["expected"], issue["message"]),
    }


def _ordered(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Return the public counters in one order, whichever way the database kept them."""
    names = [*COUNTERS, "price_changes", "balance_ok", "rows_per_s"]
    return {name: summary[name] for name in names if name in summary}


def _moment(value: datetime | None) -> str | None:
    return value.isoformat(timespec="milliseconds") if value else None
