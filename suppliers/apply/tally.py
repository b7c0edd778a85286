"""The running account of a feed: counters, issues by code, and what must survive a restart."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from core.pluginapi import Action, Severity, Text
from suppliers.codes import code_of
from suppliers.limits import limit

OUTCOMES = (
    "created",
    "updated",
    "unchanged",
    "merged",
    "skipped",
    "rejected",
    "duplicates",
    "explicit_deletes",
)
COUNTERS = (
    "rows_read",
    *OUTCOMES,
    "vanished",
    "soft_deleted",
    "reactivated",
    "errors",
    "warnings",
    "infos",
)
SAMPLES = 5
RATIOS = 1000
ONCE = frozenset(("BATTERY_DECLARATION_MISSING", "LANG_MISSING", "CURRENCY_ASSUMED"))
_COUNTER_OF = {"error": "errors", "warning": "warnings", "info": "infos"}


class Issue(NamedTuple):
    """One finding, ready for the report. ``row`` is None for the feed as a whole."""

    code: str
    severity: Severity
    action: Action
    attribute: str
    row: int | None = None
    line: int | None = None
    locator: str = ""
    sku: str = ""
    value: str = ""
    expected: str = ""
    message: dict[str, str] | None = None


def issue_of(code: str, value: str | Text = "", expected: str = "", **place: Any) -> Issue:
    """Build an issue from the code table; a Text fills each language with its own word."""
    entry = code_of(code)
    message = None
    if isinstance(value, Text):
        words = value.as_dict()
        filled = entry.message("{value}", expected) if entry else {}
        message = {
            tongue: text.replace("{value}", words[tongue]) for tongue, text in filled.items()
        }
        value = value.en
    return Issue(
        code=code,
        severity=entry.severity if entry else Severity.WARNING,
        action=entry.action if entry else Action.NONE,
        attribute=entry.attribute if entry else "",
        value=escaped(value),
        expected=expected[:200],
        message=message,
        **place,
    )


def escaped(value: str) -> str:
    """Return at most 120 characters of a supplier's value, control characters spelt out."""
    shown = value[:120]
    if shown.isprintable():
        return shown
    spelt = "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in shown
    )
    return spelt[:120]


@dataclass(slots=True)
class Tally:
    """Counts what is added; stores at most 10,000 issues and says when there were more."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTERS, 0))
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    stored: int = 0
    truncated: bool = False
    rejected_kept: int = 0
    price_changes: int = 0
    ratios: list[str] = field(default_factory=list)
    max_ratio: str = "0"
    currencies: list[str] = field(default_factory=list)
    _fresh: list[Issue] = field(default_factory=list)

    def add(self, issue: Issue) -> None:
        """Count one issue, and store it while there is room."""
        entry = self.codes.get(issue.code)
        if entry is None:
            entry = {"severity": issue.severity.value, "attribute": issue.attribute}
            entry |= {"count": 0, "sample_rows": []}
            self.codes[issue.code] = entry
        elif issue.code in ONCE:
            return
        entry["count"] += 1
        if issue.row is not None and len(entry["sample_rows"]) < SAMPLES:
            entry["sample_rows"].append(issue.row)
        self.counts[_COUNTER_OF[issue.severity.value]] += 1
        # A quarter of the room is for errors, which may come last and matter most.
        room = limit("ISSUES")
        if self.stored >= (room if issue.severity is Severity.ERROR else room - room // 4):
            self.truncated = True
            return
        self.stored += 1
        self._fresh.append(issue)

    def take_issues(self) -> list[Issue]:
        """Return the issues that are not stored yet, and forget them."""
        fresh, self._fresh = self._fresh, []
        return fresh

    def price_changed(self, ratio: Decimal) -> None:
        """Note by which factor a price moved; the median is of the first thousand."""
        self.price_changes += 1
        if len(self.ratios) < RATIOS:
            self.ratios.append(f"{ratio:.4f}")
        if ratio > Decimal(self.max_ratio):
            self.max_ratio = f"{ratio:.4f}"

    def summary(self) -> dict[str, Any]:
        """Return the report's counters, balanced or not."""
        median = statistics.median(Decimal(ratio) for ratio in self.ratios) if self.ratios else None
        return {
            **self.counts,
            "price_changes": {
                "n": self.price_changes,
                "median_ratio": f"{median:.4f}" if median is not None else None,
                "max_ratio": self.max_ratio if self.price_changes else None,
            },
            "balance_ok": self.balances(),
        }

    def balances(self) -> bool:
        """Say whether every row that was read has exactly one outcome."""
        return self.counts["rows_read"] == sum(self.counts[name] for name in OUTCOMES)

    def by_code(self) -> list[dict[str, Any]]:
        """Return the codes that occurred, the gravest and most frequent first."""
        order = {"error": 0, "warning": 1, "info": 2}
        found = [{"code": code, **entry} for code, entry in self.codes.items()]
        return sorted(found, key=lambda e: (order[e["severity"]], -e["count"], e["code"]))

    def saved(self) -> dict[str, Any]:
        """Return all that a later worker needs to go on counting, as JSON."""
        names = ("counts", "codes", "stored", "truncated", "rejected_kept", "price_changes")
        more = ("ratios", "max_ratio", "currencies")
        return {name: getattr(self, name) for name in (*names, *more)}

    @classmethod
    def restored(cls, saved: dict[str, Any] | None) -> Tally:
        """Read what :meth:`saved` wrote; nothing gives a new tally."""
        return cls(**saved) if saved else cls()
