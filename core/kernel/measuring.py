"""Where rooms leave their benches: ``manage.py bench <name>`` runs one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Report:
    """What a bench found: lines for people, facts as JSON, and whether its target was met."""

    lines: tuple[str, ...]
    facts: list[dict[str, Any]]
    met: bool
    verdict: str


Bench = Callable[[int], Report]
"""Takes how many rounds to measure, 0 for the usual number."""

BENCHES: dict[str, Bench] = {}


def register_bench(name: str, bench: Bench) -> None:
    """Add a bench; called by rooms in ``AppConfig.ready()``."""
    BENCHES[name] = bench
