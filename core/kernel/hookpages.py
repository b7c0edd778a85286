"""Writes the hooks' reference pages from the catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from core.kernel.catalogue import Entry, entries
from core.kernel.discovery import FOLDER

PAGES = FOLDER.parent / "docs" / "reference" / "hooks"

COMBINE = {
    "collect": "every answer is kept; the order of the answers does not hang on the order of calls",
    "first": "plug-ins are asked in the operator's order until one answers",
    "route": "the plug-in itself is asked, nobody else",
    "verdict": "the worst verdict wins: allow, warn, hold, deny; every reason is kept",
    "event": "everyone is told; answers are ignored",
    "slot": "every fragment is shown, sorted by its `order`",
}
ON_ERROR = {
    "skip": "the failing plug-in's answer is left out and an incident is recorded",
    "hold": "a check that could not be made holds; it never allows",
    "retry": "the job runs again, five times at most, then it is parked",
    "refuse": "the plug-in is not loaded or not switched on",
}
WHERE = {
    "boot": "once per process, when the plug-in is loaded",
    "request": "while somebody waits; no network",
    "task": "in a background job",
}


def rendered() -> dict[Path, str]:
    """Return every page by its path."""
    found = entries()
    pages = {PAGES / f"{entry.name}.md": _page(entry) for entry in found}
    return {PAGES / "index.md": _index(found), **pages}


def stale() -> list[Path]:
    """Return the pages that are missing, out of date, or of hooks that are gone."""
    wanted = rendered()
    old = [path for path, text in wanted.items() if _text(path) != text]
    gone = [path for path in PAGES.glob("*.md") if path not in wanted]
    return sorted(old + gone)


def write() -> list[Path]:
    """Write what is stale and remove what is gone; returns those paths."""
    wanted, changed = rendered(), stale()
    PAGES.mkdir(parents=True, exist_ok=True)
    for path in changed:
        if path in wanted:
            path.write_text(wanted[path], encoding="utf-8")
        else:
            path.unlink()
    return changed


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _index(found: Iterable[Entry]) -> str:
    lines = [
        "# Hooks",
        "",
        "For plug-in authors: every hook that the platform calls, by domain. The pages are written",
        "by `manage.py plugins docs` from the specs; do not edit them.",
        "",
    ]
    domain = ""
    for entry in found:
        if entry.module != domain:
            domain = entry.module
            lines += ["", f"## {domain.capitalize()}", "", "| hook | what for | since |"]
            lines += ["|---|---|---|"]
        since = entry.policy.since
        lines.append(f"| [`{entry.name}`]({entry.name}.md) | {entry.summary} | {since} |")
    lines += ["", "Read next: [what isolation can and cannot do](../../explanation/isolation.md)."]
    return "\n".join(lines) + "\n"


def _page(entry: Entry) -> str:
    body, _, example = entry.doc.partition("Example::")
    parts = [
        f"# {entry.name}",
        f"For plug-in authors. {entry.summary}",
        f"```python\n{entry.signature}\n```",
        "\n".join(body.strip().splitlines()[1:]).strip(),
        _facts(entry),
        "## Example",
        f"```python\n{_dedented(example)}\n```",
        "## Built-in plug-ins that implement it",
        "\n".join(f"- `{key}`" for key in entry.implementers) or "None.",
        "Read next: [all hooks](index.md).",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _facts(entry: Entry) -> str:
    policy = entry.policy
    rows = [
        ("answers", COMBINE[policy.combine.value]),
        ("a failure", ON_ERROR[policy.on_error.value]),
        ("runs", WHERE[policy.where.value] + (", in a savepoint" if policy.db else "")),
        ("time budget", f"{policy.budget_ms} ms"),
        ("since", _since(entry)),
    ]
    if policy.currency_of:
        rows.insert(1, ("amounts", f"must be in the currency of `{policy.currency_of}`"))
    if policy.deprecated:
        rows.append(("deprecated", policy.deprecated))
    lines = ["| | |", "|---|---|", *(f"| {name} | {text} |" for name, text in rows)]
    return "\n".join(lines)


def _since(entry: Entry) -> str:
    if entry.stable:
        return entry.policy.since
    return "experimental: may change without notice until a built-in plug-in uses it"


def _dedented(example: str) -> str:
    lines = [line.removeprefix("    ") for line in example.strip("\n").splitlines()]
    return "\n".join(lines).strip()
