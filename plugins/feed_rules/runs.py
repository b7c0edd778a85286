"""Remembers the last run of every scope in the plug-in's cache: a convenience, not a record."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any, TypedDict

from core.pluginapi import Context, FeedRunView

KEY = "runs"
KEPT = timedelta(days=30)
MAX_RUNS = 500
REFUSED = frozenset({"rejected", "failed"})
SECONDS = int(timedelta(days=7).total_seconds())
"""A cache keeps nothing longer; the daily schedule writes it again."""


class Run(TypedDict):
    """One run: ``at`` in ISO 8601, counts of rows."""

    id: str
    scope: str
    status: str
    rows_read: int
    rejected: int
    at: str


def runs_of(ctx: Context) -> dict[str, Run]:
    """Return the remembered runs by supplier and scope."""
    stored: Any = ctx.cache.get(KEY)
    return dict(stored) if isinstance(stored, dict) else {}


def remember(ctx: Context, run: FeedRunView) -> Run | None:
    """Keep ``run`` as its scope's last one; returns None when it is known or older."""
    runs, place = runs_of(ctx), f"{run.supplier}:{run.scope}"
    known, fresh = runs.get(place), _fresh(run)
    if known and (known["id"] == fresh["id"] or known["at"] > fresh["at"]):
        return None
    runs[place] = fresh
    newest = sorted(runs.items(), key=lambda item: item[1]["at"], reverse=True)
    ctx.cache.set(KEY, dict(newest[:MAX_RUNS]), SECONDS)
    return fresh


def forget_old(ctx: Context) -> None:
    """Forget runs that are older than thirty days, and keep the others for another week."""
    oldest = (ctx.now - KEPT).astimezone(UTC).isoformat()
    runs = runs_of(ctx)
    kept = {place: run for place, run in runs.items() if run["at"] >= oldest}
    ctx.cache.set(KEY, kept, SECONDS)
    ctx.log.info("forgot old runs", forgotten=len(runs) - len(kept), kept=len(kept))


def clear(ctx: Context) -> None:
    """Forget every run."""
    ctx.cache.set(KEY, {}, 1)


def is_alarming(run: Run, percent: int) -> bool:
    """Say whether the feed was refused as a whole, or more than ``percent`` of its rows were."""
    return run["status"] in REFUSED or run["rejected"] * 100 > run["rows_read"] * percent


def _fresh(run: FeedRunView) -> Run:
    return {
        "id": str(run.id),
        "scope": run.scope,
        "status": run.status,
        "rows_read": run.summary.get("rows_read", 0),
        "rejected": run.summary.get("rejected", 0),
        "at": run.finished_at.astimezone(UTC).isoformat(),
    }
